package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// winograd is f32_winograd under construction.
type winograd struct {
	*asm.Func
	form                   tile
	args, from, to, thread asm.I32Var
	arg                    winogradArgs[kernel.Field]
	scratch, v, m          asm.I32Var // of this thread: its arguments of a product, transformed inputs [products][tiles][C] and outputs [products][tiles][O]
	vStep, mStep           asm.I32Var // bytes from matrix to matrix
	tile, end, n           asm.I32Var // tiles of the unit, and of a stretch of them in one row of tiles
	img, ty, tx, at        asm.I32Var
	i                      asm.I32Var
}

// EmitWinograd emits the kernel of Winograd for tiles of 2×2.
func EmitWinograd(e kernel.Env) *asm.Func { return tile(2).emit(e) }

// EmitWinograd3 emits the kernel of Winograd for tiles of 3×3.
func EmitWinograd3(e kernel.Env) *asm.Func { return tile(3).emit(e) }

// EmitWinograd4 emits the kernel of Winograd for tiles of 4×4.
func EmitWinograd4(e kernel.Env) *asm.Func { return tile(4).emit(e) }

// emit emits the kernel of Winograd: for each unit of tiles their inputs are transformed, then
// multiplied by the matrices with the tiles of GEMM, then the products transformed back, all of it
// in the cache; then comes the epilogue.
func (t tile) emit(e kernel.Env) *asm.Func {
	input, output := e.Once(t.name("input"), t.emitInput), t.emitOutput(e.M)
	w := winograd{Func: e.M.Func(t.name("kernel"), kernel.Signature()), form: t}
	w.args, w.from, w.to, w.thread = w.ParamI32(0), w.ParamI32(1), w.ParamI32(2), w.ParamI32(3)
	w.arg = kernel.Fields[winogradArgs[kernel.Field]](w.args.I32, 0)
	for _, v := range []*asm.I32Var{
		&w.scratch, &w.v, &w.m, &w.vStep, &w.mStep, &w.tile, &w.end, &w.n, &w.img, &w.ty, &w.tx, &w.at, &w.i,
	} {
		*v = w.I32()
	}
	w.scratch.Set(w.arg.Scratch.I32().Add(w.thread.Mul(w.arg.ScratchBytes.I32())))
	w.vStep.Set(w.arg.Tiles.I32().Mul(w.arg.C.I32()).ShlC(2))
	w.mStep.Set(w.arg.Tiles.I32().Mul(w.arg.O.I32()).ShlC(2))
	w.v.Set(w.scratch.AddC(int32(winogradHead())))
	w.m.Set(w.v.Add(w.vStep.MulC(int32(t.products()))))
	gemm := kernel.Fields[gemmArgs[kernel.Field]](w.scratch.I32, 0)
	w.product(gemm)
	w.For(w.from, w.from.I32, w.to.I32, 1, func() {
		first := w.from.Mul(w.arg.Tiles.I32())
		w.end.Set(least(first.Add(w.arg.Tiles.I32()), w.arg.All.I32()))
		w.stretches(func() {
			w.Call(input, w.args, w.address(w.arg.X), w.v.Add(w.at.Mul(w.arg.C.I32()).ShlC(2)), w.n, w.rows(), w.columns())
		})
		w.For(w.i, asm.ConstI32(0), asm.ConstI32(int32(t.products())), 1, func() {
			gemm.A.Store(w.Func, w.v.Add(w.i.Mul(w.vStep.I32)))
			gemm.B.Store(w.Func, w.arg.U.I32().Add(w.i.Mul(w.panelBytes())))
			gemm.C.Store(w.Func, w.m.Add(w.i.Mul(w.mStep.I32)))
			w.tile.Set(asm.ConstI32(0))
			callRows(e, w.Func, w.scratch, w.tile, w.at.I32, asm.ConstI32(0), w.panels())
		})
		w.stretches(func() {
			w.Call(output, w.args, w.address(w.arg.Y), w.m.Add(w.at.Mul(w.arg.O.I32()).ShlC(2)), w.n, w.rows(), w.columns())
			w.If(w.arg.Epilogue.Any(), func() { w.epilogue(e) }, nil)
		})
	})
	return w.Func
}

