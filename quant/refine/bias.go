package refine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// CorrectBiases takes back what rounding has shifted the means of layers' outputs by, channel by channel
// (Nagel et al. 2019, §4.2). Empirical: the means of each layer in the float network and in the quantized
// one, all layers before it corrected already, over the items. Analytic: the error of the weights times the
// mean of the inputs in the float network, of convolutions as if nothing were padded. Layers whose bias is
// shared or quantized stay as they are. The network that comes in is not changed. What known has of the float network's
// means is not looked for again, and what it has not is added.
func CorrectBiases(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, method string, known Means, workers int, progress func(done, total int)) (*calibrate.Calibrated, error) {
	if items.Len < 1 {
		return nil, errors.New("bias correction needs at least one item")
	}
	out := *c
	b := &biases{c: &out, known: known}
	b.find()
	switch method {
	case recipe.Analytic:
		return &out, b.analytic(ctx, items, workers, progress)
	case recipe.Empirical:
		return &out, b.empirical(ctx, items, workers, progress)
	}
	return nil, fmt.Errorf("there is no bias correction %q: there are %s and %s", method, recipe.Empirical, recipe.Analytic)
}

// biases are the layers of a network whose outputs can be shifted.
type biases struct {
	c      *calibrate.Calibrated
	known  Means
	layers []layer
	shift  []graph.ValueID // of each: the constant that shifts its output,
	sign   []float32       // and how: a bias is added, the mean of a normalisation subtracted
}

// find gives graph and layers: those without a bias get one of zeros, in the float network too.
func (b *biases) find() {
	g, float := graph.Edit(b.c.Graph), graph.Edit(b.c.Float)
	for v := range g.Graph.Values { // constants of its own
		if t := g.Graph.Values[v].Const; t != nil && t.DType == graph.Float32 {
			own := *t
			g.Graph.Values[v].Const = &own
		}
	}
	layers, readers := layersOf(g.Graph), g.Graph.Consumers()
	quantized := func(v graph.ValueID) bool {
		for _, q := range b.c.Quantizers {
			if q.Value == v {
				return true
			}
		}
		return false
	}
	for n := range g.Graph.Nodes {
		l, ok := layers[n]
		if !ok {
			continue
		}
		shift, sign := l.bias, float32(1)
		if norm := readers[l.output(g.Graph)]; shift == graph.None && len(norm) == 1 {
			node := g.Graph.Nodes[norm[0]]
			if _, ok := node.Op.(graph.BatchNormalization); ok && len(readers[node.Inputs[3]]) == 1 {
				shift, sign = node.Inputs[3], -1
			}
		}
		if _, ok := l.op.(graph.MatMul); shift == graph.None && !ok {
			name := g.Graph.Nodes[n].Name + ".bias"
			shift = g.Const(name, &graph.Tensor{Shape: []int{l.out}, F: make([]float32, l.out)})
			float.Const(name, &graph.Tensor{Shape: []int{l.out}, F: make([]float32, l.out)})
			for _, node := range []*graph.Node{&g.Graph.Nodes[n], &float.Graph.Nodes[n]} {
				node.Inputs = append(node.Inputs[:2:2], shift)
			}
		}
		if shift != graph.None && !quantized(shift) {
			b.layers, b.shift, b.sign = append(b.layers, l), append(b.shift, shift), append(b.sign, sign)
		}
	}
	b.c.Graph, b.c.Float = g.Graph, float.Graph
}

// correct shifts the output of layer k back.
func (b *biases) correct(k int, by []float64) {
	t := b.c.Graph.Values[b.shift[k]].Const
	t.F, t.Params, t.Codes = slices.Clone(t.F), nil, nil
	for c := range t.F {
		t.F[c] -= b.sign[k] * float32(by[c])
	}
}

// outputs are what the layers make.
func (b *biases) outputs() []graph.ValueID {
	out := make([]graph.ValueID, len(b.layers))
	for k, l := range b.layers {
		out[k] = l.output(b.c.Graph)
	}
	return out
}

func (b *biases) empirical(ctx context.Context, items calibrate.Items, workers int, progress func(done, total int)) error {
	w, err := newWalk(b.c, items, workers)
	if err != nil {
		return err
	}
	total := 2 * w.items.Len
	outputs := b.outputs()
	want, err := b.known.of(ctx, b.c.Float, b.layers, outputs, w.items, workers, func(n int) { progress(n, total) })
	if err != nil {
		return err
	}
	for k, l := range b.layers {
		v := outputs[k]
		if err := w.to(ctx, l.nodes[len(l.nodes)-1]+1, v); err != nil {
			return err
		}
		shape, by := b.c.Graph.Values[v].Shape, make([]float64, l.out)
		for _, held := range w.held {
			add(by, held[v], shape, l.axis(shape))
		}
		for c := range by {
			by[c] = by[c]/float64(len(w.held)) - want[k][c]
		}
		b.correct(k, by)
		if b.sign[k] > 0 { // else the normalisation, which is still to run, does it
			for _, held := range w.held {
				shiftBy(held[v], by, shape, l.axis(shape))
			}
		}
		w.quantize(v)
		progress(w.items.Len+(k+1)*w.items.Len/len(b.layers), total)
	}
	return nil
}

func (b *biases) analytic(ctx context.Context, items calibrate.Items, workers int, progress func(done, total int)) error {
	inputs := make([]graph.ValueID, len(b.layers))
	for k, l := range b.layers {
		inputs[k] = l.input(b.c.Graph)
	}
	mean, err := b.known.of(ctx, b.c.Float, b.layers, inputs, items, workers, func(n int) { progress(n, items.Len) })
	if err != nil {
		return err
	}
	for k, l := range b.layers {
		float, quantized := b.c.Float.Values[l.weight].Const.F, b.c.Graph.Values[l.weight].Const.F
		for i, q := range b.c.Quantizers {
			if q.Value == l.weight {
				rounded := make([]float32, len(quantized))
				b.c.Params[i].FakeQuantize(rounded, quantized, l.shape, b.c.Recipe.Rule)
				quantized = rounded
			}
		}
		by := make([]float64, l.out)
		l.each(func(i, in, out int) { by[out] += float64((float64(quantized[i]) - float64(float[i])) * mean[k][in]) })
		if op, ok := l.op.(graph.Gemm); ok {
			for c := range by {
				by[c] *= float64(op.Alpha)
			}
		}
		b.correct(k, by)
	}
	return nil
}
