package f32

import "github.com/quantscope/quantscope/kernels/asm"

// EmitIGEMM emits the kernel of GEMM: the loop over tiles of rows, each over all panels, so that a
// tile's input stays in the nearest cache; then the tile's post functions.
func EmitIGEMM(e Env) *asm.Func {
	tiles := make([]*asm.Func, gemmMR+1)
	for mr := 1; mr <= gemmMR; mr++ {
		tiles[mr] = emitGEMMTile(e.M, mr)
	}
	f := e.M.Func("f32_igemm", Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	row, rows, panels := f.I32(), f.I32(), f.I32()
	panels.Set(args.LoadI32(gemmN).AddC(gemmNR - 1).ShrUC(3))
	f.If(args.LoadI32(gemmM).Eq(asm.ConstI32(1)).And(args.LoadI32(gemmPost).Eqz()), func() {
		f.Call(tiles[1], args, asm.ConstI32(0), from, to)
		f.Return()
	}, nil)
	f.For(from, from.I32, to.I32, 1, func() {
		row.Set(from.MulC(gemmMR))
		rows.Set(args.LoadI32(gemmM).Sub(row.I32))
		f.Block(func(done asm.Label) {
			for mr := gemmMR; mr > 1; mr-- {
				f.If(rows.GeU(asm.ConstI32(int32(mr))), func() {
					f.Call(tiles[mr], args, row, asm.ConstI32(0), panels)
					rows.Set(asm.ConstI32(int32(mr)))
					f.Br(done)
				}, nil)
			}
			f.Call(tiles[1], args, row, asm.ConstI32(0), panels)
		})
		f.If(args.LoadI32(gemmPost), func() { gemmPosts(e, f, args, row, rows, thread) }, nil)
	})
	return f
}

// gemmPosts runs the post chain over rows row … row+rows−1: at once where they lie one behind the
// other, else one by one.
func gemmPosts(e Env, f *asm.Func, args, row, rows, thread asm.I32Var) {
	n, table, data := f.I32(), f.I32(), f.I32()
	n.Set(args.LoadI32(gemmN))
	table.Set(args.LoadI32(gemmOutRows))
	chain := args.AddC(gemmPost)
	data.Set(args.LoadI32(gemmC).Add(row.Mul(args.LoadI32(gemmLDC))))
	f.If(table.Eqz().And(args.LoadI32(gemmLDC).Eq(n.ShlC(2))), func() {
		f.Call(e.PostChain, chain, data, n.Mul(rows.I32), thread)
	}, func() {
		f.Loop(func(again asm.Label) {
			f.If(table.I32, func() {
				data.Set(args.LoadI32(gemmC).Add(table.Add(row.ShlC(2)).LoadI32(0)))
			}, nil)
			f.Call(e.PostChain, chain, data, n, thread)
			data.Set(data.Add(args.LoadI32(gemmLDC)))
			row.Set(row.AddC(1))
			f.BrIf(again, rows.Tee(rows.SubC(1)))
		})
	})
}
