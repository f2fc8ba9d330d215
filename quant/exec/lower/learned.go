package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// learned is what both kernels of a fake-quantizer with computed scales have in common; y is where its output lies, or the
// gradient of that.
func (l *lowerer) learned(s *plan.Step, op graph.LearnedFakeQuantize, y graph.ValueID) f32.Learned {
	shape := l.g.Values[s.Inputs[0]].Shape
	x, scale, zero, to := l.of(s.Inputs[0]), l.broadcast(s.Inputs[1], shape), l.broadcast(s.Inputs[2], shape), l.of(y)
	return f32.Learned{
		X: x.at, XStrides: x.strides, Y: to.at, YStrides: to.strides, Shape: shape,
		Scale: scale.at, ScaleStrides: scale.strides, Zero: zero.at, ZeroStrides: zero.strides,
		Least: float32(op.QMin), Most: float32(op.QMax), Div: op.Rule == scheme.ONNX,
	}
}

func learnedFakeQuantize(l *lowerer, s *plan.Step, op graph.LearnedFakeQuantize) {
	l.emit(l.learned(s, op, s.Out()).Call())
	l.mapInPlace(s.Out(), l.epilogue(s))
}

// learnedGradient makes the sums in parts, as many whatever the threads, and adds those of each scale up.
func learnedGradient(l *lowerer, s *plan.Step, op graph.LearnedFakeQuantizeGradient) {
	dx := l.of(s.Outputs[0])
	g := f32.LearnedGrad{Learned: l.learned(s, op.Of, s.Inputs[3]), DX: dx.at, DXStrides: dx.strides, Lo: op.Within.Lo, Hi: op.Within.Hi}
	shape, along := g.PartShape()
	g.Parts = l.temp(elem * graph.Len(shape))
	l.emit(g.Call())
	sums := len(shape) - 2
	strides := plan.Strides(shape)
	axes, to := []int{}, make([]int, len(shape))
	for a := range shape {
		if a == sums {
			continue
		}
		if along[a] == 0 {
			axes = append(axes, a)
		} else {
			to[a] = along[a]
		}
	}
	for i, v := range s.Outputs[1:] {
		if v == graph.None {
			continue
		}
		part := slices.Clone(shape)
		part[sums] = 1
		l.reduceTo(f32.ReduceSum, operand{l.at(v), to}, operand{g.Parts + uint32(i*strides[sums]), strides}, part, axes)
	}
}
