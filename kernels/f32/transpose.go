package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// transposeRows is the most elements of X's contiguous dimension in one unit.
const transposeRows = 64

// transpose is the call for a walk whose last dimension is contiguous in Y and whose dimension d is
// contiguous in X. Each unit is a band of at most transposeRows elements of d by all of the last.
func (c Copy) transpose(w walk.Walk, d int) call.Call {
	last := len(w.Shape) - 1
	columns, columnX := w.Shape[last], w.Strides[1][last]
	rows, rowY := w.Shape[d], w.Strides[0][d]
	outer := walk.Walk{Strides: make([][]int, 2)}
	for i := range last {
		if i != d {
			outer.Push(w.Shape[i], w.Strides[0][i], w.Strides[1][i])
		}
	}
	bands := kernel.Split(&outer, rows, transposeRows, []int{rowY, 4})
	args := append(outer.Words(c.Y, c.X), kernel.Words(transposeArgs[uint32]{
		Pieces: bands, Columns: uint32(columns), RowY: uint32(rowY), ColumnX: uint32(columnX),
	})...)
	return call.Call{Kernel: call.X32Transpose, Units: outer.Units(), Args: args}
}

// transposeArgs are the arguments of the kernel behind its walk: rows and how many a band has, columns, and the
// bytes from row to row of Y and from column to column of X.
type transposeArgs[W any] struct {
	kernel.Pieces[W]
	Columns, RowY, ColumnX W
}

// EmitTranspose emits x32_transpose: element (r, c) is at x + 4r + c·columnX and goes to
// y + r·rowY + 4c, in blocks of 4×4.
func EmitTranspose(env kernel.Env) *asm.Func {
	f := env.M.Func("x32_transpose", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, x, rows, columns := f.I32(), f.I32(), f.I32(), f.I32()
	rowY, columnX, i, j := f.I32(), f.I32(), f.I32(), f.I32()
	yRow, xRow := f.I32(), f.I32()
	var in, half [4]asm.F32x4Var
	for k := range in {
		in[k], half[k] = f.F32x4(), f.F32x4()
	}
	arg := kernel.Fields[transposeArgs[kernel.Field]](args.I32, walk.Bytes2)
	rowY.Set(arg.RowY.I32())
	columnX.Set(arg.ColumnX.I32())

	// block moves four rows by four columns, or by one.
	block := func(wide bool) {
		if !wide {
			in[0].Set(j.LoadF32x4(0))
			for k := range 4 {
				f.StoreLane32(i.Add(rowY.MulC(int32(k))), 0, in[0].F32x4, k)
			}
			return
		}
		for k := range in {
			in[k].Set(j.Add(columnX.MulC(int32(k))).LoadF32x4(0))
		}
		half[0].Set(in[0].Shuffle(in[1].F32x4, [4]int{0, 4, 1, 5}))
		half[1].Set(in[2].Shuffle(in[3].F32x4, [4]int{0, 4, 1, 5}))
		half[2].Set(in[0].Shuffle(in[1].F32x4, [4]int{2, 6, 3, 7}))
		half[3].Set(in[2].Shuffle(in[3].F32x4, [4]int{2, 6, 3, 7}))
		for k := range 4 {
			lanes := [4]int{0, 1, 4, 5}
			if k%2 == 1 {
				lanes = [4]int{2, 3, 6, 7}
			}
			f.StoreF32x4(i.Add(rowY.MulC(int32(k))), 0, half[k/2*2].Shuffle(half[k/2*2+1].F32x4, lanes))
		}
	}
	// band goes over the columns of four rows, or of one.
	band := func(height int32, wide func(), narrow func()) {
		i.Set(yRow.I32)
		j.Set(xRow.I32)
		columns.Set(arg.Columns.I32())
		f.While(func() asm.I32 { return columns.GeS(asm.ConstI32(4)) }, func() {
			wide()
			i.Set(i.AddC(16))
			j.Set(j.Add(columnX.ShlC(2)))
			columns.Set(columns.AddC(-4))
		})
		f.While(func() asm.I32 { return columns.I32 }, func() {
			narrow()
			i.Set(i.AddC(4))
			j.Set(j.Add(columnX.I32))
			columns.Set(columns.AddC(-1))
		})
		yRow.Set(yRow.Add(rowY.MulC(height)))
		xRow.Set(xRow.AddC(4 * height))
		rows.Set(rows.AddC(-height))
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, rows, arg.Pieces, inner)
		yRow.Set(y.I32)
		xRow.Set(x.I32)
		f.While(func() asm.I32 { return rows.GeS(asm.ConstI32(4)) }, func() {
			band(4, func() { block(true) }, func() { block(false) })
		})
		single := func(k int32) {
			f.StoreI32(i.AddC(4*k), 0, j.Add(columnX.MulC(k)).LoadI32(0))
		}
		f.While(func() asm.I32 { return rows.I32 }, func() {
			band(1, func() {
				for k := range int32(4) {
					single(k)
				}
			}, func() { single(0) })
		})
	})
	return f
}
