package f32

import (
	"strconv"

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

func (t tile) name(of string) string { return "f32_winograd" + strconv.Itoa(int(t)) + "_" + of }

// A transformation along one axis takes numbers, each of which it may read several times, to as many others, by way of four
// variables: those of ref.Winograd.
type transformation func(v [4]asm.F32x4Var, x []asm.F32x4) []asm.F32x4

func times(x asm.F32x4, c float32) asm.F32x4 { return x.Mul(asm.ConstF32x4(c)) }

// set gives a variable a value, which is read from it from then on.
func set(v asm.F32x4Var, x asm.F32x4) asm.F32x4 {
	v.Set(x)
	return v.F32x4
}

func (t tile) input(v [4]asm.F32x4Var, d []asm.F32x4) []asm.F32x4 {
	if t == 2 {
		return []asm.F32x4{d[0].Sub(d[2]), d[1].Add(d[2]), d[2].Sub(d[1]), d[1].Sub(d[3])}
	}
	a, b := set(v[0], d[4].Sub(times(d[2], 4))), set(v[1], d[3].Sub(times(d[1], 4)))
	c, f := set(v[2], d[4].Sub(d[2])), set(v[3], d[3].Sub(d[1]))
	return []asm.F32x4{times(d[0].Sub(d[2]), 4).Add(c), a.Add(b), a.Sub(b), c.Add(times(f, 2)), c.Sub(times(f, 2)), d[5].Sub(d[3]).Sub(times(f, 4))}
}

func (t tile) output(v [4]asm.F32x4Var, m []asm.F32x4) []asm.F32x4 {
	if t == 2 {
		return []asm.F32x4{m[0].Add(m[1]).Add(m[2]), m[1].Sub(m[2]).Sub(m[3])}
	}
	p, q := set(v[0], m[1].Add(m[2])), set(v[1], m[1].Sub(m[2]))
	r, s := set(v[2], m[3].Add(m[4])), set(v[3], m[3].Sub(m[4]))
	if t == 3 {
		return []asm.F32x4{m[0].Add(p).Add(r), q.Add(times(s, 2)), p.Add(times(r, 4)).Add(m[5])}
	}
	return []asm.F32x4{m[0].Add(p).Add(r), q.Add(times(s, 2)), p.Add(times(r, 4)), q.Add(times(s, 8)).Add(m[5])}
}

// gradient is that of tiles of 4×4.
func (t tile) gradient(v [4]asm.F32x4Var, g []asm.F32x4) []asm.F32x4 {
	a, b := set(v[0], g[0].Add(g[2])), set(v[1], g[1].Add(g[3]))
	c, d := set(v[2], g[0].Add(times(g[2], 4))), set(v[3], times(g[1].Add(times(g[3], 4)), 2))
	return []asm.F32x4{g[0], a.Add(b), a.Sub(b), c.Add(d), c.Sub(d), g[3]}
}

// square is the transformation of square matrices under construction, of four channels at a time.
type square struct {
	*asm.Func
	transform transformation
	column    []asm.F32x4Var   // or row, of what goes in
	half      [][]asm.F32x4Var // columns of what is between
	v         [4]asm.F32x4Var
}

func newSquare(f *asm.Func, from, to int, transform transformation) square {
	s := square{Func: f, transform: transform, column: vectors(f, from), v: [4]asm.F32x4Var(vectors(f, 4))}
	for range from {
		s.half = append(s.half, vectors(f, to))
	}
	return s
}

func vectors(f *asm.Func, n int) []asm.F32x4Var {
	v := make([]asm.F32x4Var, n)
	for i := range v {
		v[i] = f.F32x4()
	}
	return v
}

func values(v []asm.F32x4Var) []asm.F32x4 {
	x := make([]asm.F32x4, len(v))
	for i := range v {
		x[i] = v[i].F32x4
	}
	return x
}

// columns transforms what load sets the variables to, row i of column j.
func (s square) columns(load func(to asm.F32x4Var, i, j int)) {
	for j, half := range s.half {
		for i, x := range s.column {
			load(x, i, j)
		}
		for i, x := range s.transform(s.v, values(s.column)) {
			half[i].Set(x)
		}
	}
}

// row is row i of what comes out.
func (s square) row(i int) []asm.F32x4 {
	var x []asm.F32x4
	for _, half := range s.half {
		x = append(x, half[i].F32x4)
	}
	return s.transform(s.v, x)
}

// emitInput emits what makes v = Bᵀ·d·B for the windows d of n tiles in a row.
func (t tile) emitInput(m *asm.Module) *asm.Func {
	f := m.Func(t.name("input"), winogradSignature())
	arg, x, v, n, rows, columns := kernel.Fields[winogradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	step, channels, c, to := f.I32(), f.I32(), f.I32(), f.I32()
	side, reach := t.window(), int32(t.taps()-2)
	row, pixel := i32s(f, side), i32s(f, side) // addresses of the window's rows, offsets of its pixels
	window := newSquare(f, side, side, t.input)
	channels.Set(arg.C.I32().ShlC(2))
	step.Set(arg.Tiles.I32().Mul(channels.I32))
	f.Loop(func(again asm.Label) {
		// Beyond the image, where only outputs that are not kept see it, the last row and column stand again.
		for i := range side {
			row[i].Set(x.Add(arg.X.Row.I32().Mul(least(asm.ConstI32(int32(i)), rows.AddC(reach)))))
			pixel[i].Set(arg.X.Pix.I32().Mul(least(asm.ConstI32(int32(i)), columns.AddC(reach))))
		}
		f.For(c, asm.ConstI32(0), channels.I32, 16, func() {
			to.Set(v.Add(c.I32))
			window.columns(func(d asm.F32x4Var, i, j int) { d.Set(row[i].Add(pixel[j].I32).LoadF32x4(0)) })
			for i := range side {
				for _, y := range window.row(i) {
					f.StoreF32x4(to.I32, 0, y)
					to.Set(to.Add(step.I32))
				}
			}
			for _, r := range row {
				r.Set(r.AddC(16))
			}
		})
		x.Set(x.Add(arg.X.Pix.I32().MulC(int32(t))))
		v.Set(v.Add(channels.I32))
		columns.Set(columns.SubC(int32(t)))
		f.BrIf(again, n.Tee(n.SubC(1)))
	})
	return f
}

// emitOutput emits what makes y = clamp(Aᵀ·m·A) for the products m of n tiles in a row, as
// far as it lies in the image.
func (t tile) emitOutput(m *asm.Module) *asm.Func {
	f := m.Func(t.name("output"), winogradSignature())
	arg, y, in, n, rows, columns := kernel.Fields[winogradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	step, line, channels, c, from, to, at := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	lo, hi := f.F32x4(), f.F32x4()
	products := newSquare(f, t.window(), int(t), t.output)
	channels.Set(arg.O.I32().ShlC(2))
	step.Set(arg.Tiles.I32().Mul(channels.I32))
	line.Set(step.MulC(int32(t.window())))
	lo.Set(arg.Lo.F32x4())
	hi.Set(arg.Hi.F32x4())
	f.Loop(func(again asm.Label) {
		f.For(c, asm.ConstI32(0), channels.I32, 16, func() {
			products.columns(func(x asm.F32x4Var, i, j int) {
				if i == 0 {
					from.Set(in.Add(c.I32).Add(step.MulC(int32(j))))
				}
				x.Set(from.LoadF32x4(0))
				from.Set(from.Add(line.I32))
			})
			to.Set(y.Add(c.I32))
			for i := range int(t) {
				inside(f, rows, i, func() {
					at.Set(to.I32)
					for j, z := range products.row(i) {
						inside(f, columns, j, func() {
							f.StoreF32x4(at.I32, 0, z.PMax(lo.F32x4).PMin(hi.F32x4))
							at.Set(at.Add(arg.Y.Pix.I32()))
						})
					}
					to.Set(to.Add(arg.Y.Row.I32()))
				})
			}
		})
		y.Set(y.Add(arg.Y.Pix.I32().MulC(int32(t))))
		in.Set(in.Add(channels.I32))
		columns.Set(columns.SubC(int32(t)))
		f.BrIf(again, n.Tee(n.SubC(1)))
	})
	return f
}

// inside runs body where a tile's row or column i is one of the image, which has left of them from the tile's first on.
func inside(f *asm.Func, left asm.I32Var, i int, body func()) {
	if i == 0 {
		body()
		return
	}
	f.If(left.GtU(asm.ConstI32(int32(i))), body, nil)
}

func i32s(f *asm.Func, n int) []asm.I32Var {
	v := make([]asm.I32Var, n)
	for i := range v {
		v[i] = f.I32()
	}
	return v
}
