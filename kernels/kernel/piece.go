package kernel

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Pieces are the arguments that say how rows are cut: the elements of a row and of its pieces, but for the last.
type Pieces[W any] struct{ N, Piece W }

// Split cuts rows of n elements into pieces, which become the walk's innermost dimension.
func Split(w *walk.Walk, n, piece int, strides []int) Pieces[uint32] {
	var steps []int
	for _, s := range strides {
		steps = append(steps, piece*s)
	}
	w.Push((n+piece-1)/piece, steps...)
	return Pieces[uint32]{uint32(n), uint32(piece)}
}

// EmitPiece emits n = the elements of piece inner of a row.
func EmitPiece(f *asm.Func, n asm.I32Var, p Pieces[Field], inner asm.I32) {
	n.Set(p.N.I32().Sub(inner.Mul(p.Piece.I32())))
	f.If(n.GtU(p.Piece.I32()), func() { n.Set(p.Piece.I32()) }, nil)
}
