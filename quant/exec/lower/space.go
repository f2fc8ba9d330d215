package lower

import (
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// depthToSpace is one copy over the axes N, row and column in the block, C, H, W.
func depthToSpace(l *lowerer, s *plan.Step, op graph.DepthToSpace) {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	b, c := op.Block, out.Shape[1]
	between, channel := c, 1 // channels from one place in the block to the next, from one output channel to the next
	if op.Inner {
		between, channel = 1, b*b
	}
	i, o := in.Stride, out.Stride
	l.copy(l.at(y), []int{o[0], o[2], o[3], o[1], b * o[2], b * o[3]},
		l.at(x), []int{i[0], b * between * i[1], between * i[1], channel * i[1], i[2], i[3]},
		[]int{in.Shape[0], b, b, c, in.Shape[2], in.Shape[3]})
	l.mapInPlace(y, l.epilogue(s))
}

// spaceToDepth is one copy over the same axes, the other way.
func spaceToDepth(l *lowerer, s *plan.Step, op graph.SpaceToDepth) {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	b, c := op.Block, in.Shape[1]
	i, o := in.Stride, out.Stride
	l.copy(l.at(y), []int{o[0], b * c * o[1], c * o[1], o[1], o[2], o[3]},
		l.at(x), []int{i[0], i[2], i[3], i[1], b * i[2], b * i[3]},
		[]int{in.Shape[0], b, b, c, out.Shape[2], out.Shape[3]})
	l.mapInPlace(y, l.epilogue(s))
}
