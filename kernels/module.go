// Package kernels puts emitted kernels together into one WebAssembly module, which kernels/engine
// runs: the design's folders asm (the assembler), ref (scalar twins), f32 (a family of kernels),
// call (descriptions of work), threads and engine (memory and calls) meet here.
package kernels

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/threads"
)

// entry is one function of the table.
type entry struct {
	id   call.ID
	post bool // a post function: always there, since arguments of other kernels name it
	emit func(f32.Env) *asm.Func
}

// entries lists every kernel and post function, one line each.
func entries() []entry {
	return []entry{
		{call.F32IGEMM, false, f32.EmitIGEMM},
		{call.F32DWConv, false, f32.EmitDWConv},
		{call.F32VClamp, true, f32.EmitClamp},
		{call.F32VLeakyRelu, true, f32.EmitLeakyRelu},
		{call.F32VPRelu, true, f32.EmitPRelu},
		{call.F32VAffine, true, f32.EmitAffine},
		{call.F32VSigmoid, true, f32.EmitSigmoid},
		{call.F32VSiLU, true, f32.EmitSiLU},
		{call.F32VHardSigmoid, true, f32.EmitHardSigmoid},
		{call.F32VHardSwish, true, f32.EmitHardSwish},
		{call.F32VTanh, true, f32.EmitTanh},
		{call.F32VExp, true, f32.EmitExp},
		{call.F32VElu, true, f32.EmitElu},
		{call.F32VSoftplus, true, f32.EmitSoftplus},
		{call.F32VMish, true, f32.EmitMish},
		{call.F32VGelu, true, f32.EmitGelu},
		{call.F32VGeluTanh, true, f32.EmitGeluTanh},
		{call.F32VSqrt, true, f32.EmitSqrt},
		{call.F32VNeg, true, f32.EmitNeg},
		{call.F32VAbs, true, f32.EmitAbs},
		{call.F32VFakeQuant, true, f32.EmitFakeQuant},
		{call.F32VFakeQuantDiv, true, f32.EmitFakeQuantDiv},
		{call.F32VFakeQuantChannel, true, f32.EmitFakeQuantChannel},
		{call.F32VQuantize, true, f32.EmitQuantize},
		{call.F32VDequantize, true, f32.EmitDequantize},
		{call.F32VMinMax, true, f32.EmitMinMax},
		{call.F32Map, false, f32.EmitMap},
		{call.X32Transpose, false, f32.EmitTranspose},
		{call.X32Strided, false, f32.EmitStrided},
		{call.X32Fill, false, f32.EmitFill},
		{call.X32Gather, false, f32.EmitGather},
		{call.F32Add, false, f32.EmitAdd},
		{call.F32Sub, false, f32.EmitSub},
		{call.F32Mul, false, f32.EmitMul},
		{call.F32Div, false, f32.EmitDiv},
		{call.F32Min, false, f32.EmitMin},
		{call.F32Max, false, f32.EmitMax},
		{call.F32Pow, false, f32.EmitPow},
		{call.F32MaxPool, false, f32.EmitMaxPool},
		{call.F32AvgPool, false, f32.EmitAvgPool},
		{call.F32ReduceSum, false, f32.EmitReduceSum},
		{call.F32ReduceMax, false, f32.EmitReduceMax},
		{call.F32ReduceMin, false, f32.EmitReduceMin},
		{call.F32RowSum, false, f32.EmitRowSum},
		{call.F32RowMax, false, f32.EmitRowMax},
		{call.F32RowMin, false, f32.EmitRowMin},
		{call.F32ResizeLinear, false, f32.EmitResizeLinear},
		{call.F32Softmax, false, f32.EmitSoftmax},

		{call.Q8GEMM, false, q8.EmitGEMM},
		{call.Q8GEMMRelaxed, false, q8.EmitGEMMRelaxed},
		{call.Q8DWConv, false, q8.EmitDWConv},
		{call.Q8DWConvSigned, false, q8.EmitDWConvSigned},
		{call.Q8DWConvRelaxed, false, q8.EmitDWConvRelaxed},
		{call.Q8Add, false, q8.EmitAdd},
		{call.Q8Mul, false, q8.EmitMul},
		{call.Q8MaxPool, false, q8.EmitMaxPool},
		{call.Q8AvgPool, false, q8.EmitAvgPool},
		{call.Q8Lookup, false, q8.EmitLookup},
		{call.Q8Quantize, false, q8.EmitQuantize},
		{call.Q8Dequantize, false, q8.EmitDequantize},
		{call.X8Copy, false, q8.EmitCopy},
		{call.X8Fill, false, q8.EmitFill},
	}
}

// Module emits a module with the kernels used and all post functions. It imports its memory as
// "env"."memory" and exports run(program, calls, thread i32), which does that many calls of a
// program laid out by call.Encode. Calling a kernel that is not in used traps. A module for shared
// memory exports besides what threads do, see package threads.
func Module(used []call.ID, shared bool) []byte {
	m := asm.NewModule()
	m.TableSize(uint32(call.Count))
	env := f32.Env{M: m, PostChain: f32.EmitPostChain(m)}
	want := make([]bool, call.Count)
	for _, id := range used {
		want[id] = true
	}
	for _, e := range entries() {
		if want[e.id] || e.post {
			m.Elem(uint32(e.id), e.emit(env))
		}
	}
	m.Export("run", emitRun(m))
	if shared {
		m.SharedMemory()
		threads.Emit(m)
	}
	return m.Bytes()
}

// emitRun emits the loop over calls.
func emitRun(m *asm.Module) *asm.Func {
	f := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, calls, thread, i := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.I32()
	f.For(i, asm.ConstI32(0), calls.I32, 1, func() {
		f.CallIndirect(f32.Signature(), at.LoadI32(4), at.AddC(call.Header), asm.ConstI32(0), at.LoadI32(8), thread.I32)
		at.Set(at.Add(at.LoadI32(0)))
	})
	return f
}
