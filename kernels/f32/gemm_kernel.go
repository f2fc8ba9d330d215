package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

const (
	// gemmStrip is how many bytes of output are made before the epilogue goes over them: a part of the
	// nearest cache, long enough that the calls do not show.
	gemmStrip = 8 << 10
	// gemmFar is the size of weights from which on they are not read once for every tile of rows,
	// but for as many tiles as have gemmNear bytes of input: half of a cache of the second level,
	// and a part of the other half.
	gemmFar   = 512 << 10
	gemmNear  = 128 << 10
	gemmGroup = 16 << 10
)

// gemmKernel is f32_igemm under construction.
type gemmKernel struct {
	*asm.Func
	env                      kernel.Env
	args, from, to, thread   asm.I32Var
	arg                      gemmArgs[kernel.Field]
	row, end, panels, panel  asm.I32Var
	block, blockEnd          asm.I32Var // in rows
	group                    asm.I32Var // panels
	n, data, next, table, ld asm.I32Var
}

// EmitIGEMM emits the kernel of GEMM. It takes blocks of rows: tile by tile, each over all panels, so
// that a tile's input stays in the nearest cache; or, with weights that are large, panel by panel, each
// over all tiles. Then come the block's epilogue.
func EmitIGEMM(e kernel.Env) *asm.Func {
	k := gemmKernel{env: e}
	f := e.M.Func("f32_igemm", kernel.Signature())
	k.Func = f
	k.args, k.from, k.to, k.thread = f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	k.arg = kernel.Fields[gemmArgs[kernel.Field]](k.args.I32, 0)
	k.row, k.end, k.panels, k.panel = f.I32(), f.I32(), f.I32(), f.I32()
	k.block, k.blockEnd, k.group = f.I32(), f.I32(), f.I32()
	k.n, k.data, k.next, k.table, k.ld = f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	far := f.I32()

	k.panels.Set(k.arg.N.I32().AddC(gemmNR - 1).ShrUC(3))
	f.If(k.arg.M.I32().Eq(asm.ConstI32(1)).And(k.arg.Epilogue.Any().Eqz()), func() {
		f.Call(tileOf(e, 1), k.args, asm.ConstI32(0), k.from, k.to)
		f.Return()
	}, nil)
	depth := k.arg.Runs.I32().Mul(k.arg.RunLen.I32())
	far.Set(k.panels.Mul(depth).GtU(asm.ConstI32(gemmFar / (4 * gemmNR))))
	k.block.Set(asm.ConstI32(1))
	f.If(k.arg.Epilogue.Any(), func() { k.block.Set(asm.ConstI32(gemmStrip / (4 * gemmMR)).DivU(k.arg.N.I32().Or(asm.ConstI32(1)))) }, nil) // without a division by zero
	f.If(far.I32, func() { k.block.Set(asm.ConstI32(gemmNear / (4 * gemmMR)).DivU(depth)) }, nil)
	k.group.Set(asm.ConstI32(gemmGroup / (4 * gemmNR)).DivU(depth))
	k.group.Set(k.group.Select(asm.ConstI32(1), k.group.I32))
	k.block.Set(k.block.Select(asm.ConstI32(1), k.block.I32).MulC(gemmMR))

	k.row.Set(k.from.MulC(gemmMR))
	k.end.Set(least(k.to.MulC(gemmMR), k.arg.M.I32()))
	f.While(func() asm.I32 { return k.row.LtU(k.end.I32) }, func() {
		k.blockEnd.Set(least(k.row.Add(k.block.I32), k.end.I32))
		k.from.Set(k.row.I32)
		f.If(far.I32, func() {
			k.panel.Set(asm.ConstI32(0))
			f.Loop(func(again asm.Label) {
				k.row.Set(k.from.I32)
				k.next.Set(least(k.panel.Add(k.group.I32), k.panels.I32))
				k.rows(k.panel.I32, k.next.I32)
				k.panel.Set(k.next.I32)
				f.BrIf(again, k.panel.LtU(k.panels.I32))
			})
		}, func() { k.rows(asm.ConstI32(0), k.panels.I32) })
		f.If(k.arg.Epilogue.Any(), k.epilogue, nil)
	})
	return f
}

// least is the lesser of two unsigned numbers; both are run twice.
func least(a, b asm.I32) asm.I32 { return a.Select(b, a.LtU(b)) }

// rows runs the tiles from row to blockEnd over some panels.
func (k *gemmKernel) rows(panel, end asm.I32) {
	callRows(k.env, k.Func, k.args, k.row, k.blockEnd.I32, panel, end)
}

// callRows runs tiles from row to last over panels panel … end−1 of the GEMM that args are of, and leaves row at
// last.
func callRows(e kernel.Env, f *asm.Func, args, row asm.I32Var, last, panel, end asm.I32) {
	tile := func(mr int) {
		f.Call(tileOf(e, mr), args, row, panel, end)
		row.Set(row.AddC(int32(mr)))
	}
	left := func() asm.I32 { return last.Sub(row.I32) }
	f.While(func() asm.I32 { return left().GeU(asm.ConstI32(gemmMR)) }, func() { tile(gemmMR) })
	for mr := gemmMR - 1; mr > 0; mr-- {
		f.If(left().Eq(asm.ConstI32(int32(mr))), func() { tile(mr) }, nil)
	}
}

// epilogue runs the epilogue over rows from … blockEnd-1, as many at once as lie one behind the other,
// and leaves row at blockEnd.
func (k *gemmKernel) epilogue() {
	k.n.Set(k.arg.N.I32().ShlC(2))
	k.table.Set(k.arg.OutRows.I32())
	k.ld.Set(k.arg.LDC.I32())
	address := func(row asm.I32) asm.I32 { // relative to C
		return k.table.Add(row.ShlC(2)).LoadI32(0)
	}
	k.While(func() asm.I32 { return k.from.LtU(k.blockEnd.I32) }, func() {
		k.row.Set(k.from.I32)
		k.If(k.table.I32, func() {
			k.data.Set(address(k.from.I32))
			k.next.Set(k.data.I32)
			k.Loop(func(again asm.Label) {
				k.next.Set(k.next.Add(k.n.I32))
				k.row.Set(k.row.AddC(1))
				k.If(k.row.LtU(k.blockEnd.I32), func() {
					k.BrIf(again, address(k.row.I32).Eq(k.next.I32))
				}, nil)
			})
		}, func() {
			k.data.Set(k.from.Mul(k.ld.I32))
			k.row.Set(k.blockEnd.Select(k.from.AddC(1), k.ld.Eq(k.n.I32)))
			k.next.Set(k.data.Add(k.row.Sub(k.from.I32).Mul(k.n.I32)))
		})
		k.env.Epilogue(k.Func, k.arg.Epilogue.Address(), k.arg.C.I32().Add(k.data.I32), k.next.Sub(k.data.I32).ShrUC(2), k.thread)
		k.from.Set(k.row.I32)
	})
}
