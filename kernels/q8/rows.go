package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// emitRow emits q8_row(words, row, n, thread): what is done to n elements at row that a kernel has
// just written, by the words of its Out: the table, or the epilogue.
func emitRow(e kernel.Env) *asm.Func {
	lookup := emitLookup(e.M)
	f := e.M.Func("q8_row", kernel.Signature())
	words, row, n, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	f.If(words.LoadI32(outFloat), func() {
		e.Epilogue(f, words.AddC(outEpilogue), row, n, thread)
	}, func() {
		f.Call(lookup, row, row, n, words.LoadI32(outTable))
	})
	return f
}

// rowsNeeded says that there is something for q8_row to do.
func rowsNeeded(words asm.I32) asm.I32 {
	return words.LoadI32(outTable).Or(words.LoadI32(outEpilogue))
}
