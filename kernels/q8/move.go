package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Words of a Lookup or Copy behind its walk.
const (
	moveN = walk.Bytes2 + 4*iota
	movePiece
	moveSteps // of y, x
	_
	moveTable
	moveLine // of a Lookup: Line.words
)

// move is a Lookup or Copy.
func move(kernel call.ID, x, y uint32, shape, xs, ys []int, table uint32) call.Call {
	w := walk.New(shape, ys, xs)
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(y, x), uint32(n), uint32(piece), uint32(strides[0]), uint32(strides[1]), table)
	return call.Call{Kernel: kernel, Units: w.Units(), Args: args}
}

// emitMove emits a kernel that makes bytes of bytes: a row that is contiguous on both sides, which
// uses up its addresses and count, or one by one.
func emitMove(e kernel.Env, name string, row func(f *asm.Func, args, y, x, n asm.I32Var), one func(args asm.I32Var, byte asm.I32) asm.I32) *asm.Func {
	f := e.M.Func(name, kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		emitPiece(f, n, args, moveN, inner)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(stepsAre(args, moveSteps, 1, 1), func() { row(f, args, i, j, n) }, func() {
			emitStrided(f, n, args, moveSteps, []asm.I32Var{i, j}, func(lanes) { f.StoreI8(i.I32, 0, one(args, j.LoadI8U(0))) })
		})
	})
	return f
}
