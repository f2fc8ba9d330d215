package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/f32"
)

// Offsets of the arguments of a DWConv call, as DWConv.Call lays them out.
const (
	dwX = 4 * iota
	dwXImg
	dwXRow
	dwXPix
	dwW
	dwY
	dwYImg
	dwYRow
	dwYPix
	dwOH
	dwOW
	dwC
	dwKH
	dwKW
	dwStrideH
	dwStrideW
	dwDilH
	dwDilW
	dwFormWord
	dwOut
)

// EmitDWConv emits the kernel of DWConv for every machine, on unsigned storage.
func EmitDWConv(e f32.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv", pairs(asm.I32.LoadExtendU8x8), emitDWAny(e.M, false))
}

// EmitDWConvSigned emits the same on signed storage.
func EmitDWConvSigned(e f32.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv_signed", pairs(asm.I32.LoadExtendS8x8), emitDWAny(e.M, true))
}

// EmitDWConvRelaxed emits the special windows on the relaxed dot product, for either storage.
func EmitDWConvRelaxed(e f32.Env) *asm.Func {
	return emitDWConv(e, "q8_dwconv_relaxed", quads(), nil)
}

// emitDWConv emits the loop over output rows.
func emitDWConv(e f32.Env, name string, t dwTaps, anyRow *asm.Func) *asm.Func {
	var special []*asm.Func
	for _, w := range dwWindows() {
		special = append(special, emitDWWindow(e.M, name, w, t))
	}
	finish := emitRow(e)
	f := e.M.Func(name, f32.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	x, y, img, row, n, i := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	out := args.AddC(dwOut)
	f.For(from, from.I32, to.I32, 1, func() {
		img.Set(from.DivU(args.LoadI32(dwOH)))
		row.Set(from.RemU(args.LoadI32(dwOH)))
		x.Set(args.LoadI32(dwX).Add(img.Mul(args.LoadI32(dwXImg))).
			Add(row.Mul(args.LoadI32(dwStrideH)).Mul(args.LoadI32(dwXRow))))
		y.Set(args.LoadI32(dwY).Add(img.Mul(args.LoadI32(dwYImg))).Add(row.Mul(args.LoadI32(dwYRow))))
		for i, s := range special {
			f.If(args.LoadI32(dwFormWord).Eq(asm.ConstI32(int32(i))), func() { f.Call(s, args, x, y, asm.ConstI32(0)) }, nil)
		}
		if anyRow != nil {
			f.If(args.LoadI32(dwFormWord).Eq(asm.ConstI32(int32(dwAny))), func() { f.Call(anyRow, args, x, y, asm.ConstI32(0)) }, nil)
		}
		f.If(rowsNeeded(out), func() {
			n.Set(args.LoadI32(dwC))
			i.Set(args.LoadI32(dwOW))
			f.If(args.LoadI32(dwYPix).Eq(n.Shl(args.LoadI32(dwOut+outFloat).ShlC(1))), func() { // whole pixels side by side
				n.Set(n.Mul(i.I32))
				i.Set(asm.ConstI32(1))
			}, nil)
			while(f, func() asm.I32 { return i.I32 }, func() {
				f.Call(finish, out, y, n, thread)
				y.Set(y.Add(args.LoadI32(dwYPix)))
				i.Set(i.SubC(1))
			})
		}, nil)
	})
	return f
}
