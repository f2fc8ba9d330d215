package exec

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// weights are the elements of constant v in ONNX order, fake-quantized where the configuration says so.
func (l *lowerer) weights(v graph.ValueID) []float32 {
	c := l.g.Values[v].Const
	x := floats(c)
	for _, q := range l.cfg.Quant {
		if q.Value == v && q.Codes == nil {
			y := make([]float32, len(x))
			q.Params.FakeQuantize(y, x, c.Shape, q.Rule)
			x = y
		}
	}
	return x
}

// weightsOf gives the weights and bias of a convolution with o output channels, the following
// BatchNormalization folded in: w·f, (b·f) + shift. The output channel is dimension axis of the
// weights; for axis 1 it counts within a group. Both are nil in the dry pass, where only sizes matter,
// and where they are computed while running.
func (l *lowerer) weightsOf(s *step, n graph.Node, o, axis int) (w, bias []float32) {
	if l.eng == nil || l.weightsRun(n) {
		return nil, nil
	}
	wv := n.Inputs[1]
	w = l.weights(wv)
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		bias = l.weights(n.Inputs[2])
	}
	if s.norm < 0 {
		bias = slices.Clone(bias)
		l.roundBias(s, n, bias)
		return w, bias
	}
	bn := l.g.Nodes[s.norm]
	f, shift := normFactors(l.g, bn, bn.Op.(graph.BatchNormalization))
	shape := l.g.Values[wv].Shape
	inner := graph.Len(shape[axis+1:])
	groups := o / shape[axis] // more than one only for axis 1
	perGroup := shape[0] / groups
	folded := make([]float32, len(w))
	scheme.Channels(shape, axis, func(c, from, to int) {
		if axis == 1 {
			c += from / (inner * shape[1]) / perGroup * shape[1]
		}
		for i := from; i < to; i++ {
			folded[i] = w[i] * f[c]
		}
	})
	b := make([]float32, o)
	for c := range b {
		b[c] = shift[c]
		if bias != nil {
			b[c] = float32(bias[c]*f[c]) + shift[c]
		}
	}
	l.roundBias(s, n, b)
	return folded, b
}

// weightsRun reports whether weights or bias of node n are computed while running.
func (l *lowerer) weightsRun(n graph.Node) bool {
	return l.runTime(n.Inputs[1]) || len(n.Inputs) > 2 && l.runTime(n.Inputs[2])
}

// floats are the elements of t as float32, which is how the arena holds integers too.
func floats(t *graph.Tensor) []float32 {
	if t.DType == graph.Float32 {
		return t.F
	}
	x := make([]float32, len(t.I))
	for i, v := range t.I {
		x[i] = float32(v)
	}
	return x
}
