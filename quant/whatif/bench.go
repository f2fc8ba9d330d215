// Package whatif tries other quantizers on one layer of a finished result: what bits, granularity, observer or a
// range do to the layer's numbers, and then to what the whole network answers, on a few items, fast enough for a hand
// that drags. What goes in is the calibrated network and a question, what comes out are the small documents of package
// inspect. Nothing here reaches a digest.
package whatif

import (
	"context"
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

const (
	measured = 16      // evaluation items that networks are run on
	observed = 16      // calibration items that the numbers of an input are taken from
	sampled  = 1 << 12 // numbers of an item that are looked at
)

// Bench is a calibrated network on which single layers are tried. It is not safe for use by several goroutines.
type Bench struct {
	job    quant.Job
	c      *calibrate.Calibrated
	items  [][][]float32 // the network's inputs for each measured item
	float  [][]float32   // its first output in float
	labels []int         // as an index of the output, -1 for none
	before *inspect.Likeness
	inputs map[int][][]float32 // numbers of a quantizer, by its place, from each observed item
	ranges map[asked]scheme.QParams
}

// New reads the items of j, whose result is c, and runs the float network on them.
func New(ctx context.Context, j quant.Job, c *calibrate.Calibrated) (*Bench, error) {
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return nil, err
	}
	b := &Bench{job: j, c: c, inputs: map[int][][]float32{}, ranges: map[asked]scheme.QParams{}}
	chosen := choice.Evaluation[:min(measured, len(choice.Evaluation))]
	err = b.run(ctx, chosen, exec.Config{Pool: j.Pool}, func(r *exec.Runner, item int, x [][]float32) {
		y := r.Output(0)
		if !graph.Finite(x...) || !graph.Finite(y) { // nothing compares with it; the result has named it
			return
		}
		label := j.Data.Label(item)
		if label >= 0 {
			label += j.Recipe.Data.ClassOffset
		}
		b.items, b.float, b.labels = append(b.items, x), append(b.float, y), append(b.labels, label)
	})
	if err == nil && len(b.items) == 0 {
		err = fmt.Errorf("the network gives no finite numbers on the first %d evaluation items: look at the data, and at the network in float", len(chosen))
	}
	return b, err
}

// run runs the float network on items and shows each; one that cannot be read is left out.
func (b *Bench) run(ctx context.Context, chosen []int, c exec.Config, seen func(r *exec.Runner, item int, x [][]float32)) error {
	items, err := b.job.Items(chosen)
	if err != nil {
		return err
	}
	r, err := exec.New(ctx, b.c.Float, c)
	if err != nil {
		return err
	}
	defer r.Close()
	read := 0
	for i, item := range chosen {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, err := items.Inputs(i)
		if broken := (*dataset.ItemError)(nil); errors.As(err, &broken) {
			continue
		}
		if err == nil {
			err = r.Run(ctx, x...)
		}
		if err != nil {
			return err
		}
		read++
		seen(r, item, x)
	}
	if read == 0 {
		return fmt.Errorf("none of %d items can be read: check the images", len(chosen))
	}
	return nil
}

// numbers are what quantizer at takes in float: the constant, or an activation's numbers item by item, sampled.
func (b *Bench) numbers(ctx context.Context, at int) ([][]float32, error) {
	v := b.c.Quantizers[at].Value
	if t := b.c.Graph.Values[v].Const; t != nil {
		return [][]float32{t.F}, nil
	}
	if x := b.inputs[at]; x != nil {
		return x, nil
	}
	choice, err := dataset.Choose(b.job.Recipe.Data, nil, b.job.Data.Len())
	if err != nil {
		return nil, err
	}
	var out [][]float32
	chosen := choice.Calibration[:min(observed, len(choice.Calibration))]
	err = b.run(ctx, chosen, exec.Config{Keep: []graph.ValueID{v}, Pool: b.job.Pool}, func(r *exec.Runner, _ int, _ [][]float32) {
		out = append(out, observer.Every(r.Value(v), sampled))
	})
	if err != nil {
		return nil, err
	}
	b.inputs = map[int][][]float32{at: out} // of one layer at a time
	return out, nil
}
