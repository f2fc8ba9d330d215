package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitGEMM emits the kernel of GEMM for every machine, on unsigned storage.
func EmitGEMM(e kernel.Env) *asm.Func { return emitGEMM(e, "q8_gemm", nil) }

// EmitGEMMRelaxed emits the kernel of GEMM on the relaxed dot product.
func EmitGEMMRelaxed(e kernel.Env) *asm.Func {
	return emitGEMM(e, "q8_gemm_relaxed", asm.I8x16.RelaxedDotAdd)
}

// relaxedDot is acc plus the sums of four products of neighbouring lanes, w signed, x as it is stored.
type relaxedDot func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4

// emitGEMM emits the loop over blocks of rows, each over all panels, so that a block's input and a
// panel stay in the nearest cache; then what follows when rows are whole. Without a dot it is by
// dot_i16x8.
func emitGEMM(e kernel.Env, name string, dot relaxedDot) *asm.Func {
	s, rowSum := gemmTileOf(dot != nil), (*asm.Func)(nil)
	if dot != nil {
		rowSum = emitRowSum(e.M, dot)
	}
	tile, one := emitGEMMTile(e.M, s, dot, rowSum), emitGEMMTile(e.M, gemmShape{1, s.nv, s.relaxed}, dot, rowSum)
	finish := emitGEMMRows(e)
	f := e.M.Func(name, kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	row, end, whole, last, panel, panels := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	arg := kernel.Fields[gemmArgs[kernel.Field]](args.I32, 0)
	f.If(arg.M.I32().Eq(asm.ConstI32(1)).And(rowsNeeded(arg.Out).Eqz()), func() {
		f.For(panel, from.I32, to.I32, 1, func() { f.Call(one, args, asm.ConstI32(0), asm.ConstI32(1), panel) })
		f.Return()
	}, nil)
	panels.Set(arg.N.I32().AddC(gemmNR - 1).DivU(asm.ConstI32(gemmNR)))
	last.Set(to.MulC(int32(s.mr)))
	f.If(last.GtU(arg.M.I32()), func() { last.Set(arg.M.I32()) }, nil)
	row.Set(from.MulC(int32(s.mr)))
	f.Block(func(done asm.Label) {
		f.Loop(func(next asm.Label) {
			f.BrIf(done, row.GeU(last.I32))
			end.Set(row.Add(arg.Block.I32()))
			f.If(end.GtU(last.I32), func() { end.Set(last.I32) }, nil)
			whole.Set(end.Sub(end.Sub(row.I32).RemU(asm.ConstI32(int32(s.mr)))))
			f.For(panel, asm.ConstI32(0), panels.I32, 1, func() {
				f.If(row.LtU(whole.I32), func() { f.Call(tile, args, row, whole, panel) }, nil)
				f.If(whole.LtU(end.I32), func() { f.Call(one, args, whole, end, panel) }, nil)
			})
			f.If(rowsNeeded(arg.Out), func() { f.Call(finish, args, row, end, thread) }, nil)
			row.Set(end.I32)
			f.Br(next)
		})
	})
	return f
}

// emitGEMMRows emits q8_gemm_rows(args, row, end, thread): what follows when rows row … end−1 of C are
// whole, at once for as many as lie one behind the other.
func emitGEMMRows(e kernel.Env) *asm.Func {
	finish := emitRow(e)
	f := e.M.Func("q8_gemm_rows", kernel.Signature())
	arg := kernel.Fields[gemmArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	row, end, thread := f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	first, next, address, bytes := f.I32(), f.I32(), f.I32(), f.I32()
	bytes.Set(arg.N.I32().Shl(arg.Out.Float.I32().ShlC(1)))
	rowAddress(f, next, arg.C, row)
	f.Loop(func(again asm.Label) {
		first.Set(row.I32)
		address.Set(next.I32)
		f.Block(func(gap asm.Label) {
			f.Loop(func(more asm.Label) {
				row.Set(row.AddC(1))
				f.BrIf(gap, row.GeU(end.I32))
				rowAddress(f, next, arg.C, row)
				f.BrIf(more, next.Eq(address.Add(row.Sub(first.I32).Mul(bytes.I32))))
			})
		})
		f.Call(finish, arg.Out.Float.Address(), address, arg.N.I32().Mul(row.Sub(first.I32)), thread)
		f.BrIf(again, row.LtU(end.I32))
	})
	return f
}

// rowAddress emits address = where a row begins.
func rowAddress(f *asm.Func, address asm.I32Var, rows gemmRowArgs[kernel.Field], row asm.I32Var) {
	f.If(rows.Table.I32(), func() {
		address.Set(rows.At.I32().Add(rows.Table.I32().Add(row.ShlC(2)).LoadI32(0)))
	}, func() {
		address.Set(rows.At.I32().Add(row.Mul(rows.Stride.I32())))
	})
}

// emitRowSum emits q8_row_sum(args, row) i32: the sum of the bytes of a row of A.
func emitRowSum(m *asm.Module, dot relaxedDot) *asm.Func {
	f := m.Func("q8_row_sum", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32}, Results: []asm.Type{asm.TypeI32}})
	arg, row, run, runs, k, a := kernel.Fields[gemmArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.I32(), f.I32(), f.I32(), f.I32()
	sum, bytes := f.I32x4(), f.I8x16()
	add := func(x asm.I8x16) {
		bytes.Set(x)
		sum.Set(dot(asm.ConstI32(1).SplatI8x16(), bytes.I8x16, sum.I32x4))
	}
	runs.Set(arg.Runs.I32())
	run.Set(arg.RunTable.I32())
	f.Loop(func(nextRun asm.Label) {
		a.Set(row.I32)
		f.If(run.I32, func() {
			a.Set(a.Add(run.LoadI32(0)))
			run.Set(run.AddC(4))
		}, nil)
		k.Set(arg.RunLen.I32())
		for _, n := range []int32{16, 4} {
			f.Block(func(done asm.Label) {
				f.Loop(func(next asm.Label) {
					f.BrIf(done, k.LtU(asm.ConstI32(n)))
					if n == 16 {
						add(a.LoadI8x16(0))
					} else {
						add(a.LoadZero32I8x16(0))
					}
					a.Set(a.AddC(n))
					k.Set(k.SubC(n))
					f.Br(next)
				})
			})
		}
		f.If(k.I32, func() { // the lower k of four bytes
			mask := asm.ConstI32(1).Shl(k.ShlC(3)).SubC(1)
			add(asm.ConstI32x4([4]int32{}).WithLane(0, a.LoadI32(0).And(mask)).I8x16())
		}, nil)
		f.BrIf(nextRun, runs.Tee(runs.SubC(1)))
	})
	f.Push(sum.Lane(0).Add(sum.Lane(1)).Add(sum.Lane(2)).Add(sum.Lane(3)))
	return f
}
