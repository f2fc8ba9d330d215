package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// MaxPool takes the greatest byte of each window; y has the scale and zero point of x. A window
// without positions gives the least byte.
type MaxPool struct{ Pool }

// Call is the kernel call. Its units are the N·OH output rows times the groups of channels.
func (p MaxPool) Call() call.Call {
	shift := int32(flip(p.Signed) & 128)
	arg := p.args()
	arg.Round = roundOf(p.Signed, -shift, -shift, 255-shift)
	return p.call(call.Q8MaxPool, arg)
}

// EmitMaxPool emits q8_maxpool.
func EmitMaxPool(e kernel.Env) *asm.Func {
	f := newPool(e, "q8_maxpool")
	acc := f.I8x16()
	f.emit(poolOp{
		start:  func() { acc.Set(asm.ConstI32(0).SplatI8x16()) },
		add:    func(_ lanes, x asm.I8x16) { acc.Set(acc.MaxU(x)) },
		finish: func(lanes) asm.I8x16 { return f.round.unsigned(acc.I8x16) },
	})
	return f.Func
}
