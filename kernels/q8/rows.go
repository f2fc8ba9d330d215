package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// emitRow emits q8_row(out, row, n, thread): what is done to n elements at row that a kernel has
// just written, by the outArgs at out: the table, or the epilogue.
func emitRow(e kernel.Env) *asm.Func {
	lookup := emitLookup(e.M)
	f := e.M.Func("q8_row", kernel.Signature())
	out, row, n, thread := kernel.Fields[outArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	f.If(out.Float.I32(), func() {
		e.Epilogue(f, out.Epilogue.Address(), row, n, thread)
	}, func() {
		f.Call(lookup, row, row, n, out.Table.I32())
	})
	return f
}

// rowsNeeded says that there is something for q8_row to do.
func rowsNeeded(out outArgs[kernel.Field]) asm.I32 { return out.Table.I32().Or(out.Epilogue.Any()) }
