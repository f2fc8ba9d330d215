package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Items are what a network is trained on.
type Items struct {
	calibrate.Items
	Label func(i int) int // the index of item i's class, negative where it is not known
}

// Epoch is what became of one pass over the items.
type Epoch struct {
	Loss   float64 `json:"loss"`   // mean over the items, each before its step
	Digest string  `json:"digest"` // of all parameters behind it
}

// Moment is how far a training has come.
type Moment struct {
	Epoch, Epochs int                // the first one is 1
	Step, Steps   int                // that have been taken, of all epochs
	Loss          float64            // of the last step's batch, before the step
	Rate          float32            // of the last step
	Bytes         int                // that its programs take
	Quantizers    []inspect.Standing // how the quantizers stand, where that is watched
}

// Watch follows a training, stops it and goes on with it. No bit of what is trained depends on it. What is nil is
// not called.
type Watch struct {
	Began func(Moment)                                           // before the first step, with Loss and Rate 0
	Step  func(m Moment, save func() ([]byte, error)) error      // behind every step; save makes a checkpoint. An error ends the training.
	Epoch func(m Moment, now func() *calibrate.Calibrated) error // behind every epoch, with the network so far
	Ended func(save func() ([]byte, error)) error                // where ctx ended between two steps
	// Quantizers has every Moment tell how the quantizers stand: every step is looked at, and at the beginning and behind every
	// epoch some items are run.
	Quantizers bool

	From []byte // checkpoint to go on from, nil for none
	Of   string // names recipe, network and data: a checkpoint of another is refused
}

// Fit trains c as its recipe says, in an order of items that comes from the recipe's seed, on so many threads. It
// stops between steps. The bits do not depend on the threads. The result's Float is c's.
func Fit(ctx context.Context, c *calibrate.Calibrated, items Items, threads int, w Watch) (*calibrate.Calibrated, []Epoch, error) {
	r := c.Recipe.Train.Full()
	shared := items.Pool // of a step
	if shared == nil && threads > 1 {
		shared = engine.NewPool(threads)
		defer shared.Close()
	}
	at := &place{}
	if w.From != nil {
		var err error
		if at, err = readPlace(w.From, w.Of); err != nil {
			return nil, nil, err
		}
	}
	f := &fit{c: c, items: items, r: r}
	if err := f.prepare(ctx, threads); err != nil {
		return nil, nil, err
	}
	t := New(c, Config{
		Optimizer: optimizer(r), Distill: 1 - r.Labels, Temperature: r.Temperature, FreezeNorm: !r.Statistics,
		Smoothing: r.Smoothing, Clip: r.Clip, DecayOnly: r.DecayOnly, Average: r.Average,
	}, shared)
	defer t.Close()
	first := min(r.Batch, items.Len)
	if err := t.at(ctx, first); err != nil {
		return nil, nil, err
	}
	if at.state != nil {
		if err := t.Restore(ctx, first, at.state); err != nil {
			return nil, nil, err
		}
	}
	steps := (items.Len + r.Batch - 1) / r.Batch
	m := Moment{Epoch: at.Step/steps + 1, Epochs: r.Epochs, Step: at.Step, Steps: r.Epochs * steps, Bytes: t.bytes()}
	if m.Step > m.Steps {
		return nil, nil, errPlace
	}
	var gauge gauge
	look := func(activations bool) error {
		if !w.Quantizers {
			return nil
		}
		now := t.Result()
		gauge.weights(now)
		var err error
		if activations {
			err = gauge.activations(ctx, now, items.Items)
		}
		m.Quantizers = gauge.now()
		return err
	}
	if err := look(true); err != nil {
		return nil, nil, err
	}
	if w.Began != nil {
		w.Began(m)
	}
	save := func() ([]byte, error) {
		at.Step, at.Of = m.Step, w.Of
		return at.write(t)
	}
	var next chan prepared // the batch of the step to come, of the same epoch
	defer func() {
		if next != nil { // who ends the training early gets its items back unread
			<-next
		}
	}()
	for m.Step < m.Steps {
		e, k := m.Step/steps, m.Step%steps
		if err := ctx.Err(); err != nil {
			if w.Ended != nil {
				err = errors.Join(err, w.Ended(save))
			}
			return nil, nil, err
		}
		if next == nil {
			next = f.begin(e, k)
		}
		b := <-next
		if next = nil; k < steps-1 {
			next = f.begin(e, k+1)
		}
		if b.err != nil {
			return nil, nil, b.err
		}
		m.Epoch, m.Rate = e+1, r.At(m.Step, m.Steps)
		// A step that is begun is finished: half a step has no place in a checkpoint.
		loss, _, err := t.Step(context.WithoutCancel(ctx), b.n, m.Rate, b.inputs, b.target, b.teacher)
		if err != nil {
			return nil, nil, err
		}
		m.Loss = float64(loss)
		if math.IsNaN(m.Loss) || math.IsInf(m.Loss, 0) {
			return nil, nil, fmt.Errorf("training left the finite numbers in epoch %d: lower train.rate, which is %v", m.Epoch, r.Rate)
		}
		at.Sum += m.Loss * float64(b.n)
		m.Step++
		if k == steps-1 {
			at.Epochs = append(at.Epochs, Epoch{at.Sum / float64(items.Len), t.Digest()})
			at.Sum = 0
		}
		if err := look(k == steps-1); err != nil {
			return nil, nil, err
		}
		if w.Step != nil {
			if err := w.Step(m, save); err != nil {
				return nil, nil, err
			}
		}
		if k == steps-1 && w.Epoch != nil {
			if err := w.Epoch(m, t.Result); err != nil {
				return nil, nil, err
			}
		}
	}
	out := t.Result()
	out.Float = c.Float
	return out, at.Epochs, nil
}

func optimizer(r recipe.Training) Optimizer {
	o := Optimizer{Kind: r.Optimizer, WeightDecay: r.WeightDecay}
	if o.Kind == recipe.SGD {
		o.Momentum = 0.9
	}
	return o
}

// fit is what all steps have in common.
type fit struct {
	c       *calibrate.Calibrated
	items   Items
	r       recipe.Training
	classes int
	teacher [][]float32 // the float network's logits, by item
	augment *augment    // nil: items stay as they are
}

// prepare runs the float network once over all items, and finds what is missing before anything is trained.
func (f *fit) prepare(ctx context.Context, threads int) error {
	g := f.c.Float
	out, err := logits(g)
	if err != nil {
		return err
	}
	f.classes = graph.Len(g.Values[out].Shape)
	for i := range f.items.Len {
		if label := f.class(i); f.r.Labels > 0 && (label < 0 || label >= f.classes) {
			return fmt.Errorf("training: item %d has no label among the network's %d classes; set train.labels to 0 to learn from the float network's answers alone", i+1, f.classes)
		}
	}
	if f.augment, err = newAugment(f.c, f.r); err != nil {
		return err
	}
	if f.r.Labels == 1 {
		return nil
	}
	f.teacher = make([][]float32, f.items.Len)
	config := exec.Config{Keep: []graph.ValueID{out}, Pool: f.items.Pool}
	return pool.Show(ctx, g, config, max(threads, 1), f.items.Len, f.items.Inputs, func(r *exec.Runner, i int) {
		f.teacher[i] = r.Value(out)
	}, func(int) {})
}

// class is the index of item i's class among the answers, negative where it is not known.
func (f *fit) class(i int) int {
	if label := f.items.Label(i); label >= 0 {
		return label + f.c.Recipe.Data.ClassOffset
	}
	return -1
}
