package lower

import (
	"math"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// pad copies the input to the middle of the output; then, axis by axis, what lies before and after is
// copied from what is already there. Corners come out right because each axis copies the full extent
// of those before it.
func pad(l *lowerer, s *plan.Step, op graph.Pad) {
	in, out := s.Inputs[0], s.Out()
	src, dst := l.lay(in), l.lay(out)
	origin := l.at(out)
	middle := origin
	for a, b := range op.Before {
		middle += uint32(b * dst.Stride[a])
	}
	if op.Mode == graph.PadConstant {
		l.fill(s, op.Value)
	}
	l.carry(out, middle, dst.Stride, in, l.at(in), src.Shape)
	if op.Mode != graph.PadConstant {
		l.padEdges(op, origin, dst, src.Shape)
	}
	l.mapInPlace(out, l.epilogue(s))
}

// fill sets what s leaves to x, or to its code.
func (l *lowerer) fill(s *plan.Step, x float32) {
	y := s.Out()
	to := l.of(y)
	if !s.Integer {
		l.emit(f32.Fill{Y: to.at, Shape: l.lay(y).Shape, YStrides: to.strides, Value: math.Float32bits(x)}.Call())
		return
	}
	code := make([]byte, 1)
	l.encoded(code, []float32{x}, l.plan.Codes[y])
	l.emit(q8.Fill{Y: to.at, Shape: l.lay(y).Shape, YStrides: to.strides, Value: code[0]}.Call())
}

func (l *lowerer) padEdges(op graph.Pad, origin uint32, dst plan.Layout, inner []int) {
	// done is the part of the output that is complete: padded along the axes so far.
	done := append([]int(nil), inner...)
	for a := range inner {
		n, before, after, stride := inner[a], op.Before[a], op.After[a], dst.Stride[a]
		first := origin // of the part that is done: element 0 of the input along this axis and those to come
		for b := a; b < len(inner); b++ {
			first += uint32(op.Before[b] * dst.Stride[b])
		}
		along := func(to, from, count, fromStride int) {
			shape := append([]int(nil), done...)
			shape[a] = count
			strides := append([]int(nil), dst.Stride...)
			strides[a] = fromStride
			l.copy(first+uint32(to*stride), dst.Stride, first+uint32(from*stride), strides, shape)
		}
		switch op.Mode {
		case graph.PadReflect:
			along(-before, before, before, -stride)
			along(n, n-2, after, -stride)
		case graph.PadEdge:
			along(-before, 0, before, 0)
			along(n, n-1, after, 0)
		case graph.PadWrap:
			along(-before, n-before, before, stride)
			along(n, 0, after, stride)
		}
		done[a] = before + n + after
	}
}
