package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// winogradGradient is the gradient of a 3×3 kernel in Winograd's form: parts, as many whatever the threads, their sum, and
// that transformed back, rows first.
func (l *lowerer) winogradGradient(s *plan.Step, op graph.Conv) {
	x, dy := s.Inputs[0], s.Inputs[1]
	in, out, w := l.lay(x), l.lay(dy), l.lay(s.Out())
	c, o := in.Shape[1], out.Shape[1]
	g := f32.WinogradGrad{
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(dy), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c), O: uint32(o),
	}
	shape := []int{g.PartCount(), 36, o, c}
	matrix := elem * o * c
	g.Parts, g.Scratch = l.temp(elem*graph.Len(shape)), l.temp(l.cfg.Threads*g.ScratchBytes())
	l.emit(g.Call())
	strides := plan.Strides(shape)
	sum := g.Parts
	if shape[0] > 1 {
		sum = l.temp(36 * matrix)
		l.reduceTo(f32.ReduceSum, operand{sum, []int{0, strides[1], strides[2], strides[3]}}, operand{g.Parts, strides}, shape, []int{0})
	}
	rows := l.temp(3 * 6 * matrix) // [3][6][O][C]
	l.gather([]int{6, o, c},
		func(k int) operand { return operand{sum + uint32(k*6*matrix), strides[1:]} },
		func(k int) operand { return operand{rows + uint32(k*6*matrix), strides[1:]} })
	l.gather([]int{3, o, c},
		func(k int) operand {
			return operand{rows + uint32(k*matrix), []int{6 * matrix, strides[2], strides[3]}}
		},
		func(k int) operand {
			return operand{l.at(s.Out()) + uint32(k*w.Stride[3]), []int{w.Stride[2], w.Stride[0], w.Stride[1]}}
		})
	l.mapInPlace(s.Out(), l.epilogue(s))
}

// gather makes three tensors of six: x0/4 + s + (x3+x4)/24, (2·(x2-x1) + x3 - x4)/12, (x3+x4)/6 + (s + x5), where s is
// -(x1+x2)/6.
func (l *lowerer) gather(shape []int, from, to func(k int) operand) {
	l.elements(call.F32Add, to(1), from(1), from(2), shape)
	l.scale(to(1), to(1), -1./6, shape)
	l.scale(to(0), from(0), 1./4, shape)
	l.elements(call.F32Add, to(0), to(0), to(1), shape)
	l.elements(call.F32Add, to(2), to(1), from(5), shape)
	l.elements(call.F32Add, to(1), from(3), from(4), shape)
	l.scale(to(1), to(1), 1./24, shape)
	l.elements(call.F32Add, to(0), to(0), to(1), shape)
	l.scale(to(1), to(1), 4, shape)
	l.elements(call.F32Add, to(2), to(2), to(1), shape)
	l.elements(call.F32Sub, to(1), from(2), from(1), shape)
	l.scale(to(1), to(1), 2, shape)
	l.elements(call.F32Add, to(1), to(1), from(3), shape)
	l.elements(call.F32Sub, to(1), to(1), from(4), shape)
	l.scale(to(1), to(1), 1./12, shape)
}
