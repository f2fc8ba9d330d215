package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// watch is the observers of activations at work.
type watch struct {
	graph     *graph.Graph
	batch     int // items in one
	items     Items
	progress  func(done, total int)
	observers []observer.Observer
	batches   [][]span // of each, the ranges after each batch
	places    []place
}

// place is where observers watch one value.
type place struct {
	value     graph.ValueID
	axis      int   // along which there is a range for each channel, else -1
	observers []int // which of the watch's
	lookers   []int // those of them that need values
}

func (w *watch) add(o observer.Observer, q prepare.Quantizer) {
	at := slices.IndexFunc(w.places, func(p place) bool { return p.value == q.Value && p.axis == q.Axis })
	if at < 0 {
		at = len(w.places)
		w.places = append(w.places, place{value: q.Value, axis: q.Axis})
	}
	p := &w.places[at]
	if observer.First(o) != nil || observer.Second(o) != nil {
		p.lookers = append(p.lookers, len(w.observers))
	}
	p.observers = append(p.observers, len(w.observers))
	w.observers, w.batches = append(w.observers, o), append(w.batches, nil)
}

// values are those that are watched, and of them those of which more than one range is asked.
func (w *watch) values() (all, kept []graph.ValueID) {
	for _, p := range w.places {
		if !slices.Contains(all, p.value) {
			all = append(all, p.value)
		}
		if (p.axis >= 0 || len(p.lookers) > 0) && !slices.Contains(kept, p.value) {
			kept = append(kept, p.value)
		}
	}
	return all, kept
}

// twice tells whether an observer has to look at the items of a batch again.
func (w *watch) twice() bool {
	return slices.ContainsFunc(w.observers, func(o observer.Observer) bool { return observer.Second(o) != nil })
}

// run shows the observers all batches; without observers no item runs.
func (w *watch) run(ctx context.Context, workers int) error {
	if len(w.observers) == 0 {
		return nil
	}
	all, kept := w.values()
	runners, err := pool.New(ctx, w.graph, exec.Config{Observe: all, Keep: kept, Pool: w.items.Pool}, workers)
	if err != nil {
		return err
	}
	defer runners.Close()
	for from := 0; from < w.items.Len; from += w.batch {
		to := min(from+w.batch, w.items.Len)
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
			lo, hi := o.Range()
			w.batches[i] = append(w.batches[i], span{slices.Clone(lo), slices.Clone(hi)})
		}
	}
	return nil
}

// ranges shows every observer the ranges of a batch.
func (w *watch) ranges(ctx context.Context, runners *pool.Pool, from, to int) error {
	found := make([]limits, len(w.places))
	for k, p := range w.places {
		found[k] = w.limits(p)
	}
	var mu sync.Mutex
	t := pool.NewTurns(len(w.places), from)
	err := w.each(ctx, runners, from, to, 0, func(r *exec.Runner, i int) error {
		for k, p := range w.places {
			lo, hi := r.Range(p.value)
			if !finite(lo) || !finite(hi) {
				return fmt.Errorf("%s gives tensor %q an infinity or a NaN, which is %w: check the preprocessing, leave the item out, or keep what makes it in float",
					w.items.Called(i), w.graph.Values[p.value].Name, scheme.ErrRange)
			}
			own := limits{{lo, hi}}
			if p.axis >= 0 {
				own = w.limits(p)
				w.byChannel(p, r.Value(p.value), func(c int, x []float32) { own.widen(c, x...) })
			}
			mu.Lock()
			for c, r := range own {
				found[k].widen(c, r[0], r[1])
			}
			mu.Unlock()
		}
		return w.take(t, r, i, observer.First)
	}, t.Fail)
	if err != nil {
		return err
	}
	for k, p := range w.places {
		for _, o := range p.observers {
			for c, r := range found[k] {
				w.observers[o].ObserveRange(c, r[0], r[1])
			}
		}
	}
	return nil
}

// limits are the least and the greatest value, of each channel or of a tensor.
type limits [][2]float32

// limits are those of no value, at place p.
func (w *watch) limits(p place) limits {
	n := 1
	if p.axis >= 0 {
		n = w.graph.Values[p.value].Shape[p.axis]
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
	t := pool.NewTurns(len(w.places), from)
	return w.each(ctx, runners, from, to, 1, func(r *exec.Runner, i int) error {
		return w.take(t, r, i, observer.Second)
	}, t.Fail)
}

// take shows the values of item i to those that need them, place by place when it is the item's turn there: to what show
// gives for an observer, where that is not nil.
func (w *watch) take(t *pool.Turns, r *exec.Runner, i int, show func(o observer.Observer) func(c int, x []float32)) error {
	var x []float32
	for k, p := range w.places {
		var shows []func(c int, x []float32)
		for _, o := range p.lookers {
			if f := show(w.observers[o]); f != nil {
				shows = append(shows, f)
			}
		}
		if len(shows) == 0 {
			continue
		}
		x = r.Read(p.value, x)
		if !t.Wait(k, i) {
			return pool.ErrEarlier
		}
		for _, f := range shows {
			w.byChannel(p, x, f)
		}
		t.Done(k)
	}
	return nil
}

// byChannel shows x, at place p, channel by channel.
func (w *watch) byChannel(p place, x []float32, show func(c int, x []float32)) {
	byChannel(x, w.graph.Values[p.value].Shape, scheme.QParams{Axis: p.axis}, show)
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
		return fmt.Errorf("%s: %w", w.items.Called(i), err)
	}
	return do(r, i)
}

// Memory is the bytes of the Runners where one that keeps every value takes whole.
func Memory(workers int, whole int64) int64 { return int64(workers) * whole }
