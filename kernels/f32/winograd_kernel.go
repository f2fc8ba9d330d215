package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Offsets of the arguments of a Winograd call, as Winograd.Call lays them out.
const (
	winoX = 4 * iota
	winoXImg
	winoXRow
	winoXPix
	winoU
	winoY
	winoYImg
	winoYRow
	winoYPix
	winoOH
	winoOW
	winoC
	winoO
	winoTW
	winoTH
	winoAll
	winoTiles
	winoScratch
	winoScratchBytes
	winoLo
	winoHi
	winoEpilogue
)

// winograd is f32_winograd under construction.
type winograd struct {
	*asm.Func
	args, from, to, thread asm.I32Var
	scratch, v, m          asm.I32Var // of this thread: its arguments of a product, transformed inputs [16][tiles][C] and outputs [16][tiles][O]
	vStep, mStep           asm.I32Var // bytes from matrix to matrix
	tile, end, n           asm.I32Var // tiles of the unit, and of a stretch of them in one row of tiles
	img, ty, tx, at        asm.I32Var
	i                      asm.I32Var
}

// EmitWinograd emits the kernel of Winograd: for each unit of tiles their inputs are transformed, then
// multiplied by sixteen matrices with the tiles of GEMM, then the products transformed back, all of it
// in the cache; then comes the epilogue.
func EmitWinograd(e kernel.Env) *asm.Func {
	input, output := emitWinogradInput(e.M), emitWinogradOutput(e.M)
	w := winograd{Func: e.M.Func("f32_winograd", kernel.Signature())}
	w.args, w.from, w.to, w.thread = w.ParamI32(0), w.ParamI32(1), w.ParamI32(2), w.ParamI32(3)
	for _, v := range []*asm.I32Var{
		&w.scratch, &w.v, &w.m, &w.vStep, &w.mStep, &w.tile, &w.end, &w.n, &w.img, &w.ty, &w.tx, &w.at, &w.i,
	} {
		*v = w.I32()
	}
	arg := w.args.LoadI32
	w.scratch.Set(arg(winoScratch).Add(w.thread.Mul(arg(winoScratchBytes))))
	w.vStep.Set(arg(winoTiles).Mul(arg(winoC)).ShlC(2))
	w.mStep.Set(arg(winoTiles).Mul(arg(winoO)).ShlC(2))
	w.v.Set(w.scratch.AddC(winogradHead))
	w.m.Set(w.v.Add(w.vStep.ShlC(4)))
	w.product()
	w.For(w.from, w.from.I32, w.to.I32, 1, func() {
		first := w.from.Mul(arg(winoTiles))
		w.end.Set(least(first.Add(arg(winoTiles)), arg(winoAll)))
		w.stretches(func() {
			w.Call(input, w.args, w.address(winoX), w.v.Add(w.at.Mul(arg(winoC)).ShlC(2)), w.n, w.rows(), w.columns())
		})
		w.For(w.i, asm.ConstI32(0), asm.ConstI32(16), 1, func() {
			w.StoreI32(w.scratch.I32, gemmA, w.v.Add(w.i.Mul(w.vStep.I32)))
			w.StoreI32(w.scratch.I32, gemmB, arg(winoU).Add(w.i.Mul(w.panelBytes())))
			w.StoreI32(w.scratch.I32, gemmC, w.m.Add(w.i.Mul(w.mStep.I32)))
			w.tile.Set(asm.ConstI32(0))
			callRows(e, w.Func, w.scratch, w.tile, w.at.I32, asm.ConstI32(0), w.panels())
		})
		w.stretches(func() {
			w.Call(output, w.args, w.address(winoY), w.m.Add(w.at.Mul(arg(winoO)).ShlC(2)), w.n, w.rows(), w.columns())
			w.If(arg(winoEpilogue), func() { w.epilogue(e) }, nil)
		})
	})
	return w.Func
}

