package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// winogradSignature is (args, image, tiles, n, rows, columns): the address of the first window or output of n
// tiles in a row, that of the first tile in the scratch memory, and the rows and columns of the output
// from there on.
func winogradSignature() asm.Signature {
	i := asm.TypeI32
	return asm.Signature{Params: []asm.Type{i, i, i, i, i, i}}
}

// emitWinogradInput emits f32_winograd_input: v = Bᵀ·d·B for the windows d of n tiles in a row.
func emitWinogradInput(m *asm.Module) *asm.Func {
	f := m.Func("f32_winograd_input", winogradSignature())
	arg, x, v, n, rows, columns := kernel.Fields[winogradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	step, channels, c, to := f.I32(), f.I32(), f.I32(), f.I32()
	row, pixel := i32s(f, 4), i32s(f, 4) // addresses of the window's rows, offsets of its pixels
	t := []asm.F32x4Var{f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()}
	channels.Set(arg.C.I32().ShlC(2))
	step.Set(arg.Tiles.I32().Mul(channels.I32))
	f.Loop(func(again asm.Label) {
		// Beyond the image, where only outputs that are not kept see it, the last row and column stand again.
		for i := range 4 {
			row[i].Set(x.Add(arg.X.Row.I32().Mul(least(asm.ConstI32(int32(i)), rows.AddC(1)))))
			pixel[i].Set(arg.X.Pix.I32().Mul(least(asm.ConstI32(int32(i)), columns.AddC(1))))
		}
		f.For(c, asm.ConstI32(0), channels.I32, 16, func() {
			to.Set(v.Add(c.I32))
			for _, r := range []struct {
				a, b int
				add  bool
			}{{0, 2, false}, {1, 2, true}, {2, 1, false}, {1, 3, false}} {
				for j := range t {
					a, b := row[r.a].Add(pixel[j].I32).LoadF32x4(0), row[r.b].Add(pixel[j].I32).LoadF32x4(0)
					if r.add {
						t[j].Set(a.Add(b))
					} else {
						t[j].Set(a.Sub(b))
					}
				}
				for _, y := range []asm.F32x4{t[0].Sub(t[2].F32x4), t[1].Add(t[2].F32x4), t[2].Sub(t[1].F32x4), t[1].Sub(t[3].F32x4)} {
					f.StoreF32x4(to.I32, 0, y)
					to.Set(to.Add(step.I32))
				}
			}
			for _, r := range row {
				r.Set(r.AddC(16))
			}
		})
		x.Set(x.Add(arg.X.Pix.I32().ShlC(1)))
		v.Set(v.Add(channels.I32))
		columns.Set(columns.SubC(2))
		f.BrIf(again, n.Tee(n.SubC(1)))
	})
	return f
}

// emitWinogradOutput emits f32_winograd_output: y = clamp(Aᵀ·m·A) for the products m of n tiles in a row, as
// far as it lies in the image.
func emitWinogradOutput(m *asm.Module) *asm.Func {
	f := m.Func("f32_winograd_output", winogradSignature())
	arg, y, in, n, rows, columns := kernel.Fields[winogradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	step, channels, c, from, to := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	lo, hi := f.F32x4(), f.F32x4()
	var x, s0, s1 []asm.F32x4Var
	for range 4 {
		x, s0, s1 = append(x, f.F32x4()), append(s0, f.F32x4()), append(s1, f.F32x4())
	}
	channels.Set(arg.O.I32().ShlC(2))
	step.Set(arg.Tiles.I32().Mul(channels.I32))
	lo.Set(arg.Lo.F32x4())
	hi.Set(arg.Hi.F32x4())
	store := func(at asm.I32, z asm.F32x4) { f.StoreF32x4(at, 0, z.PMax(lo.F32x4).PMin(hi.F32x4)) }
	pair := func(s []asm.F32x4Var) {
		store(to.I32, s[0].Add(s[1].F32x4).Add(s[2].F32x4))
		f.If(columns.GtU(asm.ConstI32(1)), func() {
			store(to.Add(arg.Y.Pix.I32()), s[1].Sub(s[2].F32x4).Sub(s[3].F32x4))
		}, nil)
	}
	f.Loop(func(again asm.Label) {
		f.For(c, asm.ConstI32(0), channels.I32, 16, func() {
			for j := range 4 {
				from.Set(in.Add(c.I32).Add(step.MulC(int32(j))))
				for i := range x {
					x[i].Set(from.LoadF32x4(0))
					from.Set(from.Add(step.ShlC(2)))
				}
				s0[j].Set(x[0].Add(x[1].F32x4).Add(x[2].F32x4))
				s1[j].Set(x[1].Sub(x[2].F32x4).Sub(x[3].F32x4))
			}
			to.Set(y.Add(c.I32))
			pair(s0)
			f.If(rows.GtU(asm.ConstI32(1)), func() {
				to.Set(to.Add(arg.Y.Row.I32()))
				pair(s1)
			}, nil)
		})
		y.Set(y.Add(arg.Y.Pix.I32().ShlC(1)))
		in.Set(in.Add(channels.I32))
		columns.Set(columns.SubC(2))
		f.BrIf(again, n.Tee(n.SubC(1)))
	})
	return f
}

func i32s(f *asm.Func, n int) []asm.I32Var {
	v := make([]asm.I32Var, n)
	for i := range v {
		v[i] = f.I32()
	}
	return v
}
