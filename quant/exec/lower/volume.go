package lower

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Over volumes, [N,C,D,H,W], a convolution is one GEMM like that over images, with runs in each plane of the
// kernel, and a pool is one over the images of all planes and then one along the depth. They work on copies
// with channels last, a convolution on one with the zeros around it.

// volume emits a step whose operator slides a window over three axes, with emit.
func (l *lowerer) volume(s *plan.Step, n graph.Node, emit emitter) {
	l.images = map[graph.ValueID]image{}
	defer func() { l.images = nil }()
	emit(l, s, n.Op)
}

func maxPoolVolume(l *lowerer, s *plan.Step, op graph.MaxPool) {
	l.poolVolume(s, op.Window(), func(p f32.Pool) { l.emit(f32.MaxPool{Pool: p}.Call()) })
}

func averagePoolVolume(l *lowerer, s *plan.Step, op graph.AveragePool) {
	l.poolVolume(s, op.Window(), func(p f32.Pool) { l.emit(f32.AvgPool{Pool: p, CountPad: op.IncludePad}.Call()) })
}

// volumeOf is a dense layout of [N,C,D,H,W] with channels last and pads, all the befores first, around it.
func volumeOf(shape, pads []int) (lay plan.Layout, size int) {
	d, h, w := shape[2]+pads[0]+pads[3], shape[3]+pads[1]+pads[4], shape[4]+pads[2]+pads[5]
	pixel := elem * shape[1]
	row, plane := pixel*w, pixel*w*h
	return plan.Layout{
		Buffer: -1, Shape: shape, Order: plan.ChannelsLast, Width: elem, Stride: []int{plane * d, elem, plane, row, pixel},
		Offset: pads[0]*plane + pads[1]*row + pads[2]*pixel,
	}, plane * d * shape[0]
}

// volumeIn copies the input of s, with zeros around it; at is where the zeros begin.
func (l *lowerer) volumeIn(s *plan.Step, pads []int) (lay plan.Layout, at uint32) {
	x := s.Inputs[0]
	from := l.lay(x)
	lay, size := volumeOf(from.Shape, pads)
	at = l.temp(size)
	if slices.Max(pads) > 0 {
		l.emit(f32.Fill{Y: at, Shape: []int{size / elem}, YStrides: []int{elem}}.Call())
	}
	l.transfer(at+uint32(lay.Offset), lay.Stride, l.at(x), from, from.Shape)
	return lay, at
}

// volumeOut makes room for the output of s, which store brings to its place.
func (l *lowerer) volumeOut(s *plan.Step) (lay plan.Layout, at uint32, store func()) {
	y := s.Out()
	to, place := l.lay(y), l.at(y)
	lay, size := volumeOf(to.Shape, make([]int, 6))
	at = l.temp(size)
	l.images[y] = image{lay, at}
	return lay, at, func() { l.transfer(place, to.Stride, at, lay, to.Shape) }
}

