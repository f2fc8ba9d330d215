// Package kernels puts emitted kernels together into one WebAssembly module, which kernels/engine
// runs: the design's folders asm (the assembler), ref (scalar twins), f32 (a family of kernels),
// call (descriptions of work) and engine (memory and calls) meet here.
package kernels

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
)

// entry is one function of the table.
type entry struct {
	id   call.ID
	post bool // a post function: always there, since arguments of other kernels name it
	emit func(f32.Env) *asm.Func
}

// entries lists every kernel and post function, one line each.
func entries() []entry {
	return []entry{}
}

// Module emits a module with the kernels used and all post functions. It imports its memory as
// "env"."memory" and exports run(program, calls, thread i32), which does that many calls of a
// program laid out by call.Encode. Calling a kernel that is not in used traps.
func Module(used []call.ID) []byte {
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
	return m.Bytes()
}

// emitRun emits the loop over calls.
func emitRun(m *asm.Module) *asm.Func {
	f := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, calls, thread, i := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.I32()
	f.For(i, asm.ConstI32(0), calls.I32, 1, func() {
		f.CallIndirect(f32.Signature(), at.LoadI32(4), at.AddC(12), asm.ConstI32(0), at.LoadI32(8), thread.I32)
		at.Set(at.Add(at.LoadI32(0)))
	})
	return f
}
