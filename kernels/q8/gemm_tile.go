package q8

import (
	"strconv"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// gemmTile is the function under construction for tiles of mr rows and nv vectors of four columns.
type gemmTile struct {
	*asm.Func
	gemmShape
	dot           relaxedDot // where the shape is relaxed
	args          asm.I32Var
	arg           gemmArgs[kernel.Field] // at args
	base, out, a  []asm.I32Var           // per row: address of k 0; address to write to; the next k
	header, panel asm.I32Var             // addresses of these columns' biases, and of their first weights
	b             asm.I32Var             // the next k of the weights
	column, left  asm.I32Var             // the first column, and how many there are from it to N
	rowSum        *asm.Func
	round         rounding
	f             asm.F32x4Var
	acc           [][]asm.I32x4Var
	w, x          []asm.I8x16Var
	bytes         asm.I8x16Var
	run, runs, k  asm.I32Var
	shift, groups asm.I32Var
}

// emitGEMMTile emits q8_gemm_<mr>x<4·nv>(args, row, end, panel): rows row … end−1, a multiple of mr,
// of one panel, nv vectors of columns at a time.
func emitGEMMTile(m *asm.Module, s gemmShape, dot relaxedDot, rowSum *asm.Func) *asm.Func {
	t := gemmTile{dot: dot, Func: m.Func("q8_gemm_"+strconv.Itoa(s.mr)+"x"+strconv.Itoa(4*s.nv), kernel.Signature()), gemmShape: s, rowSum: rowSum}
	t.args = t.ParamI32(0)
	t.arg = kernel.Fields[gemmArgs[kernel.Field]](t.args.I32, 0)
	from, end, panel := t.ParamI32(1), t.ParamI32(2), t.ParamI32(3)
	row, pass := t.I32(), t.I32()
	t.column, t.round, t.f = t.I32(), newRounding(t.Func), t.F32x4()
	for range s.mr {
		t.base, t.out, t.a = append(t.base, t.I32()), append(t.out, t.I32()), append(t.a, t.I32())
		t.x = append(t.x, t.I8x16())
		var acc []asm.I32x4Var
		for range s.accumulators() {
			acc = append(acc, t.I32x4())
		}
		t.acc = append(t.acc, acc)
	}
	for range s.accumulators() {
		t.w = append(t.w, t.I8x16())
	}
	t.bytes, t.header, t.panel, t.b, t.left = t.I8x16(), t.I32(), t.I32(), t.I32(), t.I32()
	t.run, t.runs, t.k, t.shift, t.groups = t.I32(), t.I32(), t.I32(), t.I32(), t.I32()

	t.groups.Set(t.arg.RunLen.I32().AddC(3).ShrUC(2))
	t.header.Set(t.arg.B.I32().Add(panel.Mul(t.arg.Runs.I32().Mul(t.groups.I32).MulC(s.groupBytes()).AddC(gemmHeader))))
	t.panel.Set(t.header.AddC(gemmHeader))
	t.column.Set(panel.ShlC(4))
	pass.Set(asm.ConstI32(int32(4 / s.nv)))
	t.Loop(func(again asm.Label) {
		t.left.Set(t.arg.N.I32().Sub(t.column.I32))
		row.Set(from.I32)
		t.Loop(func(nextRow asm.Label) {
			t.addresses(t.base, row, t.arg.A)
			t.accumulate()
			t.addresses(t.out, row, t.arg.C)
			for _, o := range t.out {
				o.Set(o.Add(t.column.I32))
			}
			t.finish()
			row.Set(row.AddC(int32(s.mr)))
			t.BrIf(nextRow, row.LtU(end.I32))
		})
		if s.nv < 4 {
			t.header.Set(t.header.AddC(int32(16 * s.nv)))
			t.panel.Set(t.panel.AddC(int32(16 * s.accumulators())))
			t.column.Set(t.column.AddC(int32(4 * s.nv)))
			pass.Set(pass.SubC(1))
			t.BrIf(again, pass.Ne(asm.ConstI32(0)).And(t.column.LtU(t.arg.N.I32())))
		}
	})
	return t.Func
}

// addresses sets one address per row of the tile, by the table of offsets if there is one, else by
// the stride.
func (t *gemmTile) addresses(to []asm.I32Var, row asm.I32Var, rows gemmRowArgs[kernel.Field]) {
	t.If(rows.Table.I32(), func() {
		t.k.Set(rows.Table.I32().Add(row.ShlC(2)))
		for i, a := range to {
			a.Set(rows.At.I32().Add(t.k.LoadI32(uint32(4 * i))))
		}
	}, func() {
		to[0].Set(rows.At.I32().Add(row.Mul(rows.Stride.I32())))
		for i := range to[1:] {
			to[i+1].Set(to[i].Add(rows.Stride.I32()))
		}
	})
}

// accumulate leaves the sums in the first nv accumulators of each row.
func (t *gemmTile) accumulate() {
	for i := range t.acc {
		for v := range t.acc[i] {
			if !t.relaxed {
				t.acc[i][v].Set(asm.ConstI32x4([4]int32{}))
			} else if i == 0 {
				t.acc[0][v].Set(t.header.LoadI32x4(uint32(16 * v)))
			} else {
				t.acc[i][v].Set(t.acc[0][v].I32x4)
			}
		}
	}
	t.b.Set(t.panel.I32)
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
		t.k.Set(t.groups.I32)
		t.Loop(func(nextK asm.Label) {
			t.multiply()
			t.BrIf(nextK, t.k.Tee(t.k.SubC(1)))
		})
		t.BrIf(nextRun, t.runs.Tee(t.runs.SubC(1)))
	})
}