func convVolume(l *lowerer, s *plan.Step, op graph.Conv) {
	if !l.room(op.Group) {
		return
	}
	in, from := l.volumeIn(s, op.Pads)
	out, to, store := l.volumeOut(s)
	c, o := in.Shape[1], out.Shape[1]
	weights := &weighted{l: l, s: s, out: o}
	cg, og := c/op.Group, o/op.Group
	whole := op.Dilations[2] == 1 && op.Group == 1 // kernel rows are one stretch
	var runs []uint32
	for d := range op.Kernel[0] {
		for h := range op.Kernel[1] {
			at := d*op.Dilations[0]*in.Stride[2] + h*op.Dilations[1]*in.Stride[3]
			if whole {
				runs = append(runs, uint32(at))
				continue
			}
			for w := range op.Kernel[2] {
				runs = append(runs, uint32(at+w*op.Dilations[2]*in.Stride[4]))
			}
		}
	}
	positions := graph.Len(op.Kernel)
	k := positions * cg
	n, d, h, w := out.Shape[0], out.Shape[2], out.Shape[3], out.Shape[4]
	gemm := f32.GEMM{
		Runs: uint32(len(runs)), RunLen: uint32(k / len(runs)), M: uint32(n * d * h * w), N: uint32(og), LDC: uint32(elem * o),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if len(runs) > 1 {
		gemm.RunTable = l.offsets(runs)
	}
	step := []int{in.Stride[0], op.Strides[0] * in.Stride[2], op.Strides[1] * in.Stride[3], op.Strides[2] * in.Stride[4]}
	gemm.Rows = l.table(fmt.Sprint("volume", step, n, d, h, w), n*d*h*w, func(dst []uint32) {
		i := 0
		for a := range n {
			for b := range d {
				for c := range h {
					for e := range w {
						dst[i] = uint32(a*step[0] + b*step[1] + c*step[2] + e*step[3])
						i++
					}
				}
			}
		}
	})
	epilogue := l.epilogue(s)
	if op.Group == 1 {
		gemm.Epilogue = l.inlineClamp(&gemm.Lo, &gemm.Hi, epilogue)
	}
	for g := range op.Group {
		gemm.A, gemm.C = from+uint32(elem*g*cg), to+uint32(elem*g*og)
		gemm.B = l.packConv(s, k, g, og, cg, func(dst []float32) {
			w, bias := weights.get()
			f32.PackB(dst, og, part(bias, g*og, og), f32.Weights{
				Data: w[g*og*k:], Positions: ascending(positions), Channels: cg, ChannelStride: positions, ColumnStride: k,
			})
		})
		l.emit(gemm.Call())
	}
	if op.Group > 1 {
		l.mapInPlace(s.Out(), epilogue)
	}
	store()
}

func (l *lowerer) poolVolume(s *plan.Step, w graph.Window, emit func(f32.Pool)) {
	in, from := l.volumeIn(s, make([]int, 6))
	out, to, store := l.volumeOut(s)
	n, c, d := in.Shape[0], in.Shape[1], in.Shape[2]
	planes, size := volumeOf([]int{n, c, d, out.Shape[3], out.Shape[4]}, make([]int, 6))
	between := l.temp(size)
	u := func(n int) uint32 { return uint32(n) }
	emit(f32.Pool{
		X: from, XImg: u(in.Stride[2]), XRow: u(in.Stride[3]), XPix: u(in.Stride[4]),
		Y: between, YImg: u(planes.Stride[2]), YRow: u(planes.Stride[3]), YPix: u(planes.Stride[4]),
		N: u(n * d), H: u(in.Shape[3]), W: u(in.Shape[4]), C: u(c), OH: u(out.Shape[3]), OW: u(out.Shape[4]),
		KH: u(w.Kernel[1]), KW: u(w.Kernel[2]), StrideH: u(w.Strides[1]), StrideW: u(w.Strides[2]), DilH: u(w.Dilations[1]), DilW: u(w.Dilations[2]),
		PadT: u(w.Pads[1]), PadL: u(w.Pads[2]), PadB: u(w.Pads[4]), PadR: u(w.Pads[5]),
	})
	pixels := out.Shape[3] * out.Shape[4]
	emit(f32.Pool{
		X: between, XImg: u(planes.Stride[0]), XRow: u(planes.Stride[2]), XPix: u(planes.Stride[4]),
		Y: to, YImg: u(out.Stride[0]), YRow: u(out.Stride[2]), YPix: u(out.Stride[4]),
		N: u(n), H: u(d), W: u(pixels), C: u(c), OH: u(out.Shape[2]), OW: u(pixels),
		KH: u(w.Kernel[0]), KW: 1, StrideH: u(w.Strides[0]), StrideW: 1, DilH: u(w.Dilations[0]), DilW: 1,
		PadT: u(w.Pads[0]), PadB: u(w.Pads[3]), Epilogue: l.epilogue(s),
	})
	store()
}
