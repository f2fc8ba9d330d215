package exec

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// take runs a Gather: what lies before the axis are images, the axis their pixels, what lies after it the
// channels.
func (l *lowerer) take(s *step, op graph.Gather) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	shape := l.g.Values[x].Shape
	outer, inner := graph.Len(shape[:op.Axis]), graph.Len(shape[op.Axis+1:])
	pixel := elem * inner
	offsets := make([]uint32, len(op.Indices))
	for i, at := range op.Indices {
		offsets[i] = uint32(at * pixel)
	}
	from, to := l.dense(x), l.denseOut(y)
	image := uint32(pixel * len(op.Indices))
	l.emit(f32.Gather{
		X: from, XImg: uint32(pixel * shape[op.Axis]), Table: l.offsets(offsets), Y: to, YImg: image, YRow: image, YPix: uint32(pixel),
		N: uint32(outer), H: 1, W: uint32(len(op.Indices)), C: uint32(inner),
	}.Call())
	l.store(y, to)
	l.mapInPlace(y, l.posts(s))
}

// expand repeats what has no extent along an axis.
func (l *lowerer) expand(s *step) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	out := l.lay(y)
	l.copy(l.at(y), out.stride, l.at(x), l.strides(x, out.shape), out.shape)
	l.mapInPlace(y, l.posts(s))
}
