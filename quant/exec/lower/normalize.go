package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// normalized is (x - mean)/sqrt(variance + epsilon)·scale + bias, mean and variance being over axes.
type normalized struct {
	axes        []int
	epsilon     float32
	scale, bias operand // broadcast to x; no address where there is no bias
	mean, inv   operand // where mean and 1/sqrt(…) are wanted too, 0 along axes; else no address
}

func instanceNorm(l *lowerer, s *plan.Step, op graph.InstanceNormalization) {
	rank := len(l.lay(s.Inputs[0]).Shape)
	r := normalized{epsilon: op.Epsilon, scale: l.along(s.Inputs[1], 1, rank), bias: l.along(s.Inputs[2], 1, rank)}
	for a := 2; a < rank; a++ {
		r.axes = append(r.axes, a)
	}
	l.normalize(s.Inputs[0], s.Out(), r, l.epilogue(s))
}

func layerNorm(l *lowerer, s *plan.Step, op graph.LayerNormalization) {
	shape := l.lay(s.Inputs[0]).Shape
	r := normalized{epsilon: op.Epsilon, scale: l.broadcast(s.Inputs[1], shape)}
	if len(s.Inputs) > 2 && s.Inputs[2] != graph.None {
		r.bias = l.broadcast(s.Inputs[2], shape)
	}
	for a := op.Axis; a < len(shape); a++ {
		r.axes = append(r.axes, a)
	}
	for i, to := range []*operand{&r.mean, &r.inv} {
		if i+1 < len(s.Outputs) && s.Outputs[i+1] != graph.None {
			*to = l.broadcast(s.Outputs[i+1], shape)
		}
	}
	l.normalize(s.Inputs[0], s.Out(), r, l.epilogue(s))
	for i, v := range s.Outputs {
		if i > 0 && v != graph.None {
			l.mapInPlace(v, l.quantizersOf(s, i))
		}
	}
}

// normalize makes y of x in passes over y: x - mean; its squares, whose mean is the variance; quotient,
// product and sum.
func (l *lowerer) normalize(x, y graph.ValueID, r normalized, epilogue []call.EpilogueOp) {
	in := l.lay(x)
	squares, size := plan.NewLayout(-1, in.Shape, in.Order, plan.Halo{}, elem)
	squared := operand{l.temp(size), squares.Stride}
	own := l.of(y)
	stat := append([]int(nil), in.Shape...) // the shape of mean and variance
	for _, a := range r.axes {
		stat[a] = 1
	}
	where := func(given operand) operand {
		if given.at != 0 {
			return given
		}
		o := operand{l.temp(elem * graph.Len(stat)), plan.Strides(stat)}
		for _, a := range r.axes {
			o.strides[a] = 0
		}
		return o
	}
	mean, deviation := where(r.mean), where(operand{})
	l.reduceTo(f32.ReduceMean, mean, l.of(x), in.Shape, r.axes)
	l.binary(y, call.F32Sub, l.of(x), mean, nil)
	l.elements(call.F32Mul, squared, own, own, in.Shape)
	l.reduceTo(f32.ReduceMean, deviation, squared, in.Shape, r.axes)
	l.elements(call.F32Add, deviation, deviation, l.scalar(r.epsilon, len(stat)), stat, f32.Sqrt())
	if r.inv.at != 0 {
		l.elements(call.F32Div, r.inv, l.scalar(1, len(stat)), deviation, stat)
	}
	l.binary(y, call.F32Div, own, deviation, nil)
	if r.bias.at == 0 {
		l.binary(y, call.F32Mul, own, r.scale, epilogue)
		return
	}
	l.binary(y, call.F32Mul, own, r.scale, nil)
	l.binary(y, call.F32Add, own, r.bias, epilogue)
}
