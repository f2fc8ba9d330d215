// Package kernels puts emitted kernels together into one WebAssembly module, which kernels/engine
// runs: the design's folders asm (the assembler), ref (scalar twins), f32 and q8 (families
// of kernels), kernel (what these share), call (descriptions of work), threads and engine (memory and calls) meet here.
package kernels

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/threads"
)

// entry is one function of the table.
type entry struct {
	id   call.ID
	emit func(kernel.Env) *asm.Func
}

// entries lists every kernel and epilogue functions, one line each.
func entries() []entry {
	return []entry{
		{call.F32IGEMM, f32.EmitIGEMM},
		{call.F32DWConv, f32.EmitDWConv},
		{call.F32Winograd, f32.EmitWinograd},
		{call.F32Winograd4, f32.EmitWinograd4},
		{call.F32Winograd3, f32.EmitWinograd3},
		{call.F32DWGrad, f32.EmitDWGrad},
		{call.F32VClamp, f32.EmitClamp},
		{call.F32VLeakyRelu, f32.EmitLeakyRelu},
		{call.F32VPRelu, f32.EmitPRelu},
		{call.F32VAffine, f32.EmitAffine},
		{call.F32VSigmoid, f32.EmitSigmoid},
		{call.F32VSiLU, f32.EmitSiLU},
		{call.F32VHardSigmoid, f32.EmitHardSigmoid},
		{call.F32VHardSwish, f32.EmitHardSwish},
		{call.F32VTanh, f32.EmitTanh},
		{call.F32VExp, f32.EmitExp},
		{call.F32VElu, f32.EmitElu},
		{call.F32VSoftplus, f32.EmitSoftplus},
		{call.F32VMish, f32.EmitMish},
		{call.F32VGelu, f32.EmitGelu},
		{call.F32VGeluTanh, f32.EmitGeluTanh},
		{call.F32VSqrt, f32.EmitSqrt},
		{call.F32VNeg, f32.EmitNeg},
		{call.F32VAbs, f32.EmitAbs},
		{call.F32VNormalCDF, f32.EmitNormalCDF},
		{call.F32VLog, f32.EmitLog},
		{call.F32VRound, f32.EmitRound},
		{call.F32VErf, f32.EmitErf},
		{call.F32VFloor, f32.EmitFloor},
		{call.F32VCeil, f32.EmitCeil},
		{call.F32VTrunc, f32.EmitTrunc},
		{call.F32VSign, f32.EmitSign},
		{call.F32VNonZero, f32.EmitNonZero},
		{call.F32VWithin, f32.EmitWithin},
		{call.F32VFakeQuant, f32.EmitFakeQuant},
		{call.F32VFakeQuantDiv, f32.EmitFakeQuantDiv},
		{call.F32VFakeQuantHalfUp, f32.EmitFakeQuantHalfUp},
		{call.F32VFakeQuantFloat8, f32.EmitFakeQuantFloat8},
		{call.F32VFakeQuantLog2, f32.EmitFakeQuantLog2},
		{call.F32VQuantize, f32.EmitQuantize},
		{call.F32VDequantize, f32.EmitDequantize},
		{call.F32VLookup, f32.EmitLookup},
		{call.F32VLookupDiv, f32.EmitLookupDiv},
		{call.F32VMinMax, f32.EmitMinMax},
		{call.F32Map, f32.EmitMap},
		{call.X32Transpose, f32.EmitTranspose},
		{call.X32Strided, f32.EmitStrided},
		{call.X32Fill, f32.EmitFill},
		{call.X32Gather, f32.EmitGather},
		{call.X32Take, f32.EmitTake},
		{call.X32Put, f32.EmitPut},
		{call.F32Add, f32.EmitAdd},
		{call.F32Sub, f32.EmitSub},
		{call.F32Mul, f32.EmitMul},
		{call.F32Div, f32.EmitDiv},
		{call.F32Min, f32.EmitMin},
		{call.F32Max, f32.EmitMax},
		{call.F32Pow, f32.EmitPow},
		{call.F32Equal, f32.EmitEqual},
		{call.F32Less, f32.EmitLess},
		{call.F32LessOrEqual, f32.EmitLessOrEqual},
		{call.F32Keep, f32.EmitKeep},
		{call.F32Drop, f32.EmitDrop},
		{call.F32Either, f32.EmitEither},
		{call.F32MaxPool, f32.EmitMaxPool},
		{call.F32AvgPool, f32.EmitAvgPool},
		{call.F32MaxPoolGrad, f32.EmitMaxPoolGrad},
		{call.F32ReduceSum, f32.EmitReduceSum},
		{call.F32ReduceMax, f32.EmitReduceMax},
		{call.F32ReduceMin, f32.EmitReduceMin},
		{call.F32RowSum, f32.EmitRowSum},
		{call.F32RowMax, f32.EmitRowMax},
		{call.F32RowMin, f32.EmitRowMin},
		{call.F32Top, f32.EmitTop},
		{call.F32ResizeLinear, f32.EmitResizeLinear},
		{call.F32Learned, f32.EmitLearned},
		{call.F32LearnedGrad, f32.EmitLearnedGrad},
		{call.F32ChannelSums, f32.EmitChannelSums},
		{call.F32ChannelBlend, f32.EmitChannelBlend},
		{call.F32ConvGrad, f32.EmitConvGrad},
		{call.F32WinogradGrad, f32.EmitWinogradGrad},
		{call.F32Softmax, f32.EmitSoftmax},
		{call.F32Moments, f32.EmitMoments},

		{call.Q8GEMM, q8.EmitGEMM},
		{call.Q8GEMMRelaxed, q8.EmitGEMMRelaxed},
		{call.Q8DWConv, q8.EmitDWConv},
		{call.Q8DWConvSigned, q8.EmitDWConvSigned},
		{call.Q8DWConvRelaxed, q8.EmitDWConvRelaxed},
		{call.Q8Add, q8.EmitAdd},
		{call.Q8Mul, q8.EmitMul},
		{call.Q8MulChannel, q8.EmitMulChannel},
		{call.Q8MaxPool, q8.EmitMaxPool},
		{call.Q8AvgPool, q8.EmitAvgPool},
		{call.Q8Lookup, q8.EmitLookup},
		{call.Q8Quantize, q8.EmitQuantize},
		{call.Q8Dequantize, q8.EmitDequantize},
		{call.X8Copy, q8.EmitCopy},
		{call.X8Fill, q8.EmitFill},
		{call.X8Gather, q8.EmitGather},
	}
}

