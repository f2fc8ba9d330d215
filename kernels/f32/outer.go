package f32

import (
	"strconv"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// The gradient of weights is a sum of outer products, one a pixel: of the gradient of what a layer makes there, and of what
// it reads there. Both are read where they lie. A tile is so many elements of the first by eight of the second.

// outerRows are the heights of tiles: four by eight sums are enough that no addition waits for another, and channels are most often a multiple of four.
var outerRows = []int{4, 2, 1}

const (
	outerMR    = 4
	outerStrip = 3 * 4 // bytes of a strip: where its first pixel lies from x and from y, and how many pixels it has
)

// outerSignature is (y, x, to, columns, strip, end, add, yPix, xPix, ldc): the addresses of the first numbers, of the tile's
// first sum, how many elements of x there are, the addresses of the first strip and behind the last, whether the sums are added to what lies
// there, and the bytes from pixel to pixel and from row to row of sums.
func outerSignature() asm.Signature {
	i := asm.TypeI32
	return asm.Signature{Params: []asm.Type{i, i, i, i, i, i, i, i, i, i}}
}

// outerOf is the function for tiles of mr rows, which kernels share.
func outerOf(e kernel.Env, mr int) *asm.Func {
	name := "f32_outer_" + strconv.Itoa(mr) + "x8"
	return e.Once(name, func(m *asm.Module) *asm.Func { return emitOuter(m, name, mr) })
}

func emitOuter(m *asm.Module, name string, mr int) *asm.Func {
	f := m.Func(name, outerSignature())
	y, x, to, columns, first, end := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	add, yPix, xPix, ldc := f.ParamI32(6), f.ParamI32(7), f.ParamI32(8), f.ParamI32(9)
	strip, yp, xp, k := f.I32(), f.I32(), f.I32(), f.I32()
	w, a := []asm.F32x4Var{f.F32x4(), f.F32x4()}, []asm.F32x4Var{f.F32x4(), f.F32x4()}
	acc := make([][]asm.F32x4Var, mr)
	for i := range acc {
		acc[i] = []asm.F32x4Var{f.F32x4(), f.F32x4()}
	}
	panel := func(l lanes, vectors, floats int) {
		each := func(do func(i, v int)) {
			for i := range acc {
				for v := range vectors {
					do(i, v)
				}
			}
		}
		each(func(i, v int) { acc[i][v].Set(asm.ConstF32x4(0)) })
		strip.Set(first.I32)
		f.Loop(func(next asm.Label) {
			xp.Set(x.Add(strip.LoadI32(0)))
			yp.Set(y.Add(strip.LoadI32(4)))
			k.Set(strip.LoadI32(8))
			f.Loop(func(again asm.Label) {
				for v := vectors - 1; v >= 0; v-- {
					w[v].Set(l.load(xp.I32, uint32(16*v)))
				}
				a[0].Set(yp.LoadSplatF32x4(0)) // one row ahead, see gemmTile
				for i := range acc {
					if i+1 < len(acc) {
						a[(i+1)%2].Set(yp.LoadSplatF32x4(uint32(4 * (i + 1))))
					}
					for v := range vectors {
						acc[i][v].Set(acc[i][v].Add(w[v].Mul(a[i%2].F32x4)))
					}
				}
				xp.Set(xp.Add(xPix.I32))
				yp.Set(yp.Add(yPix.I32))
				f.BrIf(again, k.Tee(k.SubC(1)))
			})
			f.BrIf(next, strip.Tee(strip.AddC(outerStrip)).Ne(end.I32))
		})
		xp.Set(to.I32)
		f.If(add.I32, func() {
			each(func(i, v int) {
				acc[i][v].Set(l.load(xp.I32, uint32(16*v)).Add(acc[i][v].F32x4))
				if v == vectors-1 {
					xp.Set(xp.Add(ldc.I32))
				}
			})
			xp.Set(to.I32)
		}, nil)
		each(func(i, v int) {
			l.store(f, xp.I32, uint32(16*v), acc[i][v].F32x4)
			if v == vectors-1 {
				xp.Set(xp.Add(ldc.I32))
			}
		})
		x.Set(x.AddC(int32(4 * floats)))
		to.Set(to.AddC(int32(4 * floats)))
		columns.Set(columns.AddC(int32(-floats)))
	}
	for _, p := range []struct {
		l               lanes
		vectors, floats int
	}{{lanes{}, 2, 8}, {lanes{}, 1, 4}, {lanes{single: true}, 1, 1}} {
		f.While(func() asm.I32 { return columns.GeU(asm.ConstI32(int32(p.floats))) }, func() { panel(p.l, p.vectors, p.floats) })
	}
	return f
}
