package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// ConvGrad is the gradient of the weights of a convolution, channels last, as a sum of outer products that reads both sides
// where they lie. Strips are made by Strips.
//
// Bits: see ref.ConvGrad.
type ConvGrad struct {
	X, Y       uint32 // addresses of the first window, halo included, and of the gradient of the first output, first channel
	XPix, YPix uint32 // bytes from window to window and from output to output in a strip
	Strips     uint32 // address of StripCount strips
	StripCount int
	Block      int    // strips
	Runs       uint32 // address of RunCount byte offsets of a window's runs
	RunCount   int
	RunLen     uint32 // floats
	To         uint32
	LDC        uint32 // bytes from row to row of To
	O          uint32 // rows of To
}

const (
	convGradPixels  = 128 // of a block: what a tile reads of them stays in the nearest cache
	convGradSegment = 96  // floats of a run that a unit has
)

// Strips are stretches of n·h·w pixels, w of which lie side by side, as ConvGrad reads them: of x and of y the bytes from image
// to image, row to row and pixel to pixel. Words are three a strip: byte offsets from X and Y, and pixels. block is how many
// are a block.
func Strips(n, h, w int, x, y [3]int) (words []uint32, block int) {
	follow := func(axis int) bool { return x[axis] == w*x[2] && y[axis] == w*y[2] }
	if h == 1 || follow(1) { // rows that go on where the last one ended are one
		if w, h = h*w, 1; n == 1 || follow(0) {
			w, n = n*w, 1
		}
	}
	for i := range n {
		for j := range h {
			for at := 0; at < w; at += convGradPixels {
				words = append(words, uint32(i*x[0]+j*x[1]+at*x[2]), uint32(i*y[0]+j*y[1]+at*y[2]), uint32(min(convGradPixels, w-at)))
			}
		}
	}
	return words, max(1, convGradPixels/w)
}

// Call is the kernel call. Its units are tiles of rows by segments of runs.
func (g ConvGrad) Call() call.Call {
	segments := (g.RunLen + convGradSegment - 1) / convGradSegment
	return call.Call{Kernel: call.F32ConvGrad, Units: (g.O + outerMR - 1) / outerMR * uint32(g.RunCount) * segments, Args: kernel.Words(convGradArgs[uint32]{
		X: g.X, Y: g.Y, XPix: g.XPix, YPix: g.YPix, Strips: g.Strips, End: g.Strips + outerStrip*uint32(g.StripCount), Block: outerStrip * uint32(g.Block),
		Runs: g.Runs, RunCount: uint32(g.RunCount), RunLen: g.RunLen, Segments: segments, To: g.To, LDC: g.LDC, O: g.O,
	})}
}

// convGradArgs are the arguments of the kernel, named as in ConvGrad: besides where strips end, and segments of a run. Block
// is in bytes of strips.
type convGradArgs[W any] struct {
	X, Y, XPix, YPix, Strips, End, Block, Runs, RunCount, RunLen, Segments, To, LDC, O W
}

// EmitConvGrad emits f32_convgrad: block by block, so that both sides of it stay in the cache for all units.
func EmitConvGrad(e kernel.Env) *asm.Func {
	f := e.M.Func("f32_convgrad", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[convGradArgs[kernel.Field]](args.I32, 0)
	strip, end, unit, rest, run, column, row, x, y, at, left := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	strip.Set(arg.Strips.I32())
	f.While(func() asm.I32 { return strip.Ne(arg.End.I32()) }, func() {
		end.Set(least(strip.Add(arg.Block.I32()), arg.End.I32()))
		f.For(unit, from.I32, to.I32, 1, func() {
			column.Set(unit.RemU(arg.Segments.I32()).MulC(convGradSegment))
			rest.Set(unit.DivU(arg.Segments.I32()))
			run.Set(rest.RemU(arg.RunCount.I32()))
			row.Set(rest.DivU(arg.RunCount.I32()).MulC(outerMR))
			x.Set(arg.X.I32().Add(arg.Runs.I32().Add(run.ShlC(2)).LoadI32(0)).Add(column.ShlC(2)))
			y.Set(arg.Y.I32().Add(row.ShlC(2)))
			at.Set(arg.To.I32().Add(row.Mul(arg.LDC.I32())).Add(run.Mul(arg.RunLen.I32()).Add(column.I32).ShlC(2)))
			left.Set(least(arg.O.I32().Sub(row.I32), asm.ConstI32(outerMR)))
			callOuter(e, f, left, y, at, arg.LDC.I32(), func(mr *asm.Func) {
				f.Call(mr, y, x, at, least(arg.RunLen.I32().Sub(column.I32), asm.ConstI32(convGradSegment)), strip, end,
					strip.Ne(arg.Strips.I32()), arg.YPix.I32(), arg.XPix.I32(), arg.LDC.I32())
			})
		})
		strip.Set(end.I32)
	})
	return f
}

// callOuter has call make the sums of left rows, tile by tile: y and at are those of a tile's first row. All three are used up.
func callOuter(e kernel.Env, f *asm.Func, left, y, at asm.I32Var, ldc asm.I32, call func(mr *asm.Func)) {
	for _, mr := range outerRows {
		f.While(func() asm.I32 { return left.GeU(asm.ConstI32(int32(mr))) }, func() {
			call(outerOf(e, mr))
			y.Set(y.AddC(int32(4 * mr)))
			at.Set(at.Add(ldc.MulC(int32(mr))))
			left.Set(left.SubC(int32(mr)))
		})
	}
}
