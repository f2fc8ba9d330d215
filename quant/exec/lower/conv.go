package lower

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// convHalo is the padding that a convolution needs around an input of this shape: what it declares, as
// far as a window reaches it.
func convHalo(g *graph.Graph, n graph.Node) plan.Halo {
	if space(n.Op) != 2 {
		return plan.Halo{} // around the copy, if there is one
	}
	return haloOfConv(n.Op.(graph.Conv), g.Values[n.Inputs[0]].Shape)
}

func haloOfConv(op graph.Conv, shape []int) plan.Halo {
	var h plan.Halo
	for a := range 2 {
		before, after, n := op.Pads[a], op.Pads[2+a], shape[2+a]
		span := op.Dilations[a]*(op.Kernel[a]-1) + 1
		windows := (n+before+after-span)/op.Strides[a] + 1
		reach := (windows-1)*op.Strides[a] + span - before
		h[a], h[2+a] = before, max(0, reach-n)
	}
	return h
}

// convRefuses is for weights over three axes of space, which are laid out when the network is loaded.
func convRefuses(g *graph.Graph, n graph.Node) error {
	if space(n.Op) > 2 && !plan.Constant(g, n.Inputs[1:]) {
		return errors.New("weights over three axes of space must be constant")
	}
	return nil
}

// convMethod is that of a convolution.
func convMethod(g *graph.Graph, n graph.Node) plan.Method {
	return methodOf(n.Op.(graph.Conv), g.Values[n.Inputs[0]].Shape, g.Values[n.Outputs[0]].Shape)
}

// methodOf is that of op from a shape to another.
func methodOf(op graph.Conv, in, out []int) plan.Method {
	switch {
	case len(op.Kernel) > 2: // see volume.go
	case op.Group > 1 && op.Group == in[1] && op.Group == out[1]:
		return plan.Depthwise
	default:
		return winogradOf(op, in[1], out)
	}
	return plan.General
}

// conv runs a convolution as GEMM over runs of the input that lie side by side: with a halo of zeros,
// kernel row ky of an output pixel is one stretch of kW·C floats (dilation 1, one group), else kernel
// position (ky, kx) is one of C/group floats. No im2col is ever made.
func conv(l *lowerer, s *plan.Step, op graph.Conv) {
	x, y := s.Inputs[0], s.Out()
	c, o := l.g.Values[x].Shape[1], l.g.Values[y].Shape[1]
	weights := &weighted{l: l, s: s, out: o}
	switch s.Method {
	case plan.Depthwise:
		l.depthwise(s, op, weights)
		return
	case plan.Winograd2, plan.Winograd3, plan.Winograd4:
		l.winograd(s, op, weights)
		return
	}
	if !l.room(op.Group) {
		return
	}
	cg, og := c/op.Group, o/op.Group
	positions := op.Kernel[0] * op.Kernel[1]
	in, out := l.lay(x), l.lay(y)
	runs, runLen := convRuns(op, in, cg)
	first := pixels{image: in.Stride[0], row: op.Strides[0] * in.Stride[2], pixel: op.Strides[1] * in.Stride[3]}
	gemm := f32.GEMM{
		Runs: uint32(len(runs)), RunLen: uint32(runLen),
		M: uint32(out.Shape[0] * out.Shape[2] * out.Shape[3]), N: uint32(og),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if len(runs) > 1 {
		gemm.RunTable = l.offsets(runs)
	}
	gemm.Rows, gemm.LDA = l.rows(first, out.Shape)
	gemm.OutRows, gemm.LDC = l.rows(pixels{out.Stride[0], out.Stride[2], out.Stride[3]}, out.Shape)
	epilogue := l.epilogue(s)
	if op.Group == 1 {
		gemm.Epilogue = l.inlineClamp(&gemm.Lo, &gemm.Hi, epilogue)
	}
	origin := l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3])
	k := positions * cg
	for g := range op.Group {
		gemm.A = origin + uint32(elem*g*cg)
		gemm.C = l.at(y) + uint32(elem*g*og)
		gemm.B = l.packConv(s, k, g, og, cg, func(dst []float32) {
			w, bias := weights.get()
			// Weights are [O][C/group][kH][kW]; a run goes kx, then channel.
			f32.PackB(dst, og, part(bias, g*og, og), f32.Weights{
				Data: w[g*og*k:], Positions: ascending(positions), Channels: cg, ChannelStride: positions, ColumnStride: k,
			})
		})
		l.emit(gemm.Call())
	}
	if op.Group > 1 {
		l.mapInPlace(y, epilogue)
	}
}

// convRuns are the stretches of the input that a window of op, with cg channels, consists of: byte
// offsets from its first pixel, and elements in each.
func convRuns(op graph.Conv, in plan.Layout, cg int) (runs []uint32, runLen int) {
	if op.Dilations[1] == 1 && op.Group == 1 && in.Whole() {
		for ky := range op.Kernel[0] {
			runs = append(runs, uint32(ky*op.Dilations[0]*in.Stride[2]))
		}
		return runs, op.Kernel[1] * cg
	}
	for ky := range op.Kernel[0] {
		for kx := range op.Kernel[1] {
			runs = append(runs, uint32(ky*op.Dilations[0]*in.Stride[2]+kx*op.Dilations[1]*in.Stride[3]))
		}
	}
	return runs, cg
}

