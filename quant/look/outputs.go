package look

import (
	"context"
	"errors"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
)

const (
	answeredItems = 256 // evaluation items that are looked at, at most
	shownPairs    = 12
	fewPairs      = 4 // that are shown where the answers are the same
)

// Answered are outputs with the pictures, BMP, of the pairs that are some, in their order; behind an item's picture come
// those of its twins.
type Answered struct {
	inspect.Outputs
	Pictures [][]byte
}

// Outputs runs the float and the fake-quantized network of c, the result of j, on evaluation items.
func Outputs(ctx context.Context, j quant.Job, c *calibrate.Calibrated) (Answered, error) {
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return Answered{}, err
	}
	chosen := choice.Evaluation[:min(len(choice.Evaluation), answeredItems)]
	items, err := j.Items(chosen)
	if err != nil {
		return Answered{}, err
	}
	float, err := logits(ctx, j, c.Float, items)
	if err != nil {
		return Answered{}, err
	}
	quantized, err := logits(ctx, j, c.Quantized(calibrate.All).Graph, items)
	if err != nil {
		return Answered{}, err
	}
	if out, are, err := images(j, c, chosen, items, float, quantized); are || err != nil {
		return out, err
	}
	return answered(j, chosen, items, float, quantized)
}

// logits are a network's first outputs, nil for items that cannot be read.
func logits(ctx context.Context, j quant.Job, g *graph.Graph, items calibrate.Items) ([][]float32, error) {
	p, err := pool.New(ctx, g, exec.Config{Pool: j.Pool}, max(j.Workers, 1))
	if err != nil {
		return nil, err
	}
	defer p.Close()
	out := make([][]float32, items.Len)
	err = p.Each(ctx, 0, items.Len, func(r *exec.Runner, i int) error {
		x, err := items.Inputs(i)
		if broken := (*dataset.ItemError)(nil); errors.As(err, &broken) {
			return nil
		}
		if err == nil {
			err = r.Run(ctx, x...)
		}
		if err == nil {
			out[i] = append([]float32(nil), r.Output(0)...)
		}
		return err
	}, func(int) {})
	return out, err
}

// answered compares the answers and makes the pairs.
func answered(j quant.Job, chosen []int, items calibrate.Items, float, quantized [][]float32) (Answered, error) {
	var out Answered
	var labels, before, after, flips, others []int
	for i := range chosen {
		a, b := first(float[i], j), first(quantized[i], j)
		if a == nil || b == nil {
			continue
		}
		out.Items++
		labels, before, after = append(labels, j.Data.Label(chosen[i])), append(before, a.Class), append(after, b.Class)
		if a.Class != b.Class {
			flips = append(flips, i)
		} else {
			others = append(others, i)
		}
	}
	out.Flips = len(flips)
	out.Cells = inspect.Confusion(labels, before, after, func(class int) string { return named(j, class) })
	show := flips[:min(len(flips), shownPairs)]
	show = append(show, others[:min(len(others), max(0, fewPairs-len(show)))]...)
	for _, i := range show {
		in, _, picture, err := pictured(j, items, i)
		if err != nil {
			return Answered{}, err
		}
		in.Name = j.Data.Name(chosen[i])
		if label := j.Data.Label(chosen[i]); label >= 0 {
			in.Label, in.LabelName = label, named(j, label)
		}
		in.Answers = namedAnswers(j, float[i])
		out.Pairs = append(out.Pairs, inspect.Pair{Input: in, Quantized: namedAnswers(j, quantized[i])})
		if picture != nil {
			out.Pictures = append(out.Pictures, picture)
		}
	}
	return out, nil
}

// first is the first answer, nil where there is none.
func first(logits []float32, j quant.Job) *inspect.Answer {
	if a := inspect.Answers(logits, 1, j.Recipe.Data.ClassOffset); len(a) > 0 {
		return &a[0]
	}
	return nil
}

func namedAnswers(j quant.Job, logits []float32) []inspect.Answer {
	out := inspect.Answers(logits, firstAnswers, j.Recipe.Data.ClassOffset)
	for k, a := range out {
		out[k].Name = named(j, a.Class)
	}
	return out
}

// named is a class's name as the data tell it; empty where they do not.
func named(j quant.Job, class int) string {
	if class < 0 {
		return ""
	}
	return j.Data.Classes.Name(class)
}

// pictured describes item i as the network takes it, x.
func pictured(j quant.Job, items calibrate.Items, i int) (in inspect.Input, x [][]float32, picture []byte, err error) {
	if x, err = items.Inputs(i); err != nil {
		return in, nil, nil, err
	}
	g := j.Model.Graph
	in, rgba := inspect.InputOf(x[0], g.Values[g.Inputs[0]].Shape[1:], j.Recipe.Preprocess.Layout == "nhwc")
	if in.Width > 0 {
		picture = inspect.BMP(rgba, in.Width, in.Height)
	}
	return in, x, picture, nil
}
