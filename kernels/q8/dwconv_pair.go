package q8

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// emitDWPair emits <name>_<k>x<k>s1_pair(args, x, y, 0): two neighbouring output rows of all channels,
// eight at a time. Their four input rows are one group of positions, which both rows multiply: half the
// loads and interleaving of one row by itself. The groups of the last columns are kept, not the sums
// in flight, of which there would be too many.
func emitDWPair(m *asm.Module, name string, w dwWindow, t dwDot) *asm.Func {
	d := dwFunc{Func: m.Func(fmt.Sprintf("%s_%dx%ds%d_pair", name, w.k, w.k, w.stride), kernel.Signature()), dwWindow: w, dwDot: t}
	d.arg = kernel.Fields[dwArgs[kernel.Field]](d.ParamI32(0).I32, 0)
	x, y := d.ParamI32(1), d.ParamI32(2)
	columns := make([][2]asm.I8x16Var, w.k) // of the window
	for i := range columns {
		columns[i] = [2]asm.I8x16Var{d.I8x16(), d.I8x16()}
	}
	acc := [2]asm.I32x4Var{d.I32x4(), d.I32x4()}
	column := func(c int) {
		d.next()
		low, high := weave(d.half(d.x[0].I8x16, d.x[1].I8x16), d.half(d.x[2].I8x16, d.x[3].I8x16))
		columns[c][0].Set(low)
		columns[c][1].Set(high)
	}
	d.blocks(x, y, w.k+1, w.k, func() {
		for c := range w.k - 1 {
			column(c)
		}
	}, func() {
		column(w.k - 1)
		for row := range 2 {
			for h := range acc {
				acc[h].Set(d.block.LoadI32x4(uint32(16 * h)))
				for kx := range columns {
					acc[h].Set(d.dot(d.weights(row*w.k+kx, h), columns[kx][h].I8x16, acc[h].I32x4))
				}
			}
			out := d.out.I32
			if row == 1 {
				out = out.Add(d.arg.Y.Row.I32())
			}
			d.finish(acc, out)
		}
		for i := range columns[1:] {
			for h := range 2 {
				columns[i][h].Set(columns[i+1][h].I8x16)
			}
		}
	})
	return d.Func
}
