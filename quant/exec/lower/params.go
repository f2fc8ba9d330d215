package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// updates gives parameters what they become at the end of a run. All of them see the values of the run:
// where one becomes another, that is set aside first.
func (l *lowerer) updates() {
	l.step, l.first = len(l.plan.Steps), len(l.calls)
	for _, v := range l.plan.Held { // those that nobody reads too
		l.at(v)
	}
	from := make([]operand, len(l.plan.Updates))
	for i, u := range l.plan.Updates {
		v, shape := l.plan.Source(u), l.g.Values[u.Param].Shape
		from[i] = l.of(v)
		aside := operand{strides: plan.Strides(shape)}
		switch {
		case graph.Len(shape) == 0:
		case l.plan.Codes[v] != nil:
			aside.at = l.temp(elem * graph.Len(shape))
			l.dequantize(v, aside)
		case l.plan.Resident(v):
			aside.at = l.temp(elem * graph.Len(shape))
			l.emit(f32.Copy{X: from[i].at, Y: aside.at, Shape: shape, XStrides: from[i].strides, YStrides: aside.strides}.Call())
		default:
			continue
		}
		from[i] = aside
	}
	for i, u := range l.plan.Updates {
		shape, to := l.g.Values[u.Param].Shape, l.of(l.plan.HeldBy(l.plan.Rounded(u.Param)))
		if graph.Len(shape) > 0 {
			l.emit(f32.Copy{X: from[i].at, Y: to.at, Shape: shape, XStrides: from[i].strides, YStrides: to.strides}.Call())
		}
	}
	for _, c := range l.calls[l.first:] {
		l.labels = append(l.labels, Label{Node: "parameters", Op: "update", Kernel: c.Kernel})
	}
}

// byChannel fake-quantizes v by its first quantizer with several scales and those behind it. Weights that
// are computed while running have such; constants are quantized before they are packed.
func (l *lowerer) byChannel(v graph.ValueID) {
	for _, q := range l.plan.ByChannel(v) {
		if len(q.Params.Scale) == 1 {
			l.mapInPlace(v, []call.EpilogueOp{fakeQuant(q)})
		} else {
			l.scaleChannels(v, q)
		}
	}
}

// scaleChannels fake-quantizes v with a scale for each channel: in steps of the channel's scale, as one of
// scale 1 does, and back. Zero points are added after rounding and taken off after limiting.
func (l *lowerer) scaleChannels(v graph.ValueID, q *plan.Quant) {
	p, own := q.Params, l.of(v)
	vector := func(f func(c int) float32) operand {
		o := operand{l.constant(len(p.Scale), func(dst []float32) {
			for c := range dst {
				dst[c] = f(c)
			}
		}), make([]int, len(own.strides))}
		o.strides[p.Axis] = elem
		return o
	}
	scale := vector(func(c int) float32 { return p.Scale[c] })
	op, steps := call.F32Div, scale
	if _, _, _, float := p.Grid.Float(); q.Rule != scheme.ONNX && !float {
		op, steps = call.F32Mul, vector(func(c int) float32 { return 1 / p.Scale[c] })
	}
	if slices.Max(p.ZeroPoint) == 0 && slices.Min(p.ZeroPoint) == 0 || p.Grid != scheme.Integers {
		unit := *q
		unit.Params.Scale, unit.Params.ZeroPoint, unit.Params.Axis = []float32{1}, []int32{0}, -1
		l.binary(v, op, own, steps, []call.EpilogueOp{fakeQuant(&unit)})
	} else {
		zero := vector(func(c int) float32 { return float32(p.ZeroPoint[c]) })
		l.binary(v, op, own, steps, []call.EpilogueOp{f32.Quantize(1, 0, unbounded[0], unbounded[1])})
		l.binary(v, call.F32Add, own, zero, []call.EpilogueOp{f32.Clamp(float32(p.QMin), float32(p.QMax))})
		l.binary(v, call.F32Sub, own, zero, nil)
	}
	l.binary(v, call.F32Mul, own, scale, nil)
}
