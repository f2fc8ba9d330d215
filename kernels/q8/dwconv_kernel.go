package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitDWConv emits the kernel of DWConv for every machine, on unsigned storage.
func EmitDWConv(e kernel.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv", pairs(asm.I32.LoadExtendU8x8), emitDWAny(e.M, false))
}

// EmitDWConvSigned emits the same on signed storage.
func EmitDWConvSigned(e kernel.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv_signed", pairs(asm.I32.LoadExtendS8x8), emitDWAny(e.M, true))
}

// EmitDWConvRelaxed emits the special windows on the relaxed dot product, for either storage.
func EmitDWConvRelaxed(e kernel.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv_relaxed", quads(asm.I8x16.RelaxedDotAdd), nil)
}

// emitDWConv emits the loop over units of output rows.
func emitDWConv(e kernel.Env, name string, t dwDot, anyRow *asm.Func) *asm.Func {
	var rowOf []*asm.Func // for each window
	var pair *asm.Func
	for _, w := range dwWindows() {
		rowOf = append(rowOf, emitDWWindow(e.M, name, w, t))
		if w.pairs() && t.size == 4 {
			pair = emitDWPair(e.M, name, w, t)
		}
	}
	finish := emitDWRow(e)
	f := e.M.Func(name, kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[dwArgs[kernel.Field]](args.I32, 0)
	x, y, img, row, rows, perImage := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	perImage.Set(arg.OH.I32().Add(arg.UnitRows.I32()).SubC(1).DivU(arg.UnitRows.I32()))
	f.For(from, from.I32, to.I32, 1, func() {
		img.Set(from.DivU(perImage.I32))
		row.Set(from.RemU(perImage.I32).Mul(arg.UnitRows.I32()))
		x.Set(arg.X.At.I32().Add(img.Mul(arg.X.Img.I32())).
			Add(row.Mul(arg.StrideH.I32()).Mul(arg.X.Row.I32())))
		y.Set(arg.Y.At.I32().Add(img.Mul(arg.Y.Img.I32())).Add(row.Mul(arg.Y.Row.I32())))
		rows.Set(arg.OH.I32().Sub(row.I32))
		f.If(rows.GtU(arg.UnitRows.I32()), func() { rows.Set(arg.UnitRows.I32()) }, nil)
		f.Block(func(done asm.Label) {
			if pair != nil {
				f.If(rows.Eq(asm.ConstI32(2)), func() {
					f.Call(pair, args, x, y, asm.ConstI32(0))
					f.Br(done)
				}, nil)
			}
			for i, g := range rowOf {
				f.If(arg.Form.I32().Eq(asm.ConstI32(int32(i))), func() { f.Call(g, args, x, y, asm.ConstI32(0)) }, nil)
			}
			if anyRow != nil {
				f.If(arg.Form.I32().Eq(asm.ConstI32(int32(dwAny))), func() { f.Call(anyRow, args, x, y, asm.ConstI32(0)) }, nil)
			}
		})
		f.If(rowsNeeded(arg.Out), func() {
			f.While(func() asm.I32 { return rows.I32 }, func() {
				f.Call(finish, args, y, thread, asm.ConstI32(0))
				y.Set(y.Add(arg.Y.Row.I32()))
				rows.Set(rows.SubC(1))
			})
		}, nil)
	})
	return f
}

// emitDWRow emits q8_dwconv_row(args, y, thread, 0): what follows when the output row at y is there, at
// once where its pixels lie one behind the other, else pixel by pixel.
func emitDWRow(e kernel.Env) *asm.Func {
	finish := emitRow(e)
	f := e.M.Func("q8_dwconv_row", kernel.Signature())
	arg, y, thread, n, i := kernel.Fields[dwArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.I32(), f.I32()
	n.Set(arg.C.I32())
	i.Set(arg.OW.I32())
	f.If(arg.Y.Pix.I32().Eq(n.Shl(arg.Out.Float.I32().ShlC(1))), func() {
		n.Set(n.Mul(i.I32))
		i.Set(asm.ConstI32(1))
	}, nil)
	f.While(func() asm.I32 { return i.I32 }, func() {
		f.Call(finish, arg.Out.Float.Address(), y, n, thread)
		y.Set(y.Add(arg.Y.Pix.I32()))
		i.Set(i.SubC(1))
	})
	return f
}