// product writes what the products of all units have in common.
func (w *winograd) product(gemm gemmArgs[kernel.Field]) {
	for _, word := range []struct {
		field kernel.Field
		value asm.I32
	}{
		{gemm.Rows, asm.ConstI32(0)}, {gemm.LDA, w.arg.C.I32().ShlC(2)}, {gemm.Runs, asm.ConstI32(1)}, {gemm.RunTable, asm.ConstI32(0)},
		{gemm.RunLen, w.arg.C.I32()}, {gemm.OutRows, asm.ConstI32(0)}, {gemm.LDC, w.arg.O.I32().ShlC(2)}, {gemm.N, w.arg.O.I32()},
		{gemm.Fake.Rule, asm.ConstI32(0)}, {gemm.Lo, asm.ConstU32(math.Float32bits(float32(math.Inf(-1))))}, {gemm.Hi, asm.ConstU32(math.Float32bits(float32(math.Inf(1))))},
	} {
		word.field.Store(w.Func, word.value)
	}
}

// panels is how many panels of columns a matrix has; panelBytes is the size of one matrix.
func (w *winograd) panels() asm.I32 { return w.arg.O.I32().AddC(gemmNR - 1).ShrUC(3) }

func (w *winograd) panelBytes() asm.I32 {
	return w.panels().Mul(w.arg.C.I32().AddC(1)).ShlC(5)
}

// stretches runs body for each stretch of the unit's tiles in one row of tiles: n of them from column tx
// of row ty of image img; at is how many tiles of the unit come before.
func (w *winograd) stretches(body func()) {
	w.tile.Set(w.from.Mul(w.arg.Tiles.I32()))
	w.at.Set(asm.ConstI32(0))
	w.While(func() asm.I32 { return w.tile.LtU(w.end.I32) }, func() {
		w.tx.Set(w.tile.RemU(w.arg.TW.I32()))
		w.ty.Set(w.tile.DivU(w.arg.TW.I32()))
		w.img.Set(w.ty.DivU(w.arg.TH.I32()))
		w.ty.Set(w.ty.RemU(w.arg.TH.I32()))
		w.n.Set(least(w.arg.TW.I32().Sub(w.tx.I32), w.end.Sub(w.tile.I32)))
		body()
		w.tile.Set(w.tile.Add(w.n.I32))
		w.at.Set(w.at.Add(w.n.I32))
	})
}

// rows and columns are those of the output from a stretch's first on.
func (w *winograd) rows() asm.I32 { return w.arg.OH.I32().Sub(w.ty.MulC(int32(w.form))) }

func (w *winograd) columns() asm.I32 { return w.arg.OW.I32().Sub(w.tx.MulC(int32(w.form))) }

// address is where the first output of tile (ty, tx) of image img has its first element; of X that is its window's.
func (w *winograd) address(x kernel.Image[kernel.Field]) asm.I32 {
	return x.At.I32().Add(w.img.Mul(x.Img.I32())).Add(w.ty.Mul(x.Row.I32()).MulC(int32(w.form))).Add(w.tx.Mul(x.Pix.I32()).MulC(int32(w.form)))
}

// epilogue runs the epilogue over the outputs of a stretch: each of its rows at once where pixels lie one
// behind the other, else pixel by pixel.
func (w *winograd) epilogue(e kernel.Env) {
	chain, o := w.arg.Epilogue.Address(), w.arg.O.I32()
	y, rows, pixels := w.i, w.I32(), w.I32()
	pixels.Set(least(w.n.MulC(int32(w.form)), w.columns()))
	rows.Set(least(asm.ConstI32(int32(w.form)), w.rows()))
	left, at := w.I32(), w.I32()
	y.Set(w.address(w.arg.Y))
	w.Loop(func(again asm.Label) {
		w.If(w.arg.Y.Pix.I32().Eq(o.ShlC(2)), func() {
			e.Epilogue(w.Func, chain, y, o.Mul(pixels.I32), w.thread)
		}, func() {
			at.Set(y.I32)
			left.Set(pixels.I32)
			w.Loop(func(next asm.Label) {
				e.Epilogue(w.Func, chain, at, o, w.thread)
				at.Set(at.Add(w.arg.Y.Pix.I32()))
				w.BrIf(next, left.Tee(left.SubC(1)))
			})
		})
		y.Set(y.Add(w.arg.Y.Row.I32()))
		w.BrIf(again, rows.Tee(rows.SubC(1)))
	})
}
