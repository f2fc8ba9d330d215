package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// normalized is (x - mean)/sqrt(variance + epsilon)·scale + bias, mean and variance being over axes.
type normalized struct {
	axes        []int
	epsilon     float32
	scale, bias operand // broadcast to x; no address where there is no bias
	mean, inv   operand // where mean and 1/sqrt(…) are wanted too, 0 along axes; else no address
}

func (l *lowerer) instanceNorm(s *step, op graph.InstanceNormalization) {
	n := l.g.Nodes[s.node]
	rank := len(l.lay(n.Inputs[0]).shape)
	r := normalized{epsilon: op.Epsilon, scale: l.along(n.Inputs[1], 1, rank), bias: l.along(n.Inputs[2], 1, rank)}
	for a := 2; a < rank; a++ {
		r.axes = append(r.axes, a)
	}
	l.normalize(n.Inputs[0], s.out(), r, l.posts(s))
}

func (l *lowerer) layerNorm(s *step, op graph.LayerNormalization) {
	n := l.g.Nodes[s.node]
	shape := l.lay(n.Inputs[0]).shape
	r := normalized{epsilon: op.Epsilon, scale: operand{l.at(n.Inputs[1]), l.strides(n.Inputs[1], shape)}}
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		r.bias = operand{l.at(n.Inputs[2]), l.strides(n.Inputs[2], shape)}
	}
	for a := op.Axis; a < len(shape); a++ {
		r.axes = append(r.axes, a)
	}
	for i, to := range []*operand{&r.mean, &r.inv} {
		if i+1 < len(n.Outputs) && n.Outputs[i+1] != graph.None {
			*to = operand{l.at(n.Outputs[i+1]), l.strides(n.Outputs[i+1], shape)}
		}
	}
	l.normalize(n.Inputs[0], s.out(), r, l.posts(s))
	for _, v := range n.Outputs[1:] {
		if v != graph.None {
			l.mapInPlace(v, l.taps(v))
		}
	}
}

// normalize makes y of x in passes over y: x - mean; its squares, whose mean is the variance; quotient,
// product and sum.
func (l *lowerer) normalize(x, y graph.ValueID, r normalized, posts []f32.Post) {
	in, out := l.lay(x), l.lay(y)
	squares, size := newLayout(-1, in.shape, halo{}, elem)
	squared := operand{l.temp(size), squares.stride}
	own := operand{l.at(y), out.stride}
	stat := append([]int(nil), in.shape...) // the shape of mean and variance
	for _, a := range r.axes {
		stat[a] = 1
	}
	where := func(given operand) operand {
		if given.at != 0 {
			return given
		}
		o := operand{l.temp(elem * graph.Len(stat)), denseStrides(stat)}
		for _, a := range r.axes {
			o.strides[a] = 0
		}
		return o
	}
	mean, deviation := where(r.mean), where(operand{})
	l.reduceTo(f32.ReduceMean, mean, operand{l.at(x), in.stride}, in.shape, r.axes)
	l.binary(y, call.F32Sub, operand{l.at(x), in.stride}, mean, nil)
	l.elements(call.F32Mul, squared, own, own, in.shape)
	l.reduceTo(f32.ReduceMean, deviation, squared, in.shape, r.axes)
	l.elements(call.F32Add, deviation, deviation, l.scalar(r.epsilon, len(stat)), stat, f32.Sqrt())
	if r.inv.at != 0 {
		l.elements(call.F32Div, r.inv, l.scalar(1, len(stat)), deviation, stat)
	}
	l.binary(y, call.F32Div, own, deviation, nil)
	if r.bias.at == 0 {
		l.binary(y, call.F32Mul, own, r.scale, posts)
		return
	}
	l.binary(y, call.F32Mul, own, r.scale, nil)
	l.binary(y, call.F32Add, own, r.bias, posts)
}

// elements makes a tensor of two, element by element.
func (l *lowerer) elements(op call.ID, to, a, b operand, shape []int, posts ...f32.Post) {
	l.emit(f32.Binary{
		Op: op, A: a.at, B: b.at, Y: to.at, Shape: shape, AStrides: a.strides, BStrides: b.strides, YStrides: to.strides,
		Lo: unbounded[0], Hi: unbounded[1], C: 1, Post: posts,
	}.Call())
}

// scalar is one number, repeated to a tensor of any shape of this rank.
func (l *lowerer) scalar(x float32, rank int) operand {
	return operand{l.constant(1, func(dst []float32) { dst[0] = x }), make([]int, rank)}
}

// along is a vector (or a single number) that runs along one axis of a tensor of this rank.
func (l *lowerer) along(v graph.ValueID, axis, rank int) operand {
	o := operand{l.at(v), make([]int, rank)}
	if graph.Len(l.lay(v).shape) > 1 {
		o.strides[axis] = elem
	}
	return o
}
