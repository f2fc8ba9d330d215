package quant

import (
	"context"
	"errors"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/guard"
	"github.com/quantscope/quantscope/quant/recipe"
)

// StageGuard is how Job.Progress names CheckPreprocess.
const StageGuard = "check preprocessing"

// AsItTakes lets CheckPreprocess run the network as often as it likes to.
const AsItTakes = 1 << 20

// EnoughRight is the share of right answers with which a preprocessing is not doubted.
const EnoughRight = 0.85

// Runs is about how often Quantize runs the network: once on an item that calibrates, in several forms on one that
// evaluates.
func (j Job) Runs() int {
	const forms = 4
	d := j.Recipe.Data
	rest := max(j.Data.Len()-d.Calibration, 0)
	if d.Evaluation > 0 {
		rest = min(rest, d.Evaluation)
	}
	return min(d.Calibration, j.Data.Len()) + forms*rest
}

// CheckPreprocess finds out whether j.Recipe's preprocessing and class offset are those that the float network was
// trained with. Where they have at least enough of a few dozen labelled images right, a share, nothing else is tried;
// above 1 everything always is. What it may cost is runs of the network, about half of them, or as many where labels
// show that something is wrong. The verdict is nil where there is nothing to choose: data that is given as it is,
// networks that do not take one image; and where so few runs would tell nothing.
func CheckPreprocess(ctx context.Context, j Job, enough float64, runs int) (*guard.Verdict, error) {
	feed, err := j.feed()
	if err != nil {
		return nil, err
	}
	inputs := j.Model.Inputs()
	if len(inputs) != 1 || len(inputs[0].Shape) != 4 || inputs[0].DType != graph.Float32 || !feed.Preprocessed() || len(j.Model.Graph.Values[j.Model.Graph.Outputs[0]].Shape) < 2 {
		return nil, nil
	}
	candidates := guard.Candidates(j.Recipe.Preprocess, inputs[0].Shape)
	n := guard.Affordable(inputs[0].Shape, len(candidates), runs, j.Data.Labelled())
	if n == 0 {
		return nil, nil
	}
	chosen, err := j.spread(ctx, feed, n)
	if err != nil {
		return nil, err
	}
	items := guard.Items{
		Pool: j.Pool, Len: len(chosen),
		Inputs: func(i int, p recipe.Preprocess) ([][]float32, error) {
			f, err := j.Data.Feed(inputs, p)
			if err != nil {
				return nil, err
			}
			return f.Tensors(chosen[i])
		},
		Label: j.labels(chosen),
	}
	return guard.Try(ctx, j.Model.Graph, candidates, items, j.Recipe.Data.ClassOffset, enough, j.Workers,
		func(done, total int) { j.Progress(StageGuard, done, total) })
}

// spread chooses up to n items that can be used, labelled ones where there are any, so that each first few of them come
// from all over the data: files are sorted by class more often than not.
func (j Job) spread(ctx context.Context, feed *dataset.Feed, n int) ([]int, error) {
	total := j.Data.Len()
	var chosen []int
	var failed error
	taken := make([]bool, total)
	span := 1
	for span < total {
		span *= 2
	}
	for k := 0; k < span && len(chosen) < n; k++ {
		at := 0 // k's bits from last to first
		for low, high := 1, span/2; high > 0; low, high = low*2, high/2 {
			if k&low != 0 {
				at += high
			}
		}
		i := at * total / span
		if taken[i] || j.Data.Labelled() && j.Data.Label(i) < 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		taken[i] = true
		_, err := feed.Tensors(i)
		if broken := (*dataset.ItemError)(nil); errors.As(err, &broken) {
			failed = err
			continue
		} else if err != nil {
			return nil, err
		}
		chosen = append(chosen, i)
	}
	if len(chosen) == 0 {
		return nil, errors.Join(errNoData, failed)
	}
	return chosen, nil
}