// product writes what the sixteen products of all units have in common.
func (w *winograd) product() {
	arg := w.args.LoadI32
	for _, word := range []struct {
		offset uint32
		value  asm.I32
	}{
		{gemmRows, asm.ConstI32(0)}, {gemmLDA, arg(winoC).ShlC(2)}, {gemmRuns, asm.ConstI32(1)}, {gemmRunTable, asm.ConstI32(0)},
		{gemmRunLen, arg(winoC)}, {gemmOutRows, asm.ConstI32(0)}, {gemmLDC, arg(winoO).ShlC(2)}, {gemmN, arg(winoO)},
		{gemmFake, asm.ConstI32(0)}, {gemmLo, asm.ConstU32(math.Float32bits(float32(math.Inf(-1))))}, {gemmHi, asm.ConstU32(math.Float32bits(float32(math.Inf(1))))},
	} {
		w.StoreI32(w.scratch.I32, word.offset, word.value)
	}
}

// panels is how many panels of columns a matrix has; panelBytes is the size of one matrix.
func (w *winograd) panels() asm.I32 { return w.args.LoadI32(winoO).AddC(gemmNR - 1).ShrUC(3) }

func (w *winograd) panelBytes() asm.I32 {
	return w.panels().Mul(w.args.LoadI32(winoC).AddC(1)).ShlC(5)
}

// stretches runs body for each stretch of the unit's tiles in one row of tiles: n of them from column tx
// of row ty of image img; at is how many tiles of the unit come before.
func (w *winograd) stretches(body func()) {
	arg := w.args.LoadI32
	w.tile.Set(w.from.Mul(arg(winoTiles)))
	w.at.Set(asm.ConstI32(0))
	w.While(func() asm.I32 { return w.tile.LtU(w.end.I32) }, func() {
		w.tx.Set(w.tile.RemU(arg(winoTW)))
		w.ty.Set(w.tile.DivU(arg(winoTW)))
		w.img.Set(w.ty.DivU(arg(winoTH)))
		w.ty.Set(w.ty.RemU(arg(winoTH)))
		w.n.Set(least(arg(winoTW).Sub(w.tx.I32), w.end.Sub(w.tile.I32)))
		body()
		w.tile.Set(w.tile.Add(w.n.I32))
		w.at.Set(w.at.Add(w.n.I32))
	})
}

// rows and columns are those of the output from a stretch's first on.
func (w *winograd) rows() asm.I32 { return w.args.LoadI32(winoOH).Sub(w.ty.ShlC(1)) }

func (w *winograd) columns() asm.I32 { return w.args.LoadI32(winoOW).Sub(w.tx.ShlC(1)) }

// address is where output (2·ty, 2·tx) of image img has its first element; of X that is its window's.
func (w *winograd) address(start uint32) asm.I32 {
	arg := w.args.LoadI32
	return arg(start).Add(w.img.Mul(arg(start + 4))).Add(w.ty.Mul(arg(start + 8)).ShlC(1)).Add(w.tx.Mul(arg(start + 12)).ShlC(1))
}

// epilogue runs the epilogue over the outputs of a stretch: each of its rows at once where pixels lie one
// behind the other, else pixel by pixel.
func (w *winograd) epilogue(e kernel.Env) {
	arg := w.args.LoadI32
	chain, o := w.args.AddC(winoEpilogue), arg(winoO)
	y, rows, pixels := w.i, w.I32(), w.I32()
	pixels.Set(least(w.n.ShlC(1), w.columns()))
	rows.Set(least(asm.ConstI32(2), w.rows()))
	left, at := w.I32(), w.I32()
	y.Set(w.address(winoY))
	w.Loop(func(again asm.Label) {
		w.If(arg(winoYPix).Eq(o.ShlC(2)), func() {
			e.Epilogue(w.Func, chain, y, o.Mul(pixels.I32), w.thread)
		}, func() {
			at.Set(y.I32)
			left.Set(pixels.I32)
			w.Loop(func(next asm.Label) {
				e.Epilogue(w.Func, chain, at, o, w.thread)
				at.Set(at.Add(arg(winoYPix)))
				w.BrIf(next, left.Tee(left.SubC(1)))
			})
		})
		y.Set(y.Add(arg(winoYRow)))
		w.BrIf(again, rows.Tee(rows.SubC(1)))
	})
}
