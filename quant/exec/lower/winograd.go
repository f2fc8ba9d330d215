package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// winogradTiles is the least number of 2×2 tiles for which Winograd's form pays: its weights are 16/9 of
// the others, and reading them must not take longer than what it saves; nor must they take more memory
// than the activations leave.
const winogradTiles = 40

// winogradFits reports whether the convolution of s runs in Winograd's form.
func (l *lowerer) winogradFits(s *plan.Step, op graph.Conv) bool {
	out := l.lay(s.Out())
	ones, three := []int{1, 1}, []int{3, 3}
	tiles := out.Shape[0] * ((out.Shape[2] + 1) / 2) * ((out.Shape[3] + 1) / 2)
	c := l.g.Values[s.Inputs[0]].Shape[1]
	return slices.Equal(op.Kernel, three) && slices.Equal(op.Strides, ones) && slices.Equal(op.Dilations, ones) && op.Group == 1 &&
		c%4 == 0 && out.Shape[1]%4 == 0 && tiles >= winogradTiles && !l.weightsRun(s)
}

// winograd runs a 3×3 convolution in Winograd's form.
func (l *lowerer) winograd(s *plan.Step, op graph.Conv, weights *weighted) {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	c, o := in.Shape[1], out.Shape[1]
	d := f32.Winograd{
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c), O: uint32(o),
		Lo: unbounded[0], Hi: unbounded[1],
		Scratch: l.temp(l.cfg.Threads * f32.WinogradScratch(uint32(c), uint32(o))),
	}
	d.U = l.shared(l.packing(s, "winograd", 0), f32.PackedWinogradLen(c, o), func(dst []float32) {
		w, bias := weights.get()
		f32.PackWinograd(dst, c, o, bias, w)
	})
	d.Epilogue = l.inlineClamp(&d.Lo, &d.Hi, l.epilogue(s))
	l.emit(d.Call())
}
