// Package kernel is what all emitted kernels have in common, whatever family they belong to: their signature,
// the functions they share in a module, and the epilogue that runs over what they have written.
package kernel

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// Env is a module while kernels are emitted into it.
type Env struct {
	M        *asm.Module
	epilogue *asm.Func
	once     map[string]*asm.Func
}

// NewEnv begins a module, whose table has room for every kernel.
func NewEnv(m *asm.Module) Env {
	m.TableSize(uint32(call.Count))
	return Env{M: m, epilogue: emitEpilogue(m), once: map[string]*asm.Func{}}
}

// Once is the function of that name, which several kernels call: it is emitted when the first asks for it.
func (e Env) Once(name string, emit func(m *asm.Module) *asm.Func) *asm.Func {
	if e.once[name] == nil {
		e.once[name] = emit(e.M)
	}
	return e.once[name]
}

// Signature is that of every kernel (args, from, to, thread) and of every function of an epilogue
// (words, data, floats, thread); all are i32.
func Signature() asm.Signature {
	return asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32, asm.TypeI32}}
}