func (l *lowerer) depthwise(s *plan.Step, op graph.Conv, weights *weighted) {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	c := out.Shape[1]
	d := f32.DWConv{
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c),
		KH: uint32(op.Kernel[0]), KW: uint32(op.Kernel[1]), StrideH: uint32(op.Strides[0]), StrideW: uint32(op.Strides[1]),
		DilH: uint32(op.Dilations[0]), DilW: uint32(op.Dilations[1]),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if l.weightsRun(s) {
		w := l.lay(s.Inputs[1]) // [C][1][kH][kW]
		d.W = l.packDepthwise(s, l.at(s.Inputs[1]), []int{w.Stride[2], w.Stride[3], w.Stride[0]}, op.Kernel[0], op.Kernel[1], c)
	} else {
		d.W = l.shared(l.packing(s, "depthwise", 0), f32.PackedDWLen(op.Kernel[0], op.Kernel[1], c), func(dst []float32) {
			w, bias := weights.get()
			f32.PackDW(dst, op.Kernel[0], op.Kernel[1], c, bias, w)
		})
	}
	d.Epilogue = l.inlineClamp(&d.Lo, &d.Hi, l.epilogue(s))
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

// convWeights describes the weights of a convolution to the plan.
func convWeights(p *plan.Plan, n graph.Node) plan.Weights {
	op, g := n.Op.(graph.Conv), p.Graph
	in, out := g.Values[n.Inputs[0]].Shape[1], g.Values[n.Outputs[0]].Shape[1]
	w := plan.Weights{Depthwise: op.Group == in && out == in && in > 1, Terms: graph.Len(g.Values[n.Inputs[1]].Shape[1:])}
	if op.Group != 1 && !w.Depthwise {
		w.Not = fmt.Sprintf("there is no integer kernel for %d groups that take %d channels and give %d", op.Group, in/op.Group, out/op.Group)
	}
	return w
}

func integerConv(l *lowerer, s *plan.Step, op graph.Conv) {
	x, y := s.Inputs[0], s.Out()
	c, o := l.g.Values[x].Shape[1], l.g.Values[y].Shape[1]
	w := l.plan.Integers(s.Node)
	result, m := l.integerOut(s, w.M)
	xzero := l.params(x).Zero
	if s.Method == plan.Depthwise {
		l.integerDepthwise(s, op, w, m, result, xzero)
		return
	}
	in, out := l.lay(x), l.lay(y)
	runs, runLen := convRuns(op, in, c)
	positions := op.Kernel[0] * op.Kernel[1]
	g := q8.GEMM{
		Dot: l.cfg.Dot, Runs: uint32(len(runs)), RunLen: uint32(runLen), BZero: w.Zero[0],
		M: uint32(out.Shape[0] * out.Shape[2] * out.Shape[3]), N: uint32(o), Out: result,
		A: l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]), C: l.at(y),
	}
	g.Far = q8.Far(len(runs)*runLen, w.Bias, m)
	if len(runs) > 1 {
		g.RunTable = l.offsets(runs)
	}
	g.Rows, g.LDA = l.rows(pixels{in.Stride[0], op.Strides[0] * in.Stride[2], op.Strides[1] * in.Stride[3]}, out.Shape)
	g.OutRows, g.LDC = l.rows(pixels{out.Stride[0], out.Stride[2], out.Stride[3]}, out.Shape)
	weights := q8.GEMMWeights{
		Dot: l.cfg.Dot, Runs: len(runs), RunLen: runLen, N: o,
		Data: w.Codes, Channels: c, ChannelStride: positions, ColumnStride: c * positions,
		Zero: w.Zero[0], XZero: xzero, Bias: w.Bias, M: m,
	}
	g.B = l.raw(weights.PackedLen(), weights.Pack)
	l.emit(g.Call())
}

func (l *lowerer) integerDepthwise(s *plan.Step, op graph.Conv, w *plan.IntegerWeights, m []float32, result q8.Out, xzero int32) {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	c := out.Shape[1]
	weights := q8.DWWeights{Data: w.Codes, Zero: w.Zero, XZero: xzero, Bias: w.Bias, M: m}
	d := q8.DWConv{
		Dot: l.cfg.Dot, Wide: weights.Wide(c),
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c),
		KH: uint32(op.Kernel[0]), KW: uint32(op.Kernel[1]), StrideH: uint32(op.Strides[0]), StrideW: uint32(op.Strides[1]),
		DilH: uint32(op.Dilations[0]), DilW: uint32(op.Dilations[1]), Out: result,
	}
	d.W = l.raw(d.PackedLen(), func(dst []byte) { d.Pack(dst, weights) })
	l.emit(d.Call())
}
