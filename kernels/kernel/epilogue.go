package kernel

import "github.com/quantscope/quantscope/kernels/asm"

// Epilogue emits what runs the epilogue at address ops, whose functions are laid out as call.Encode does, over so
// many floats at data, which a kernel has just written.
func (e Env) Epilogue(f *asm.Func, ops, data, floats, thread asm.Expr) {
	f.Call(e.epilogue, ops, data, floats, thread)
}

// emitEpilogue emits epilogue(ops, data address, floats, thread): runs the functions of an epilogue as call.Encode
// lays it out over a strip, in order.
func emitEpilogue(m *asm.Module) *asm.Func {
	f := m.Func("epilogue", Signature())
	op, data, n, thread, fn := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.I32()
	f.Block(func(end asm.Label) {
		f.Loop(func(again asm.Label) {
			f.BrIf(end, fn.Tee(op.LoadI32(0)).Eqz())
			f.CallIndirect(Signature(), fn.I32, op.AddC(8), data.I32, n.I32, thread.I32)
			op.Set(op.AddC(8).Add(op.LoadI32(4).ShlC(2)))
			f.Br(again)
		})
	})
	return f
}
