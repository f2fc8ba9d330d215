package train

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Soft is a fake-quantizer whose gradient is that of soft steps made of tanh: DSQ (spec §2.6).
type Soft struct {
	Params scheme.QParams
	Rule   scheme.Rule
	Alpha  float32 // how soft the steps are; 0.4 if 0
}

// Quantize appends the fake-quantized x. With v = x/s + z between whole numbers f and f+1, t = 1/(1-α) and
// k = ln((t+1)/(t-1)):
//
//	qmin ≤ v ≤ qmax:  dx = dy·½·t·k·(1 - tanh²(k·(v - f - ½)))
//	outside:          dx = 0
func (s Soft) Quantize(b *graph.Builder, blocks Blocks, name string, x graph.ValueID) graph.ValueID {
	alpha := 0.4
	if s.Alpha != 0 {
		alpha = float64(s.Alpha)
	}
	t := 1 / (1 - alpha)
	k := math.Log((t + 1) / (t - 1))
	y := b.Node(name, graph.FakeQuantize{Params: s.Params, Rule: s.Rule}, x)
	blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID {
			q := quantizer{emit: l.emit, x: x, axis: s.Params.Axis}
			q.fix(s.Params)
			lo, hi := float32(s.Params.QMin), float32(s.Params.QMax)
			v := l.add(l.div(x, q.scale), q.zero)
			kept := l.unary(graph.Clip{Lo: lo, Hi: hi}, v)
			part := l.sub(kept, l.unary(graph.Floor{}, kept))
			tanh := l.unary(graph.Tanh{}, l.times(l.plus(part, -0.5), float32(k)))
			slope := l.times(l.from(1, l.mul(tanh, tanh)), float32(t*k/2))
			return l.mul(l.mul(l.g(), slope), l.same(kept, v))
		})
	}}
	return y
}