// Module emits a module with the kernels and epilogue functions used, see call.Used. It imports its memory as
// "env"."memory" and exports run(program, calls, thread i32), which does that many calls of a
// program laid out by call.Encode. Calling one that is not in used traps. A module for shared
// memory exports besides what threads do, see package threads.
func Module(used []call.ID, shared bool) []byte {
	m := asm.NewModule()
	m.Export("run", Emit(m, used))
	if shared {
		m.SharedMemory()
		threads.Emit(m)
	}
	return m.Bytes()
}

// Emit puts the kernels and epilogue functions used into m's table, and gives the function run.
func Emit(m *asm.Module, used []call.ID) *asm.Func {
	env := kernel.NewEnv(m)
	want := make([]bool, call.Count)
	for _, id := range used {
		want[id] = true
	}
	for _, e := range entries() {
		if want[e.id] {
			m.Elem(uint32(e.id), e.emit(env))
		}
	}
	return emitRun(m)
}

// emitRun emits the loop over calls.
func emitRun(m *asm.Module) *asm.Func {
	f := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, calls, thread, i := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.I32()
	f.For(i, asm.ConstI32(0), calls.I32, 1, func() {
		f.CallIndirect(kernel.Signature(), at.LoadI32(4), at.AddC(call.Header), asm.ConstI32(0), at.LoadI32(8), thread.I32)
		at.Set(at.Add(at.LoadI32(0)))
	})
	return f
}
