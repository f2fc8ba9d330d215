package lower

import (
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

func concat(l *lowerer, s *plan.Step, op graph.Concat) {
	out := s.Out()
	dst := l.lay(out)
	at := l.at(out)
	for _, v := range s.Inputs {
		src := l.lay(v)
		if src.Buffer < 0 || src.Buffer != dst.Buffer { // else its maker wrote it in place
			l.copy(at, dst.Stride, l.at(v), src.Stride, src.Shape)
		}
		at += uint32(src.Shape[op.Axis] * dst.Stride[op.Axis])
	}
	l.mapInPlace(out, l.epilogue(s))
}

// integerConcat joins codes; those of another meaning are translated by a table.
func integerConcat(l *lowerer, s *plan.Step, op graph.Concat) {
	y := s.Out()
	dst, at := l.lay(y), l.at(y)
	for _, v := range s.Inputs {
		src := l.lay(v)
		switch {
		case !plan.SameCodes(l.plan.Codes[v], l.plan.Codes[y]):
			to := l.recode(l.plan.Codes[v], l.plan.Codes[y])
			to.X, to.Y, to.Shape, to.XStrides, to.YStrides = l.at(v), at, src.Shape, src.Stride, dst.Stride
			l.emit(to.Call())
		case src.Buffer < 0 || src.Buffer != dst.Buffer: // else its maker wrote it in place
			l.emit(q8.Copy{X: l.at(v), Y: at, Shape: src.Shape, XStrides: src.Stride, YStrides: dst.Stride}.Call())
		}
		at += uint32(src.Shape[op.Axis] * dst.Stride[op.Axis])
	}
}

func split(l *lowerer, s *plan.Step, op graph.Split) {
	src := l.lay(s.Inputs[0])
	at := l.at(s.Inputs[0])
	for i, v := range s.Outputs {
		if v != graph.None {
			dst := l.lay(v)
			l.copy(l.at(v), dst.Stride, at, src.Stride, dst.Shape)
			l.mapInPlace(v, l.quantizersOf(s, i))
		}
		at += uint32(op.Sizes[i] * src.Stride[op.Axis])
	}
}
