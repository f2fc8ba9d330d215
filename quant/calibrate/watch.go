package calibrate

import (
	"context"
	"fmt"
	"math"

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
	lookers   []observer.Values // those of observers that need values,
	looked    []graph.ValueID   // and what they look at
}

func (w *watch) add(o observer.Observer, f fakequant.FakeQuantizer, v graph.ValueID) {
	follower, _ := f.(fakequant.Follower)
	w.observers, w.followers, w.values = append(w.observers, o), append(w.followers, follower), append(w.values, v)
	if l, ok := o.(observer.Values); ok {
		w.lookers, w.looked = append(w.lookers, l), append(w.looked, v)
	}
}

// run shows the observers all batches; without observers no item runs.
func (w *watch) run(ctx context.Context, p *prepare.Prepared, workers int) error {
	if len(w.observers) == 0 {
		return nil
	}
	runners, err := pool.New(ctx, p.Graph, exec.Config{Observe: w.values, Keep: w.looked, Pool: w.items.Pool}, workers)
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
		if len(w.lookers) > 0 {
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
	found := make([][2]float32, (to-from)*len(w.values))
	t := pool.NewTurns(len(w.lookers), from)
	err := w.each(ctx, runners, from, to, 0, func(r *exec.Runner, i int) error {
		for k, v := range w.values {
			lo, hi := r.Range(v)
			if !finite(lo) || !finite(hi) {
				return fmt.Errorf("%s gives tensor %q values from %v to %v, %w: check the preprocessing, or leave the item out",
					w.items.name(i), w.graph.Values[v].Name, lo, hi, scheme.ErrRange)
			}
			found[(i-from)*len(w.values)+k] = [2]float32{lo, hi}
		}
		for k, o := range w.lookers {
			if s, ok := o.(observer.Sketcher); ok {
				if err := take(t, r, w.looked[k], k, i, s.Sketch); err != nil {
					return err
				}
			}
		}
		return nil
	}, t.Fail)
	if err != nil {
		return err
	}
	for i, r := range found {
		w.observers[i%len(w.values)].ObserveRange(0, r[0], r[1])
	}
	return nil
}

func finite(x float32) bool { return math.Abs(float64(x)) <= math.MaxFloat32 }

// look shows the observers that need them the values of a batch. Each observer sees the items in their
// order, whichever worker ran them, and several workers observe at a time, each another value.
func (w *watch) look(ctx context.Context, runners *pool.Pool, from, to int) error {
	t := pool.NewTurns(len(w.lookers), from)
	return w.each(ctx, runners, from, to, 1, func(r *exec.Runner, i int) error {
		for k, o := range w.lookers {
			if err := take(t, r, w.looked[k], k, i, o.Observe); err != nil {
				return err
			}
		}
		return nil
	}, t.Fail)
}

// take shows value v of item i at place k when it is the item's turn.
func take(t *pool.Turns, r *exec.Runner, v graph.ValueID, k, i int, show func(c int, x []float32)) error {
	x := r.Value(v)
	if !t.Wait(k, i) {
		return pool.ErrEarlier
	}
	show(0, x)
	t.Done(k)
	return nil
}

// each runs the items of a batch, for the first or the second time, and tells the progress. failed is
// told an item that fails.
func (w *watch) each(ctx context.Context, runners *pool.Pool, from, to, pass int, do func(r *exec.Runner, i int) error, failed func(i int)) error {
	passes := 1
	if len(w.lookers) > 0 {
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
