package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Copy copies bytes from X to Y, which do not overlap: Concat of equal scales, Split, Slice, the
// inside of Pad, changes of layout. Dimensions come in any order, at most 5 that do not merge. For an
// XStride that is negative, X is the address of the byte that goes to index 0.
type Copy struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
}

// Call is the kernel call. Its units are pieces of rows.
func (c Copy) Call() call.Call {
	return move(call.X8Copy, c.X, c.Y, c.Shape, c.XStrides, c.YStrides, 0, lineArgs[uint32]{})
}

// EmitCopy emits x8_copy.
func EmitCopy(e kernel.Env) *asm.Func {
	return emitMove(e, "x8_copy", func(f *asm.Func, _ moveArgs[kernel.Field], y, x, n asm.I32Var) {
		f.If(n.GeU(asm.ConstI32(512)), func() { f.MemoryCopy(y.I32, x.I32, n.I32) }, func() {
			emitStrip(f, n, []pointer{{y, 1}, {x, 1}}, func(l lanes) { l.store(f, y.I32, l.load(x.I32)) })
		})
	}, func(_ moveArgs[kernel.Field], byte asm.I32) asm.I32 { return byte })
}
