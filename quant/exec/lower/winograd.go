package lower

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// winogradTiles is the least number of tiles for which Winograd's form pays: its weights are 16/9 or 36/9 of
// the others, and reading them must not take longer than what it saves; nor must they take more memory
// than the activations leave.
const winogradTiles = 40

// winogradOf is the method of Winograd's by which a convolution of images of c channels to ones of this shape runs, or
// the general one.
func winogradOf(op graph.Conv, c int, out []int) plan.Method {
	ones := []int{1, 1}
	if !slices.Equal(op.Strides, ones) || !slices.Equal(op.Dilations, ones) || op.Group != 1 || c%4 != 0 || out[1]%4 != 0 {
		return plan.General
	}
	tiles := func(side int) int { return out[0] * ((out[2] + side - 1) / side) * ((out[3] + side - 1) / side) }
	kernel := func(taps int) bool { return slices.Equal(op.Kernel, []int{taps, taps}) }
	switch {
	case kernel(4) && op.Coarse && tiles(3) >= winogradTiles && 36*tiles(3) < 8*out[0]*out[2]*out[3]:
		return plan.Winograd3
	case !kernel(3):
	case op.Coarse && tiles(4) >= winogradTiles && 36*tiles(4) < 16*tiles(2):
		return plan.Winograd4
	case tiles(2) >= winogradTiles:
		return plan.Winograd2
	}
	return plan.General
}

// winograd runs a convolution in Winograd's form.
func (l *lowerer) winograd(s *plan.Step, op graph.Conv, weights *weighted) {
	x, y, side := s.Inputs[0], s.Out(), s.Method.Side()
	in, out := l.lay(x), l.lay(y)
	c, o := in.Shape[1], out.Shape[1]
	d := f32.Winograd{
		Side: uint32(side),
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c), O: uint32(o),
		Lo: unbounded[0], Hi: unbounded[1],
		Scratch: l.temp(l.cfg.Threads * f32.WinogradScratch(side, uint32(c), uint32(o))),
	}
	if l.weightsRun(s) {
		d.U = l.packWinograd(s, side, c, o)
	} else {
		d.U = l.shared(l.packing(s, fmt.Sprint("winograd", side), 0), f32.PackedWinogradLen(side, c, o), func(dst []float32) {
			w, bias := weights.get()
			f32.PackWinograd(dst, side, c, o, bias, w)
		})
	}
	d.Epilogue = l.inlineClamp(&d.Lo, &d.Hi, l.epilogue(s))
	l.emit(d.Call())
}

// packWinograd emits what brings weights that are computed while running into the layout of f32.PackWinograd:
// U = G·w·Gᵀ, columns first, in float32, where constants are transformed in float64.
func (l *lowerer) packWinograd(s *plan.Step, side, c, o int) uint32 {
	w := l.of(s.Inputs[1]) // [O][C][taps][taps]
	taps := l.lay(s.Inputs[1]).Shape[2]
	n := side + taps - 1
	matrix := elem * c * o
	half, full := l.temp(n*taps*matrix), l.temp(n*n*matrix) // [n][taps][O][C], [n][n][O][C]
	dense := plan.Strides([]int{1, o, c})
	spread := map[int]func([]int, func(int) operand, func(int) operand){2: l.spread2, 3: l.spread3, 4: l.spread4}[side]
	spread([]int{taps, o, c},
		func(k int) operand {
			return operand{w.at + uint32(k*w.strides[2]), []int{w.strides[3], w.strides[0], w.strides[1]}}
		},
		func(k int) operand {
			return operand{half + uint32(k*taps*matrix), []int{matrix, dense[1], dense[2]}}
		})
	spread([]int{n, o, c},
		func(k int) operand {
			return operand{half + uint32(k*matrix), []int{taps * matrix, dense[1], dense[2]}}
		},
		func(k int) operand {
			return operand{full + uint32(k*matrix), []int{n * matrix, dense[1], dense[2]}}
		})
	to := l.temp(elem * f32.PackedWinogradLen(side, c, o))
	size := elem * f32.PackedLen(c, o)
	for i := range n * n {
		bias := uint32(0)
		if i == f32.WinogradBias(side) {
			bias = l.biasAt(s, 0)
		}
		l.pack(to+uint32(i*size), c, o, bias, operand{full + uint32(i*matrix), []int{elem * c}}, axis{c, elem})
	}
	return to
}

