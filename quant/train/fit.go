package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
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

// Fit trains c as its recipe says, in an order of items that comes from the recipe's seed, on so many threads. progress
// is told the items done of all epochs. The bits do not depend on the threads. The result's Float is c's.
func Fit(ctx context.Context, c *calibrate.Calibrated, items Items, threads int, progress func(done, total int)) (*calibrate.Calibrated, []Epoch, error) {
	r := c.Recipe.Train.Full()
	shared := items.Pool // of a step
	if shared == nil && threads > 1 {
		shared = engine.NewPool(threads)
		defer shared.Close()
	}
	f := &fit{c: c, items: items, r: r}
	if err := f.prepare(ctx, threads); err != nil {
		return nil, nil, err
	}
	t := New(c, Config{
		Optimizer: optimizer(r), Distill: 1 - r.Labels, Temperature: r.Temperature, FreezeNorm: !r.Statistics,
	}, shared)
	defer t.Close()
	steps := (items.Len + r.Batch - 1) / r.Batch
	var epochs []Epoch
	for e := range r.Epochs {
		order := rand.New(rand.NewPCG(c.Recipe.Data.Seed, uint64(e))).Perm(items.Len)
		sum := 0.0
		for k := 0; len(order) > 0; k++ {
			n := min(r.Batch, len(order))
			loss, err := f.step(ctx, t, order[:n], r.At(e*steps+k, r.Epochs*steps))
			if err != nil {
				return nil, nil, err
			}
			if math.IsNaN(float64(loss)) || math.IsInf(float64(loss), 0) {
				return nil, nil, fmt.Errorf("training left the finite numbers in epoch %d: lower train.rate, which is %v", e+1, r.Rate)
			}
			sum += float64(loss) * float64(n)
			order = order[n:]
			progress((e+1)*items.Len-len(order), r.Epochs*items.Len)
		}
		epochs = append(epochs, Epoch{sum / float64(items.Len), t.Digest()})
	}
	out := t.Result()
	out.Float = c.Float
	return out, epochs, nil
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

// step trains on a batch.
func (f *fit) step(ctx context.Context, t *Trainer, batch []int, rate float32) (float32, error) {
	inputs := make([][]float32, len(f.c.Graph.Inputs))
	target := make([]float32, len(batch)*f.classes)
	var teacher []float32
	for k, i := range batch {
		x, err := f.items.Inputs(i)
		if err != nil {
			return 0, err
		}
		for j := range inputs {
			inputs[j] = append(inputs[j], x[j]...)
		}
		if c := f.class(i); c >= 0 && c < f.classes {
			target[k*f.classes+c] = 1
		}
		if f.teacher != nil {
			teacher = append(teacher, f.teacher[i]...)
		}
	}
	loss, _, err := t.Step(ctx, len(batch), rate, inputs, target, teacher)
	return loss, err
}
