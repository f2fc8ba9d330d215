// Package lesson gives lessons on a network that a user has opened: how the values of one layer spread, what
// a range or a number of bits does to them, and what the network then answers. Everything is computed by
// the code that quantizes and runs networks, on a few items, fast enough for a hand that drags. What goes in
// is a job, what comes out are the small documents of package inspect. Nothing here reaches a digest.
package lesson

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
	"github.com/quantscope/quantscope/quant/recipe"
)

const (
	shownItems  = 8  // that a lesson runs
	calibration = 16 // items that the other layers are calibrated on
)

// Recipe is how lessons quantize: batch normalisation folded, so that a layer is one convolution with its
// bias, 8 bits, one scale for each channel of a weight, activations with a zero point. What feeds the
// network is that of r.
func Recipe(r recipe.Recipe) recipe.Recipe {
	own, err := recipe.Preset("qdq")
	if err != nil {
		panic(err) // a preset of ours
	}
	own.Name = "lesson"
	own.Weight.FakeQuant, own.Activation.FakeQuant = "fixed", "fixed"
	own.Weight.Observer, own.Activation.Observer = "minmax", "minmax"
	own.Weight.EMARatio, own.Activation.EMARatio = 0, 0
	own.Weight.Scheme, own.Activation.Scheme = Weight(), Input()
	own.Preprocess, own.Data = r.Preprocess, r.Data
	own.Data.Calibration = min(own.Data.Calibration, calibration)
	return own
}

// Bench is a network on which lessons are given. It is not safe for use by several goroutines.
type Bench struct {
	job    quant.Job
	c      *calibrate.Calibrated
	layers []layer
	items  [][][]float32 // the network's inputs for each
	inputs []inspect.Input
	logits [][]float32 // the float network's, for each item
	scenes map[int]*scene
}

// layer is one that has a weight and an input, both quantized.
type layer struct {
	module, weight, input int // indices of Modules and Quantizers
	end                   end
	stage                 inspect.Stage
}

// New prepares and calibrates j's network for lessons, and runs it in float on a few items. Of j's recipe
// it takes the preprocessing and the choice of items.
func New(ctx context.Context, j quant.Job) (*Bench, error) {
	j.Recipe = Recipe(j.Recipe)
	if j.Progress == nil {
		j.Progress = func(string, int, int) {}
	}
	c, err := quant.Calibrate(ctx, j)
	if err != nil {
		return nil, err
	}
	b := &Bench{job: j, c: c, scenes: map[int]*scene{}}
	if b.layers = layersOf(c); len(b.layers) == 0 {
		return nil, errors.New("no layer of this network has both a constant weight and an input to quantize: open another network for this lesson")
	}
	return b, b.take(ctx)
}

// layersOf finds the layers that lessons can be given on.
func layersOf(c *calibrate.Calibrated) []layer {
	of := make(map[graph.ValueID]int, len(c.Quantizers))
	for i, q := range c.Quantizers {
		of[q.Value] = i + 1
	}
	var list []layer
	for i, m := range c.Modules {
		n := c.Graph.Nodes[m.Nodes[0]]
		if len(n.Inputs) < 2 {
			continue
		}
		input, weight := of[n.Inputs[0]]-1, of[n.Inputs[1]]-1
		if input < 0 || weight < 0 || c.Graph.Values[n.Inputs[1]].Const == nil {
			continue
		}
		list = append(list, layer{i, weight, input, endOf(c.Graph, of, n), stageOf(c.Graph, n, m.Name)})
	}
	return list
}

func stageOf(g *graph.Graph, n graph.Node, name string) inspect.Stage {
	w, y := g.Values[n.Inputs[1]].Shape, g.Values[n.Outputs[0]].Shape
	s := inspect.Stage{Name: name, Op: n.Op.Type(), Channels: y[len(y)-1]}
	if op, ok := n.Op.(graph.Conv); ok {
		s.Channels, s.Terms = y[1], graph.Len(w[1:])
		s.Depthwise = op.Group > 1 && op.Group == g.Values[n.Inputs[0]].Shape[1] && s.Channels == op.Group
	} else {
		s.Terms = graph.Len(w) / max(s.Channels, 1)
	}
	return s
}

// take reads the items and runs the float network on them.
func (b *Bench) take(ctx context.Context) error {
	choice, err := dataset.Choose(b.job.Recipe.Data, nil, b.job.Data.Len())
	if err != nil {
		return err
	}
	chosen := spread(choice.Evaluation, shownItems)
	if len(chosen) == 0 {
		chosen = spread(choice.Calibration, shownItems)
	}
	items, err := b.job.Items(chosen)
	if err != nil {
		return err
	}
	r, err := exec.New(ctx, b.c.Float, exec.Config{Pool: b.job.Pool})
	if err != nil {
		return err
	}
	defer r.Close()
	var broken error
	for i, item := range chosen {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, err := items.Inputs(i)
		if err != nil { // one that cannot be read is left out; the last reason is told if none can
			broken = err
			continue
		}
		if err := r.Run(ctx, x...); err != nil {
			return err
		}
		b.items, b.logits = append(b.items, x), append(b.logits, r.Output(0))
		b.inputs = append(b.inputs, b.describe(item, x[0], r.Output(0)))
	}
	if len(b.items) == 0 {
		return fmt.Errorf("none of %d items can be used: %w", len(chosen), broken)
	}
	return nil
}

// spread takes n of a list, far apart.
func spread(list []int, n int) []int {
	if len(list) <= n {
		return list
	}
	var out []int
	for i := range n {
		out = append(out, list[i*(len(list)-1)/(n-1)])
	}
	return out
}

const firstAnswers = 5

func (b *Bench) describe(item int, x, logits []float32) inspect.Input {
	in, _ := inspect.InputOf(x, b.c.Graph.Values[b.c.Graph.Inputs[0]].Shape[1:], b.job.Recipe.Preprocess.Layout == "nhwc")
	in.Name = b.job.Data.Name(item)
	if label := b.job.Data.Label(item); label >= 0 {
		in.Label, in.LabelName = label, b.job.Data.Classes.Name(label)
	}
	in.Answers = b.answers(logits, firstAnswers)
	return in
}

func (b *Bench) answers(logits []float32, n int) []inspect.Answer {
	list := inspect.Answers(logits, n, b.job.Recipe.Data.ClassOffset)
	for i, a := range list {
		if a.Class >= 0 {
			list[i].Name = b.job.Data.Classes.Name(a.Class)
		}
	}
	return list
}

// Pictures are BMP files of the items that are pictures, in their order.
func (b *Bench) Pictures() [][]byte {
	var out [][]byte
	for i, in := range b.inputs {
		if in.Width == 0 {
			continue
		}
		_, rgba := inspect.InputOf(b.items[i][0], in.Shape, b.job.Recipe.Preprocess.Layout == "nhwc")
		out = append(out, inspect.BMP(rgba, in.Width, in.Height))
	}
	return out
}
