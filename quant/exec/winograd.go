package exec

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// winogradTiles is the least number of 2×2 tiles for which Winograd's form pays: its weights are 16/9 of
// the others, and reading them must not take longer than what it saves; nor must they take more memory
// than the activations leave.
const winogradTiles = 40

// winogradFits reports whether convolution n, of this output, runs in Winograd's form.
func (l *lowerer) winogradFits(n graph.Node, op graph.Conv, out layout) bool {
	ones, three := [2]int{1, 1}, [2]int{3, 3}
	tiles := out.shape[0] * ((out.shape[2] + 1) / 2) * ((out.shape[3] + 1) / 2)
	c := l.g.Values[n.Inputs[0]].Shape[1]
	return op.Kernel == three && op.Strides == ones && op.Dilations == ones && op.Group == 1 &&
		c%4 == 0 && out.shape[1]%4 == 0 && tiles >= winogradTiles && !l.weightsRun(n)
}

// winograd runs a 3×3 convolution in Winograd's form.
func (l *lowerer) winograd(s *step, op graph.Conv, w, bias []float32) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	in, out := l.lay(x), l.lay(y)
	c, o := in.shape[1], out.shape[1]
	d := f32.Winograd{
		X:    l.at(x) - uint32(op.Pads[0]*in.stride[2]+op.Pads[1]*in.stride[3]),
		XImg: uint32(in.stride[0]), XRow: uint32(in.stride[2]), XPix: uint32(in.stride[3]),
		Y: l.at(y), YImg: uint32(out.stride[0]), YRow: uint32(out.stride[2]), YPix: uint32(out.stride[3]),
		N: uint32(out.shape[0]), OH: uint32(out.shape[2]), OW: uint32(out.shape[3]), C: uint32(c), O: uint32(o),
		Lo: unbounded[0], Hi: unbounded[1],
		Scratch: l.temp(l.cfg.Pool.Threads() * f32.WinogradScratch(uint32(c), uint32(o))),
	}
	d.U = l.constant(f32.PackedWinogradLen(c, o), func(dst []float32) { f32.PackWinograd(dst, c, o, bias, w) })
	d.Post = l.inlineClamp(&d.Lo, &d.Hi, l.posts(s))
	l.emit(d.Call())
}
