package f32

import (
	"math"
	"strconv"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// gemmTile is the function under construction for tiles of mr rows.
type gemmTile struct {
	*asm.Func
	arg        gemmArgs[kernel.Field]
	base, out  []asm.I32Var // per row: address of k 0; address of the next column to write
	a          []asm.I32Var // per row: the next k
	b          []asm.I32Var // per panel of the group: the next k
	panelBytes asm.I32Var
	left       asm.I32Var // columns from here to N
	acc        [][]asm.F32x4Var
	w          []asm.F32x4Var
	x          [2]asm.F32x4Var
	run, runs  asm.I32Var
	k, shift   asm.I32Var
}

// tileOf is the function for tiles of mr rows, which kernels share.
func tileOf(e kernel.Env, mr int) *asm.Func {
	name := "f32_igemm_" + strconv.Itoa(mr) + "x8"
	return e.Once(name, func(m *asm.Module) *asm.Func { return emitGEMMTile(m, name, mr) })
}

// emitGEMMTile emits f32_igemm_<mr>x8(args, row, panel, end): rows row … row+mr−1 of panels
// panel … end−1. It takes several panels at once where mr is so small that the additions of one
// panel would wait for each other.
func emitGEMMTile(m *asm.Module, name string, mr int) *asm.Func {
	group := []int{0, 4, 2, 1, 1, 1}[mr]
	t := gemmTile{Func: m.Func(name, kernel.Signature())}
	t.arg = kernel.Fields[gemmArgs[kernel.Field]](t.ParamI32(0).I32, 0)
	row, panel, end := t.ParamI32(1), t.ParamI32(2), t.ParamI32(3)
	for range group {
		t.b = append(t.b, t.I32())
		t.w = append(t.w, t.F32x4(), t.F32x4())
	}
	for range mr {
		t.base, t.out, t.a = append(t.base, t.I32()), append(t.out, t.I32()), append(t.a, t.I32())
		var acc []asm.F32x4Var
		for range 2 * group {
			acc = append(acc, t.F32x4())
		}
		t.acc = append(t.acc, acc)
	}
	t.x = [2]asm.F32x4Var{t.F32x4(), t.F32x4()}
	t.panelBytes, t.left = t.I32(), t.I32()
	t.run, t.runs, t.k, t.shift = t.I32(), t.I32(), t.I32(), t.I32()

	t.addresses(t.base, row, t.arg.A, t.arg.Rows, t.arg.LDA)
	t.addresses(t.out, row, t.arg.C, t.arg.OutRows, t.arg.LDC)
	for _, o := range t.out {
		o.Set(o.Add(panel.ShlC(5)))
	}
	t.left.Set(t.arg.N.I32().Sub(panel.ShlC(3)))
	t.panelBytes.Set(t.arg.Runs.I32().Mul(t.arg.RunLen.I32()).AddC(1).ShlC(5))
	t.b[0].Set(t.arg.B.I32().Add(panel.Mul(t.panelBytes.I32)))
	if group > 1 {
		g := int32(group)
		t.Block(func(done asm.Label) {
			t.Loop(func(again asm.Label) {
				t.BrIf(done, panel.AddC(g).GtU(end.I32))
				t.BrIf(done, t.left.LtU(asm.ConstI32(gemmNR*g)))
				t.panels(group)
				t.store(group)
				t.left.Set(t.left.SubC(gemmNR * g))
				panel.Set(panel.AddC(g))
				t.Br(again)
			})
		})
	}
	t.Loop(func(again asm.Label) {
		t.If(panel.LtU(end.I32), func() {
			t.panels(1)
			t.If(t.left.GeU(asm.ConstI32(gemmNR)), func() {
				t.store(1)
				t.left.Set(t.left.SubC(gemmNR))
			}, t.storeTail)
			panel.Set(panel.AddC(1))
			t.Br(again)
		}, nil)
	})
	return t.Func
}

// addresses sets one address per row of the tile, by the table of offsets if there is one, else by
// the stride.
func (t *gemmTile) addresses(to []asm.I32Var, row asm.I32Var, start, table, stride kernel.Field) {
	t.If(table.I32(), func() {
		t.k.Set(table.I32().Add(row.ShlC(2)))
		for i, a := range to {
			a.Set(start.I32().Add(t.k.LoadI32(uint32(4 * i))))
		}
	}, func() {
		to[0].Set(start.I32().Add(row.Mul(stride.I32())))
		for i := range to[1:] {
			to[i+1].Set(to[i].Add(stride.I32()))
		}
	})
}

// panels accumulates n panels and leaves b[0] after them. All of the sum stays in registers.
func (t *gemmTile) panels(n int) {
	b, w := t.b[:n], t.w[:2*n]
	for p := range b[1:] {
		b[p+1].Set(b[p].Add(t.panelBytes.I32))
	}
	for i := range t.acc {
		for v := range w {
			if i == 0 {
				t.acc[i][v].Set(b[v/2].LoadF32x4(uint32(v % 2 * 16)))
			} else {
				t.acc[i][v].Set(t.acc[0][v].F32x4)
			}
		}
	}
	t.runs.Set(t.arg.Runs.I32())
	t.run.Set(t.arg.RunTable.I32())
	t.Loop(func(nextRun asm.Label) {
		for i, a := range t.a {
			a.Set(t.base[i].I32)
		}
		t.If(t.run.I32, func() {
			t.shift.Set(t.run.LoadI32(0))
			for _, a := range t.a {
				a.Set(a.Add(t.shift.I32))
			}
			t.run.Set(t.run.AddC(4))
		}, nil)
		t.k.Set(t.arg.RunLen.I32())
		t.Loop(func(nextK asm.Label) {
			for v := len(w) - 1; v >= 0; v-- {
				w[v].Set(b[v/2].LoadF32x4(uint32(32 + v%2*16)))
			}
			// Browsers do not care for the next three: inputs are loaded one row ahead, they are
			// the second factor, and the higher weight is loaded first. Under wazero a splat waits
			// for the old value of its register, a product overwrites its first factor, and bounds
			// once checked are not checked again: together 2.4 times faster.
			t.x[0].Set(t.a[0].LoadSplatF32x4(0))
			for i := range t.a {
				if i+1 < len(t.a) {
					t.x[(i+1)%2].Set(t.a[i+1].LoadSplatF32x4(0))
				}
				for v := range w {
					t.acc[i][v].Set(t.acc[i][v].Add(w[v].Mul(t.x[i%2].F32x4)))
				}
			}
			for _, a := range t.a {
				a.Set(a.AddC(4))
			}
			for _, p := range b {
				p.Set(p.AddC(4 * gemmNR))
			}
			t.BrIf(nextK, t.k.Tee(t.k.SubC(1)))
		})
		t.BrIf(nextRun, t.runs.Tee(t.runs.SubC(1)))
	})
	bound := w[0] // the weights' registers are free now
	limit := func(word kernel.Field, none int, limited func(acc, bound asm.F32x4) asm.F32x4) {
		t.If(word.I32().Ne(asm.ConstU32(math.Float32bits(float32(math.Inf(none))))), func() {
			bound.Set(word.F32x4())
			for i := range t.acc {
				for v := range w {
					t.acc[i][v].Set(limited(t.acc[i][v].F32x4, bound.F32x4))
				}
			}
		}, nil)
	}
	limit(t.arg.Lo, -1, asm.F32x4.PMax)
	limit(t.arg.Hi, 1, asm.F32x4.PMin)
	fake := fakeLocals{w[0], w[1], t.x[0], t.x[1]}
	fake.emit(t.Func, t.arg.Fake, func(f func(x asm.F32x4) asm.F32x4) {
		for i := range t.acc {
			for v := range w {
				t.acc[i][v].Set(f(t.acc[i][v].F32x4))
			}
		}
	})
	b[0].Set(b[n-1].AddC(32))
}

// store writes n whole panels.
func (t *gemmTile) store(n int) {
	for i, o := range t.out {
		for v := range 2 * n {
			t.StoreF32x4(o.I32, uint32(16*v), t.acc[i][v].F32x4)
		}
		o.Set(o.AddC(int32(32 * n)))
	}
}

// storeTail writes the last panel's left < 8 columns: the bits of left say which pieces.
func (t *gemmTile) storeTail() {
	t.If(t.left.AndC(4), func() {
		for i, o := range t.out {
			t.StoreF32x4(o.I32, 0, t.acc[i][0].F32x4)
			t.acc[i][0].Set(t.acc[i][1].F32x4)
			o.Set(o.AddC(16))
		}
	}, nil)
	t.If(t.left.AndC(2), func() {
		for i, o := range t.out {
			t.StoreLane64(o.I32, 0, t.acc[i][0].F32x4, 0)
			t.acc[i][0].Set(t.acc[i][0].Shuffle(t.acc[i][0].F32x4, [4]int{2, 3, 2, 3}))
			o.Set(o.AddC(8))
		}
	}, nil)
	t.If(t.left.AndC(1), func() {
		for i, o := range t.out {
			t.StoreLane32(o.I32, 0, t.acc[i][0].F32x4, 0)
		}
	}, nil)
}