// multiply adds the products of a group of four k.
func (t *gemmTile) multiply() {
	for v, w := range t.w {
		w.Set(t.b.LoadI8x16(uint32(16 * v)))
	}
	for i, a := range t.a {
		x := t.x[0]
		x.Set(a.LoadSplatI32x4(0).I8x16())
		if !t.relaxed {
			x.Set(x.LowU().I8x16())
		}
		a.Set(a.AddC(4))
		for v, w := range t.w {
			if t.relaxed {
				t.acc[i][v].Set(t.dot(w.I8x16, x.I8x16, t.acc[i][v].I32x4))
			} else {
				t.acc[i][v].Set(t.acc[i][v].Add(x.I16x8().DotS(w.I16x8())))
			}
		}
	}
	t.b.Set(t.b.AddC(t.groupBytes()))
}

// finish makes outputs of the sums and writes them.
func (t *gemmTile) finish() {
	for i := range t.acc {
		for v := range t.nv {
			if !t.relaxed {
				a, b := t.acc[i][2*v], t.acc[i][2*v+1]
				pairs := a.Shuffle(b.I32x4, [4]int{0, 2, 4, 6}).Add(a.Shuffle(b.I32x4, [4]int{1, 3, 5, 7}))
				t.acc[i][v].Set(pairs.Add(t.header.LoadI32x4(uint32(16 * v))))
			}
		}
	}
	if t.relaxed { // the other has the weights' zero point in the weights
		t.If(t.arg.BZero.I32(), t.subtractZero, nil)
	}
	t.If(t.arg.Out.Float.I32(), t.finishFloats, t.finishBytes)
}

// subtractZero takes the weights' zero point times the sum of the row off.
func (t *gemmTile) subtractZero() {
	for i := range t.acc {
		t.shift.Set(t.arg.BZero.I32().Mul(asm.CallI32(t.rowSum, t.args, t.base[i])))
		for v := range t.nv {
			t.acc[i][v].Set(t.acc[i][v].Sub(t.shift.SplatI32x4()))
		}
	}
}

func (t *gemmTile) scaled(i, v int) asm.F32x4 {
	return t.acc[i][v].F32S().Mul(t.header.LoadF32x4(uint32(4*gemmNR + 16*v)))
}

func (t *gemmTile) finishBytes() {
	t.round.load(t.arg.Out.Round)
	t.If(t.arg.Out.Far.I32(), func() { t.writeBytes(t.round.whole) }, func() { t.writeBytes(t.round.near) })
}

func (t *gemmTile) writeBytes(whole func(asm.F32x4) asm.I32x4) {
	for i, o := range t.out {
		for v := range t.nv {
			t.acc[i][v].Set(whole(t.scaled(i, v)))
		}
		acc := t.acc[i]
		t.bytes.Set(t.round.bytes(acc[0].NarrowS(acc[min(1, t.nv-1)].I32x4), acc[min(2, t.nv-1)].NarrowS(acc[t.nv-1].I32x4)))
		t.If(t.left.GeS(asm.ConstI32(int32(4*t.nv))), func() {
			storeBytes(t.Func, o.I32, t.bytes, 4*t.nv)
		}, func() {
			storeTail(t.Func, o, t.bytes, t.left, 4*t.nv)
		})
	}
}

func (t *gemmTile) finishFloats() {
	for i, o := range t.out {
		o.Set(o.Add(t.column.MulC(3)))
		for v := range t.nv {
			t.f.Set(t.scaled(i, v))
			t.If(t.left.GeS(asm.ConstI32(int32(4*v+4))), func() {
				t.StoreF32x4(o.I32, uint32(16*v), t.f.F32x4)
			}, func() {
				for c := range 3 {
					t.If(t.left.GtS(asm.ConstI32(int32(4*v+c))), func() {
						t.StoreLane32(o.I32, uint32(16*v+4*c), t.f.F32x4, c)
					}, nil)
				}
			})
		}
	}
}
