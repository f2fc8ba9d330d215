package calibrate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// watch is the observers of activations at work.
type watch struct {
	graph     *graph.Graph
	items     Items
	progress  func(done, total int)
	observers []observer.Observer  // of values
	followers []fakequant.Follower // what is told the range of each batch, nil where nothing is
	values    []graph.ValueID
	axes      []int    // along which there is a range for each channel, else -1
	lookers   []looker // those of observers that need values, in the order of the values
}

// looker is an observer that needs values.
type looker struct {
	at     int                      // of the watch's values
	first  func(c int, x []float32) // takes them with the ranges; nil: it does not
	second func(c int, x []float32) // takes them when all ranges of the batch are known; nil: it does not
}

func (w *watch) add(o observer.Observer, f fakequant.FakeQuantizer, q prepare.Quantizer) {
	follower, _ := f.(fakequant.Follower)
	l := looker{at: len(w.values), first: observer.First(o)}
	if o, ok := o.(observer.Values); ok {
		l.second = o.Observe
	}
	if l.first != nil || l.second != nil {
		i, _ := slices.BinarySearchFunc(w.lookers, q.Value+1, func(l looker, v graph.ValueID) int { return cmp.Compare(w.values[l.at], v) })
		w.lookers = slices.Insert(w.lookers, i, l) // whoever looks at the same value stands together
	}
	w.observers, w.followers = append(w.observers, o), append(w.followers, follower)
	w.values, w.axes = append(w.values, q.Value), append(w.axes, q.Axis)
}

// kept are the values of which more than one range is asked.
func (w *watch) kept() []graph.ValueID {
	var kept []graph.ValueID
	for k, v := range w.values {
		if w.axes[k] >= 0 || slices.ContainsFunc(w.lookers, func(l looker) bool { return l.at == k }) {
			kept = append(kept, v)
		}
	}
	return kept
}

// twice tells whether an observer has to look at the items of a batch again.
func (w *watch) twice() bool {
	return slices.ContainsFunc(w.lookers, func(l looker) bool { return l.second != nil })
}

// run shows the observers all batches; without observers no item runs.
func (w *watch) run(ctx context.Context, p *prepare.Prepared, workers int) error {
	if len(w.observers) == 0 {
		return nil
	}
	runners, err := pool.New(ctx, p.Graph, exec.Config{Observe: w.values, Keep: w.kept(), Pool: w.items.Pool}, workers)
	if err != nil {
		return err
	}
	defer runners.Close()
	batch := p.Recipe.Data.Batch
	for from := 0; from < w.items.Len; from += batch {
		to := min(from+batch, w.items.Len)
		if err := w.ranges(ctx, runners, from, to); err != nil {
			return err
		}
		if w.twice() {
			if err := w.look(ctx, runners, from, to); err != nil {
				return err
			}
		}
		for i, o := range w.observers {
			o.EndBatch()
			if f := w.followers[i]; f != nil {
				f.Follow(o.Range())
			}
		}
	}
	return nil
}

// ranges shows every observer the ranges of a batch.
func (w *watch) ranges(ctx context.Context, runners *pool.Pool, from, to int) error {
	found := make([]limits, len(w.values))
	for k := range found {
		found[k] = w.limits(k)
	}
	var mu sync.Mutex
	t := pool.NewTurns(len(w.lookers), from)
	err := w.each(ctx, runners, from, to, 0, func(r *exec.Runner, i int) error {
		for k, v := range w.values {
			lo, hi := r.Range(v)
			if !finite(lo) || !finite(hi) {
				return fmt.Errorf("%s gives tensor %q values from %v to %v, %w: check the preprocessing, or leave the item out",
					w.items.name(i), w.graph.Values[v].Name, lo, hi, scheme.ErrRange)
			}
			own := limits{{lo, hi}}
			if w.axes[k] >= 0 {
				own = w.limits(k)
				byChannel(r.Value(v), w.graph.Values[v].Shape, scheme.QParams{Axis: w.axes[k]}, func(c int, x []float32) { own.widen(c, x...) })
			}
			mu.Lock()
			for c, r := range own {
				found[k].widen(c, r[0], r[1])
			}
			mu.Unlock()
		}
		read := w.reader(r)
		for k, l := range w.lookers {
			if l.first != nil {
				if err := w.take(t, read, k, i, l.first); err != nil {
					return err
				}
			}
		}
		return nil
	}, t.Fail)
	if err != nil {
		return err
	}
	for k, o := range w.observers {
		for c, r := range found[k] {
			o.ObserveRange(c, r[0], r[1])
		}
	}
	return nil
}

