package lower

import (
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// concat joins floats, or codes.
func concat(l *lowerer, s *plan.Step, op graph.Concat) {
	y := s.Out()
	dst, at := l.lay(y), l.at(y)
	for _, v := range s.Inputs {
		src := l.lay(v)
		if src.Buffer < 0 || src.Buffer != dst.Buffer { // else its maker wrote it in place
			l.carry(y, at, dst.Stride, v, l.at(v), src.Shape)
		}
		at += uint32(src.Shape[op.Axis] * dst.Stride[op.Axis])
	}
	l.mapInPlace(y, l.epilogue(s))
}

// split cuts floats, or codes.
func split(l *lowerer, s *plan.Step, op graph.Split) {
	x := s.Inputs[0]
	stride, at := l.lay(x).Stride[op.Axis], l.at(x)
	for i, v := range s.Outputs {
		if v != graph.None {
			dst := l.lay(v)
			l.carry(v, l.at(v), dst.Stride, x, at, dst.Shape)
			l.mapInPlace(v, l.quantizersOf(s, i))
		}
		at += uint32(op.Sizes[i] * stride)
	}
}
