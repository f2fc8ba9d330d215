package exec

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// convHalo is the padding that a convolution needs around an input of this shape: what it declares, as
// far as a window reaches it.
func convHalo(op graph.Conv, shape []int) halo {
	var h halo
	for a := range 2 {
		before, after, n := op.Pads[a], op.Pads[2+a], shape[2+a]
		span := op.Dilations[a]*(op.Kernel[a]-1) + 1
		windows := (n+before+after-span)/op.Strides[a] + 1
		reach := (windows-1)*op.Strides[a] + span - before
		h[a], h[2+a] = before, max(0, reach-n)
	}
	return h
}

// conv runs a convolution as GEMM over runs of the input that lie side by side: with a halo of zeros,
// kernel row ky of an output pixel is one stretch of kW·C floats (dilation 1, one group), else kernel
// tap (ky, kx) is one of C/group floats. No im2col is ever made.
func (l *lowerer) conv(s *step, op graph.Conv) {
	n := l.g.Nodes[s.node]
	x, y := n.Inputs[0], s.out()
	c, o := l.g.Values[x].Shape[1], l.g.Values[y].Shape[1]
	w, bias := l.weightsOf(s, n, o, 0)
	if op.Group == c && o == c && op.Group > 1 {
		l.depthwise(s, op, w, bias)
		return
	}
	if l.winogradFits(n, op, l.lay(y)) {
		l.winograd(s, op, w, bias)
		return
	}
	cg, og := c/op.Group, o/op.Group
	taps := op.Kernel[0] * op.Kernel[1]
	in, out := l.lay(x), l.lay(y)
	runs, runLen := convRuns(op, in, cg)
	first := pixels{image: in.stride[0], row: op.Strides[0] * in.stride[2], pixel: op.Strides[1] * in.stride[3]}
	gemm := f32.GEMM{
		Runs: uint32(len(runs)), RunLen: uint32(runLen),
		M: uint32(out.shape[0] * out.shape[2] * out.shape[3]), N: uint32(og),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if len(runs) > 1 {
		gemm.RunTable = l.offsets(runs)
	}
	gemm.Rows, gemm.LDA = l.rows(first, out.shape)
	gemm.OutRows, gemm.LDC = l.rows(pixels{out.stride[0], out.stride[2], out.stride[3]}, out.shape)
	posts := l.posts(s)
	if op.Group == 1 {
		gemm.Post = l.inlineClamp(&gemm.Lo, &gemm.Hi, posts)
	}
	origin := l.at(x) - uint32(op.Pads[0]*in.stride[2]+op.Pads[1]*in.stride[3])
	k := taps * cg
	for g := range op.Group {
		gemm.A = origin + uint32(elem*g*cg)
		gemm.C = l.at(y) + uint32(elem*g*og)
		gemm.B = l.packConv(n, k, g, og, cg, func(dst []float32) {
			// Weights are [O][C/group][kH][kW]; a run goes kx, then channel.
			f32.PackB(dst, og, part(bias, g*og, og), f32.Weights{
				Data: w[g*og*k:], Taps: ascending(taps), Channels: cg, ChannelStride: taps, ColumnStride: k,
			})
		})
		l.emit(gemm.Call())
	}
	if op.Group > 1 {
		l.mapInPlace(y, posts)
	}
}

// convRuns are the stretches of the input that a window of op, with cg channels, consists of: byte
// offsets from its first pixel, and elements in each.
func convRuns(op graph.Conv, in layout, cg int) (runs []uint32, runLen int) {
	if op.Dilations[1] == 1 && op.Group == 1 && in.whole() {
		for ky := range op.Kernel[0] {
			runs = append(runs, uint32(ky*op.Dilations[0]*in.stride[2]))
		}
		return runs, op.Kernel[1] * cg
	}
	for ky := range op.Kernel[0] {
		for kx := range op.Kernel[1] {
			runs = append(runs, uint32(ky*op.Dilations[0]*in.stride[2]+kx*op.Dilations[1]*in.stride[3]))
		}
	}
	return runs, cg
}

func (l *lowerer) depthwise(s *step, op graph.Conv, w, bias []float32) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	in, out := l.lay(x), l.lay(y)
	c := out.shape[1]
	d := f32.DWConv{
		X:    l.at(x) - uint32(op.Pads[0]*in.stride[2]+op.Pads[1]*in.stride[3]),
		XImg: uint32(in.stride[0]), XRow: uint32(in.stride[2]), XPix: uint32(in.stride[3]),
		Y: l.at(y), YImg: uint32(out.stride[0]), YRow: uint32(out.stride[2]), YPix: uint32(out.stride[3]),
		N: uint32(out.shape[0]), OH: uint32(out.shape[2]), OW: uint32(out.shape[3]), C: uint32(c),
		KH: uint32(op.Kernel[0]), KW: uint32(op.Kernel[1]), StrideH: uint32(op.Strides[0]), StrideW: uint32(op.Strides[1]),
		DilH: uint32(op.Dilations[0]), DilW: uint32(op.Dilations[1]),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if n := l.g.Nodes[s.node]; l.weightsRun(n) {
		d.W = l.packDepthwise(n, c)
	} else {
		d.W = l.constant(f32.PackedDWLen(op.Kernel[0], op.Kernel[1], c), func(dst []float32) {
			f32.PackDW(dst, op.Kernel[0], op.Kernel[1], c, bias, w)
		})
	}
	d.Post = l.inlineClamp(&d.Lo, &d.Hi, l.posts(s))
	l.emit(d.Call())
}

// pixels are the byte distances between images, rows and pixels that a kernel visits.
type pixels struct{ image, row, pixel int }

// rows describes where the pixels of an output of this shape ([N,C,H,W]) find their data: evenly
// spaced, or by a table of byte offsets.
func (l *lowerer) rows(p pixels, shape []int) (table, stride uint32) {
	n, h, w := shape[0], shape[2], shape[3]
	even := (h == 1 || p.row == w*p.pixel) && (n == 1 || p.image == h*w*p.pixel)
	if w == 1 && h > 1 { // one pixel a row: rows are the pixels
		even = n == 1 || p.image == h*p.row
		p.pixel = p.row
	}
	if even {
		return 0, uint32(p.pixel)
	}
	return l.table(fmt.Sprint("pixels", p, n, h, w), n*h*w, func(dst []uint32) {
		for i := range n {
			for y := range h {
				for x := range w {
					dst[(i*h+y)*w+x] = uint32(i*p.image + y*p.row + x*p.pixel)
				}
			}
		}
	}), 0
}

// inlineClamp takes a leading clamp off posts for a kernel that clamps by itself.
func (l *lowerer) inlineClamp(lo, hi *float32, posts []f32.Post) []f32.Post {
	if len(posts) > 0 && posts[0].Fn == call.F32VClamp {
		*lo, *hi = math.Float32frombits(posts[0].Words[0]), math.Float32frombits(posts[0].Words[1])
		return posts[1:]
	}
	return posts
}

// ascending is 0 … n-1.
func ascending(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

// part is x[at:at+n], nil for nil.
func part(x []float32, at, n int) []float32 {
	if x == nil {
		return nil
	}
	return x[at : at+n]
}
