package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// take runs a Gather: what lies before the axis are images, the axis their pixels, what lies after it the
// channels.
func take(l *lowerer, s *plan.Step, op graph.Gather) {
	x, y := s.Inputs[0], s.Out()
	shape := l.g.Values[x].Shape
	outer, inner := graph.Len(shape[:op.Axis]), graph.Len(shape[op.Axis+1:])
	pixel := elem * inner
	offsets := make([]uint32, len(op.Indices))
	for i, at := range op.Indices {
		offsets[i] = uint32(at * pixel)
	}
	from, to := l.ordered(x), l.orderedOut(y)
	image := uint32(pixel * len(op.Indices))
	l.emit(f32.Gather{
		X: from, XImg: uint32(pixel * shape[op.Axis]), Table: l.offsets(offsets), Y: to, YImg: image, YRow: image, YPix: uint32(pixel),
		N: uint32(outer), H: 1, W: uint32(len(op.Indices)), C: uint32(inner),
	}.Call())
	l.store(y, to)
	l.mapInPlace(y, l.epilogue(s))
}
