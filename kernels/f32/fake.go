package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// A fake-quantizer of one scale that comes first of a convolution's epilogue is done while the sums are in
// registers. Rule is 0 for none, 1 for that of PyTorch, 2 for that of
// ONNX; then come 1/s or s, the limits, and s, as FakeQuant has them.
type fakeArgs[W any] struct{ Rule, Factor, Lo, Hi, Scale W }

// takeFake gives the arguments for the first function of an epilogue, if it is such a fake-quantizer, and the others.
func takeFake(epilogue []call.EpilogueOp) (fake fakeArgs[uint32], rest []call.EpilogueOp) {
	if len(epilogue) > 0 {
		switch w := epilogue[0].Words; epilogue[0].Fn {
		case call.F32VFakeQuant:
			return fakeArgs[uint32]{1, w[0], w[1], w[2], w[3]}, epilogue[1:]
		case call.F32VFakeQuantDiv:
			return fakeArgs[uint32]{2, w[0], w[1], w[2], w[0]}, epilogue[1:]
		}
	}
	return fake, epilogue
}

// fakeLocals are four vectors that are free where sums are finished.
type fakeLocals [4]asm.F32x4Var

// emit emits what a kernel's arguments ask for: each applies a function to every sum.
func (l fakeLocals) emit(f *asm.Func, arg fakeArgs[kernel.Field], each func(func(x asm.F32x4) asm.F32x4)) {
	f.If(arg.Rule.I32(), func() {
		l[0].Set(arg.Factor.F32x4())
		f.If(arg.Rule.I32().Eq(asm.ConstI32(1)), func() {
			each(func(x asm.F32x4) asm.F32x4 { return x.Mul(l[0].F32x4) })
		}, func() {
			each(func(x asm.F32x4) asm.F32x4 { return x.Div(l[0].F32x4) })
		})
		for i, w := range []kernel.Field{arg.Lo, arg.Hi, arg.Scale} {
			l[i].Set(w.F32x4())
		}
		l[3].Set(asm.ConstF32x4(0))
		each(func(x asm.F32x4) asm.F32x4 { return backToFloat(x, l[:3], l[3]) })
	}, nil)
}
