package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitGEMMBy and EmitDWConvBy emit the kernels on the relaxed dot product with another in its place,
// so that machines of either reading can be imitated.
func EmitGEMMBy(dot func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4) func(kernel.Env) *asm.Func {
	return func(e kernel.Env) *asm.Func { return emitGEMM(e, "q8_gemm_imitated", dot) }
}

func EmitDWConvBy(dot func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4) func(kernel.Env) *asm.Func {
	return func(e kernel.Env) *asm.Func { return emitDWConv(e, "q8_dwconv_imitated", quads(dot), nil) }
}
