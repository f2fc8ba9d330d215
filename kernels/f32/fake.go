package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// A fake-quantizer of one scale that comes first of a convolution's epilogue is done while the sums are in
// registers. Its words among the arguments of a kernel are: 0 for none, 1 for the rule of PyTorch, 2 for
// that of ONNX; then 1/s or s, the limits, and s, as FakeQuant has them.
const fakeWords = 5

// takeFake gives the words for the first function of an epilogue, if it is such a fake-quantizer, and the others.
func takeFake(epilogue []call.EpilogueOp) (words []uint32, rest []call.EpilogueOp) {
	if len(epilogue) > 0 {
		switch w := epilogue[0].Words; epilogue[0].Fn {
		case call.F32VFakeQuant:
			return append([]uint32{1}, w...), epilogue[1:]
		case call.F32VFakeQuantDiv:
			return append([]uint32{2}, w[0], w[1], w[2], w[0]), epilogue[1:]
		}
	}
	return make([]uint32, fakeWords), epilogue
}

// fakeLocals are four vectors that are free where sums are finished.
type fakeLocals [4]asm.F32x4Var

// emit emits what a kernel's words at offset ask for: each applies a function to every sum.
func (l fakeLocals) emit(f *asm.Func, args asm.I32Var, offset uint32, each func(func(x asm.F32x4) asm.F32x4)) {
	f.If(args.LoadI32(offset), func() {
		l[0].Set(args.LoadSplatF32x4(offset + 4))
		f.If(args.LoadI32(offset).Eq(asm.ConstI32(1)), func() {
			each(func(x asm.F32x4) asm.F32x4 { return x.Mul(l[0].F32x4) })
		}, func() {
			each(func(x asm.F32x4) asm.F32x4 { return x.Div(l[0].F32x4) })
		})
		for i := range uint32(3) {
			l[i].Set(args.LoadSplatF32x4(offset + 8 + 4*i))
		}
		l[3].Set(asm.ConstF32x4(0))
		each(func(x asm.F32x4) asm.F32x4 { return backToFloat(x, l[:3], l[3]) })
	}, nil)
}
