package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// take runs a Gather: what lies before the axis are images, the axis their pixels, what lies after it the
// channels.
func take(l *lowerer, s *plan.Step, op graph.Gather) {
	x, y := s.Inputs[0], s.Out()
	shape := l.g.Values[x].Shape
	outer, inner := graph.Len(shape[:op.Axis]), graph.Len(shape[op.Axis+1:])
	pixel := l.lay(x).Width * inner
	offsets := make([]uint32, len(op.Indices))
	for i, at := range op.Indices {
		offsets[i] = uint32(at * pixel)
	}
	from, to := l.ordered(x), l.orderedOut(y)
	image := uint32(pixel * len(op.Indices))
	l.pick(s, q8.Gather{
		X: from, XImg: uint32(pixel * shape[op.Axis]), Table: l.offsets(offsets), Y: to, YImg: image, YRow: image, YPix: uint32(pixel),
		N: uint32(outer), H: 1, W: uint32(len(op.Indices)), C: uint32(inner),
	}, nil)
	l.store(y, to)
	l.mapInPlace(y, l.epilogue(s))
}

// pick makes pixels of codes or of floats, as s runs; floats go through an epilogue.
func (l *lowerer) pick(s *plan.Step, g q8.Gather, epilogue []call.EpilogueOp) {
	if s.Integer {
		l.emit(g.Call())
		return
	}
	l.emit(f32.Gather{X: g.X, XImg: g.XImg, Table: g.Table, Y: g.Y, YImg: g.YImg, YRow: g.YRow, YPix: g.YPix,
		N: g.N, H: g.H, W: g.W, C: g.C, Epilogue: epilogue}.Call())
}
