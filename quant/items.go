package quant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// split is a job's data as the stages take it.
type split struct {
	feed        *dataset.Feed
	choice      dataset.Choice
	calibration calibrate.Items
	evaluation  evaluate.Items
	notes       []string

	calibrationLabel func(i int) int // report.Unlabelled where unknown
}

// split chooses the items and checks that they fit the network.
func (j Job) split() (split, error) {
	feed, err := j.feed()
	if err != nil {
		return split{}, err
	}
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return split{}, err
	}
	return j.take(feed, choice, slices.Concat(j.Model.Graph.Notes, j.Data.Notes, feed.Notes, choice.Notes)), nil
}

// take makes a split of chosen items.
func (j Job) take(feed *dataset.Feed, choice dataset.Choice, notes []string) split {
	return split{
		feed: feed, choice: choice, notes: notes, calibration: j.finite(j.items(feed, choice.Calibration), choice.Calibration), calibrationLabel: j.labels(choice.Calibration),
		evaluation: evaluate.Items{Items: j.items(feed, choice.Evaluation), Label: j.labels(choice.Evaluation)},
	}
}

// labels gives the class of each of some items, report.Unlabelled where it is unknown.
func (j Job) labels(items []int) func(i int) int {
	return func(i int) int {
		if label := j.Data.Label(items[i]); label >= 0 {
			return label
		}
		return report.Unlabelled
	}
}

// onSound runs what needs a job's data. Where an item cannot be used, a broken file for example, which
// shows when its turn comes, all items are tried, those that cannot be used are left out with a note,
// and it runs once more.
func onSound[T any](ctx context.Context, j Job, run func(s split) (T, error)) (T, error) {
	var none T
	s, err := j.split()
	if err != nil {
		return none, err
	}
	out, err := run(s)
	var broken *dataset.ItemError
	if !errors.As(err, &broken) {
		return out, err
	}
	if s, err = j.sound(ctx, s); err != nil {
		return none, err
	}
	return run(s)
}

// sound is a split without the items that cannot be used.
func (j Job) sound(ctx context.Context, s split) (split, error) {
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.choice.Calibration, s.choice.Evaluation))))
	bad := make(map[int]*dataset.ItemError)
	var mu sync.Mutex
	var wait sync.WaitGroup
	next := make(chan int)
	for range max(j.Workers, 1) {
		wait.Go(func() {
			for i := range next {
				x, err := s.feed.Tensors(i)
				broken := (*dataset.ItemError)(nil)
				unusable := errors.As(err, &broken)
				infinite := err == nil && !graph.Finite(x...) && slices.Contains(s.choice.Calibration, i)
				if infinite {
					broken = &dataset.ItemError{Name: j.Data.Name(i), Err: errNotFinite}
				}
				if unusable || infinite {
					mu.Lock()
					bad[i] = broken
					mu.Unlock()
				}
			}
		})
	}
	for _, i := range all {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return split{}, err
	}
	var left []*dataset.ItemError
	for _, i := range all {
		if bad[i] != nil {
			left = append(left, bad[i])
		}
	}
	choice := s.choice
	for _, side := range []struct {
		items *[]int
		keeps error // an item that evaluates may hold a NaN: it is told, and counts
	}{{&choice.Calibration, nil}, {&choice.Evaluation, errNotFinite}} {
		n := len(*side.items)
		*side.items = slices.DeleteFunc(slices.Clone(*side.items), func(i int) bool {
			return bad[i] != nil && (side.keeps == nil || !errors.Is(bad[i], side.keeps))
		})
		if len(*side.items) == 0 {
			return split{}, fmt.Errorf("none of %d items can be used: %w", n, left[0])
		}
	}
	return j.take(s.feed, choice, append(slices.Clone(s.notes), dataset.Left(left, len(all)))), nil
}

// feed fits the data to the network, or says why no item can ever fit.
func (j Job) feed() (*dataset.Feed, error) {
	if j.Data == nil || j.Data.Len() == 0 {
		return nil, errNoData
	}
	return j.Data.Feed(j.Model.Inputs(), j.Recipe.Preprocess)
}

// Items are the chosen items as the network takes them, for looking at.
func (j Job) Items(chosen []int) (calibrate.Items, error) {
	feed, err := j.feed()
	if err != nil {
		return calibrate.Items{}, err
	}
	return j.items(feed, chosen), nil
}

// items are the tensors of the chosen items.
func (j Job) items(feed *dataset.Feed, chosen []int) calibrate.Items {
	return calibrate.Items{Pool: j.Pool, Len: len(chosen), Inputs: func(i int) ([][]float32, error) { return feed.Tensors(chosen[i]) },
		Name: func(i int) string { return j.Data.Name(chosen[i]) }}
}

// finite is the same items, of which those that hold a NaN or an infinity cannot be used: no range covers them.
func (j Job) finite(items calibrate.Items, chosen []int) calibrate.Items {
	inputs := items.Inputs
	items.Inputs = func(i int) ([][]float32, error) {
		x, err := inputs(i)
		if err == nil && !graph.Finite(x...) {
			return nil, &dataset.ItemError{Name: j.Data.Name(chosen[i]), Err: errNotFinite}
		}
		return x, err
	}
	return items
}

var errNotFinite = errors.New("it holds a NaN or an infinity, on which nothing can be calibrated")

// done tells what was done with the items on the way, and what is wrong with their labels.
func (j Job) done(s split) []string {
	notes := s.feed.Done(slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.choice.Calibration, s.choice.Evaluation)))))
	if beyond := j.Model.Beyond(j.Data, s.choice.Evaluation, j.Recipe.Data.ClassOffset); beyond != "" {
		notes = append(notes, beyond)
	}
	return notes
}

// notFinite names the evaluation items on which the float network does not give numbers; nil for none.
func (j Job) notFinite(s split, r *report.Report) []string {
	if len(r.NotFinite) == 0 {
		return nil
	}
	var names []string
	for _, i := range r.NotFinite {
		names = append(names, j.Data.Name(s.choice.Evaluation[i]))
	}
	return []string{NotFinite(names, len(s.choice.Evaluation), "evaluation") + ", left out where layers are compared, and counted as wrong answers."}
}

// NotFinite names those of n items, which do that, on which the float network does not give numbers, a sentence without its end.
func NotFinite(names []string, n int, do string) string {
	return fmt.Sprintf("%d of %d %s items give the float network's NaN or infinity: %s", len(names), n, do, few(names))
}

// leftOut tells of the items, which do that, that a lab has left out of so many.
func leftOut(l *diagnose.Lab, n int, do string) []string {
	if len(l.Out) == 0 {
		return nil
	}
	return []string{NotFinite(l.Out, n, do) + ", left out here."}
}

// few names the first of a list, and counts the others.
func few(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// tooWide tells of layers that are computed on floats because their sums might wrap around.
func tooWide(r *report.Report) []string {
	var found []report.Step
	for _, s := range r.Steps {
		if !s.Integer && strings.HasSuffix(s.Why, plan.TooWide) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		return []string{fmt.Sprintf("Layer %q is computed in float, not on integers: %s.", found[0].Name, found[0].Why)}
	}
	return []string{fmt.Sprintf("%d layers are computed in float, not on integers, the first of them %q: %s.", len(found), found[0].Name, found[0].Why)}
}
