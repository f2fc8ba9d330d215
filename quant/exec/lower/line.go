package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// The kernels that slide a window know images. Over a line, [N,C,L], an operator runs as one over images of
// height 1, on copies with channels last.

// image is the copy of a value that a step works on.
type image struct {
	layout plan.Layout
	at     uint32 // of element (0, 0, 0, 0)
}

// space is the number of axes that a window slides over, 0 for operators without one.
func space(op graph.Op) int {
	if w, ok := op.(graph.Windowed); ok {
		return len(w.Window().Kernel)
	}
	return 0
}

// slides emits a step whose operator may slide a window, with emit, or with what its row has for volumes.
func (l *lowerer) slides(s *plan.Step, n graph.Node, emit emitter) error {
	switch space(n.Op) {
	case 0, 2:
		emit(l, s, n.Op)
	case 1:
		l.line(s, n, emit)
	default:
		l.volume(s, n, l.operators[n.Op.Type()].volume)
	}
	return l.err
}

func (l *lowerer) line(s *plan.Step, n graph.Node, emit emitter) {
	flat := imageOp(n.Op.(graph.Windowed))
	l.images = map[graph.ValueID]image{}
	defer func() { l.images = nil }()
	for i, v := range s.Inputs {
		// Weights are no lines; what the window slides over is one, be it a constant.
		if v == graph.None || i > 0 && l.g.Values[v].Const != nil || len(l.g.Values[v].Shape) != 3 {
			continue
		}
		var h plan.Halo
		shape := imageShape(l.g.Values[v].Shape)
		if i == 0 {
			h = imageHalo(flat, shape, imageShape(l.g.Values[s.Out()].Shape))
		}
		from, at := l.lay(v), l.at(v)
		copied := l.imageOf(v, h)
		l.transfer(copied.at, imageStrides(copied.layout), at, from, from.Shape)
		l.clearHalo(v)
	}
	y := s.Out()
	to, at := l.lay(y), l.at(y)
	made := l.imageOf(y, plan.Halo{})
	emit(l, s, flat)
	l.transfer(at, to.Stride, made.at, plan.Layout{Width: to.Width, Stride: imageStrides(made.layout)}, to.Shape)
}

// imageOf makes room for the image of v, which takes its place.
func (l *lowerer) imageOf(v graph.ValueID, h plan.Halo) image {
	lay, size := plan.NewLayout(-1, imageShape(l.g.Values[v].Shape), plan.ChannelsLast, h, l.lay(v).Width)
	made := image{lay, l.temp(size) + uint32(lay.Offset)}
	l.images[v] = made
	return made
}

// transfer copies elements of as many bytes as from has.
func (l *lowerer) transfer(dst uint32, dstStrides []int, src uint32, from plan.Layout, shape []int) {
	switch {
	case graph.Len(shape) == 0:
	case from.Width == elem:
		l.emit(f32.Copy{X: src, Y: dst, Shape: shape, XStrides: from.Stride, YStrides: dstStrides}.Call())
	default:
		l.emit(q8.Copy{X: src, Y: dst, Shape: shape, XStrides: from.Stride, YStrides: dstStrides}.Call())
	}
}

// imageShape is [N,C,1,L] for [N,C,L].
func imageShape(line []int) []int { return slices.Insert(slices.Clone(line), 2, 1) }

// imageStrides are those of [N,C,L] in an image.
func imageStrides(l plan.Layout) []int { return []int{l.Stride[0], l.Stride[1], l.Stride[3]} }

// imageOp is an operator over lines as one over images of height 1.
func imageOp(op graph.Windowed) graph.Op {
	ones := func(n []int) []int { return []int{1, n[0]} }
	w := op.Window()
	return op.WithWindow(graph.Window{
		Kernel: ones(w.Kernel), Strides: ones(w.Strides), Dilations: ones(w.Dilations), Pads: []int{0, w.Pads[0], 0, w.Pads[1]},
	})
}

// imageHalo is how many zeros op wants around an input of shape in.
func imageHalo(op graph.Op, in, out []int) plan.Halo {
	switch op := op.(type) {
	case graph.Conv:
		return haloOfConv(op, in)
	case graph.ConvTranspose:
		return haloOfPhases(op, in, out)
	}
	return plan.Halo{}
}