// limits are the least and the greatest value, of each channel or of a tensor.
type limits [][2]float32

// limits are those of no value, of what observer k looks at.
func (w *watch) limits(k int) limits {
	n := 1
	if w.axes[k] >= 0 {
		n = w.graph.Values[w.values[k]].Shape[w.axes[k]]
	}
	return slices.Repeat(limits{{float32(math.Inf(1)), float32(math.Inf(-1))}}, n)
}

func (l limits) widen(c int, x ...float32) {
	for _, v := range x {
		l[c] = [2]float32{min(l[c][0], v), max(l[c][1], v)}
	}
}

func finite(x float32) bool { return math.Abs(float64(x)) <= math.MaxFloat32 }

// look shows the observers that need them the values of a batch. Each observer sees the items in their
// order, whichever worker ran them, and several workers observe at a time, each another value.
func (w *watch) look(ctx context.Context, runners *pool.Pool, from, to int) error {
	t := pool.NewTurns(len(w.lookers), from)
	return w.each(ctx, runners, from, to, 1, func(r *exec.Runner, i int) error {
		read := w.reader(r)
		for k, l := range w.lookers {
			if l.second != nil {
				if err := w.take(t, read, k, i, l.second); err != nil {
					return err
				}
			}
		}
		return nil
	}, t.Fail)
}

// reader reads values of an item, one that is asked for again at once only once.
func (w *watch) reader(r *exec.Runner) func(v graph.ValueID) []float32 {
	last, x := graph.None, []float32(nil)
	return func(v graph.ValueID) []float32 {
		if v != last {
			last, x = v, r.Value(v)
		}
		return x
	}
}

// take shows what looker k looks at, of item i, when it is the item's turn.
func (w *watch) take(t *pool.Turns, read func(v graph.ValueID) []float32, k, i int, show func(c int, x []float32)) error {
	at := w.lookers[k].at
	v := w.values[at]
	x := read(v)
	if !t.Wait(k, i) {
		return pool.ErrEarlier
	}
	byChannel(x, w.graph.Values[v].Shape, scheme.QParams{Axis: w.axes[at]}, show)
	t.Done(k)
	return nil
}

// each runs the items of a batch, for the first or the second time, and tells the progress. failed is
// told an item that fails.
func (w *watch) each(ctx context.Context, runners *pool.Pool, from, to, pass int, do func(r *exec.Runner, i int) error, failed func(i int)) error {
	passes := 1
	if w.twice() {
		passes = 2
	}
	return runners.Each(ctx, from, to, func(r *exec.Runner, i int) error {
		err := w.one(ctx, r, i, do)
		if err != nil {
			failed(i)
		}
		return err
	}, func(n int) { w.progress(from+(pass*(to-from)+n)/passes, w.items.Len) })
}

func (w *watch) one(ctx context.Context, r *exec.Runner, i int, do func(r *exec.Runner, i int) error) error {
	inputs, err := w.items.Inputs(i)
	if err != nil {
		return err
	}
	if err := r.Run(ctx, inputs...); err != nil {
		return fmt.Errorf("%s: %w", w.items.name(i), err)
	}
	return do(r, i)
}

// Memory is the bytes of the Runners where one that keeps every value takes whole.
func Memory(workers int, whole int64) int64 { return int64(workers) * whole }
