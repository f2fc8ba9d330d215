package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// moveArgs are the arguments of a Lookup or Copy behind its walk; Steps are the bytes from element to element of y and x.
type moveArgs[W any] struct {
	kernel.Pieces[W]
	Steps [2]W
	Table W
	Line  lineArgs[W]
}

// move is a Lookup or Copy.
func move(id call.ID, x, y uint32, shape, xs, ys []int, table uint32, line lineArgs[uint32]) call.Call {
	w := walk.New(shape, ys, xs)
	n, strides := w.Inner(func([]int) bool { return true })
	pieces := kernel.Split(&w, n, pieceBytes, strides)
	args := append(w.Words(y, x), kernel.Words(moveArgs[uint32]{Pieces: pieces, Steps: [2]uint32{uint32(strides[0]), uint32(strides[1])}, Table: table, Line: line})...)
	return call.Call{Kernel: id, Units: w.Units(), Args: args}
}

// emitMove emits a kernel that makes bytes of bytes: a row that is contiguous on both sides, which
// uses up its addresses and count, or one by one.
func emitMove(e kernel.Env, name string, row func(f *asm.Func, arg moveArgs[kernel.Field], y, x, n asm.I32Var), one func(arg moveArgs[kernel.Field], byte asm.I32) asm.I32) *asm.Func {
	f := e.M.Func(name, kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[moveArgs[kernel.Field]](args.I32, walk.Bytes2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(stepsAre(arg.Steps[:], 1, 1), func() { row(f, arg, i, j, n) }, func() {
			emitStrided(f, n, arg.Steps[:], []asm.I32Var{i, j}, func(lanes) { f.StoreI8(i.I32, 0, one(arg, j.LoadI8U(0))) })
		})
	})
	return f
}