// spread2 makes four tensors of three: x0, (x0 + x2 + x1)/2, (x0 + x2 - x1)/2, x2.
func (l *lowerer) spread2(shape []int, from, to func(k int) operand) {
	for _, k := range []int{0, 2} {
		l.copy(to(k/2*3).at, to(k/2*3).strides, from(k).at, from(k).strides, shape)
	}
	l.elements(call.F32Add, to(1), from(0), from(2), shape)
	l.elements(call.F32Sub, to(2), to(1), from(1), shape)
	l.elements(call.F32Add, to(1), to(1), from(1), shape)
	for _, k := range []int{1, 2} {
		l.scale(to(k), to(k), 0.5, shape)
	}
}

// spread4 makes six of three: x0/4, -(x0 + x2 ± x1)/6, (x0 + 4·x2 ± 2·x1)/24, x2.
func (l *lowerer) spread4(shape []int, from, to func(k int) operand) {
	l.scale(to(0), from(0), 1./4, shape)
	l.copy(to(5).at, to(5).strides, from(2).at, from(2).strides, shape)
	l.elements(call.F32Add, to(1), from(0), from(2), shape)
	l.scale(to(3), from(2), 4, shape)
	l.elements(call.F32Add, to(3), to(3), from(0), shape)
	l.elements(call.F32Add, to(4), from(1), from(1), shape)
	l.elements(call.F32Add, to(2), to(3), to(4), shape)
	l.elements(call.F32Sub, to(4), to(3), to(4), shape)
	l.scale(to(3), to(2), 1./24, shape)
	l.scale(to(4), to(4), 1./24, shape)
	l.elements(call.F32Sub, to(2), to(1), from(1), shape)
	l.elements(call.F32Add, to(1), to(1), from(1), shape)
	l.scale(to(1), to(1), -1./6, shape)
	l.scale(to(2), to(2), -1./6, shape)
}

// spread3 makes six of four: x0/4, -((x0 + x2) ± (x1 + x3))/6, ((x0 + 4·x2) ± 2·(x1 + 4·x3))/24, x3.
func (l *lowerer) spread3(shape []int, from, to func(k int) operand) {
	l.scale(to(0), from(0), 1./4, shape)
	l.elements(call.F32Add, to(1), from(0), from(2), shape)
	l.elements(call.F32Add, to(2), from(1), from(3), shape)
	l.elements(call.F32Add, to(3), to(1), to(2), shape)
	l.elements(call.F32Sub, to(2), to(1), to(2), shape)
	l.scale(to(1), to(3), -1./6, shape)
	l.scale(to(2), to(2), -1./6, shape)
	l.scale(to(3), from(2), 4, shape)
	l.elements(call.F32Add, to(3), to(3), from(0), shape)
	l.scale(to(4), from(3), 4, shape)
	l.elements(call.F32Add, to(4), to(4), from(1), shape)
	l.scale(to(4), to(4), 2, shape)
	l.elements(call.F32Add, to(5), to(3), to(4), shape)
	l.elements(call.F32Sub, to(4), to(3), to(4), shape)
	l.scale(to(3), to(5), 1./24, shape)
	l.scale(to(4), to(4), 1./24, shape)
	l.copy(to(5).at, to(5).strides, from(3).at, from(3).strides, shape)
}

// scale makes x·factor.
func (l *lowerer) scale(to, x operand, factor float32, shape []int) {
	l.elements(call.F32Mul, to, x, l.scalar(factor, len(shape)), shape)
}
