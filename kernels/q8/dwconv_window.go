package q8

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// dwFunc is the function under construction for one special window.
type dwFunc struct {
	*asm.Func
	dwWindow
	dwDot
	whole  int // kernel rows taken in groups; the row after them, if there is one, goes column by column
	rest   bool
	arg    dwArgs[kernel.Field]
	block  asm.I32Var   // packed weights of the eight channels
	in     []asm.I32Var // per kernel row: the next input column
	pix    asm.I32Var
	x      []asm.I8x16Var // per kernel row: the column's channels
	halves []asm.I8x16Var // of the row that is left: the last, the one before it, …
	before asm.I8x16Var   // of the row that is left: the column before
	group  [2]asm.I8x16Var
	acc    [][2]asm.I32x4Var // per output in flight, the oldest first
	round  rounding
	narrow asm.I16x8Var
	out    asm.I32Var
	bytes  asm.I8x16Var
}

// emitDWWindow emits <name>_<k>x<k>s<stride>(args, x, y, 0): one output row of all channels, eight at
// a time. The row is gone over column by column: each is loaded once and feeds all outputs whose
// windows it lies in.
func emitDWWindow(m *asm.Module, name string, w dwWindow, t dwDot) *asm.Func {
	d := dwFunc{Func: m.Func(fmt.Sprintf("%s_%dx%ds%d", name, w.k, w.k, w.stride), kernel.Signature()), dwWindow: w, dwDot: t}
	d.whole, d.rest = dwRows(w, t.size)
	d.arg = kernel.Fields[dwArgs[kernel.Field]](d.ParamI32(0).I32, 0)
	x, y := d.ParamI32(1), d.ParamI32(2)
	for range t.size {
		d.halves = append(d.halves, d.I8x16())
	}
	d.before, d.group = d.I8x16(), [2]asm.I8x16Var{d.I8x16(), d.I8x16()}
	for range (w.k-1)/w.stride + 1 {
		d.acc = append(d.acc, [2]asm.I32x4Var{d.I32x4(), d.I32x4()})
	}
	// as many steps as there are accumulators, so that they need not move
	d.blocks(x, y, w.k, len(d.acc), func() {
		for column := range w.k - w.stride {
			d.column(column)
		}
	}, func() {
		for column := w.k - w.stride; column < w.k; column++ {
			d.column(column)
		}
		d.finish(d.acc[0], d.out.I32)
		for i := range d.acc[1:] {
			for h := range 2 {
				d.acc[i][h].Set(d.acc[i+1][h].I32x4)
			}
		}
	})
	return d.Func
}

// blocks emits the loop over blocks of eight channels, and in each over the output columns, steps at
// a time: start is emitted before the first and step for each of them. It reads so many input rows.
func (d *dwFunc) blocks(x, y asm.I32Var, rows, steps int, start, step func()) {
	pitch, c, left := d.I32(), d.I32(), d.I32()
	d.block, d.pix, d.out = d.I32(), d.I32(), d.I32()
	for range rows {
		d.in, d.x = append(d.in, d.I32()), append(d.x, d.I8x16())
	}
	d.round, d.narrow, d.bytes = newRounding(d.Func), d.I16x8(), d.I8x16()
	d.round.load(d.arg.Out.Round)
	d.pix.Set(d.arg.X.Pix.I32())
	pitch.Set(d.arg.X.Row.I32().Mul(d.arg.DilH.I32()))
	d.block.Set(d.arg.W.I32())
	c.Set(asm.ConstI32(0))
	d.Loop(func(nextBlock asm.Label) {
		// the last block may overlap the one before
		first := d.arg.C.I32().SubC(dwLanes)
		d.If(c.GtU(first), func() { c.Set(first) }, nil)
		d.in[0].Set(x.Add(c.I32))
		for r := range d.in[1:] {
			d.in[r+1].Set(d.in[r].Add(pitch.I32))
		}
		d.out.Set(y.Add(c.Shl(d.arg.Out.Float.I32().ShlC(1))))
		left.Set(d.arg.OW.I32())
		start()
		d.Block(func(done asm.Label) {
			d.Loop(func(next asm.Label) {
				for range steps {
					step()
					d.out.Set(d.out.Add(d.arg.Y.Pix.I32()))
					d.BrIf(done, left.Tee(left.SubC(1)).Eqz())
				}
				d.Br(next)
			})
		})
		d.block.Set(d.block.AddC(int32(dwBlockBytes(d.dwWindow, d.size))))
		c.Set(c.AddC(dwLanes))
		d.BrIf(nextBlock, c.LtU(d.arg.C.I32()))
	})
}

// next loads the next input column.
func (d *dwFunc) next() {
	for r, in := range d.in {
		d.x[r].Set(d.load(in.I32))
		in.Set(in.Add(d.pix.I32))
	}
}

// column loads input column c, counted from the window of the oldest output in flight, and adds what
// it completes.
func (d *dwFunc) column(c int) {
	d.next()
	groups := 0
	for r := 0; r < d.whole; r += d.size {
		// beyond the window any row will do but the same twice: browsers interleave two vectors with
		// one instruction, and one with itself by a table
		row := func(i int) asm.I8x16 { return d.x[(r+i)%d.k].I8x16 }
		d.weave(d.half(row(0), row(1)), d.half(row(d.size/2), row(d.size/2+1)))
		for i := range d.acc {
			if kx := c - i*d.stride; kx >= 0 && kx < d.k {
				d.add(i, groups+kx, r == 0 && kx == 0)
			}
		}
		groups += d.k
	}
	if !d.rest {
		return
	}
	x := d.x[d.whole].I8x16
	start := x // of the half that this column ends
	if d.size == 4 {
		start = d.before.I8x16
	}
	d.halves[0].Set(d.half(start, x))
	if base := c - d.size + 1; base >= 0 {
		var adds [][2]int // output, group
		for i := range d.acc {
			for h := 0; h+d.size <= d.k; h += d.size {
				if i*d.stride+h == base {
					adds = append(adds, [2]int{i, groups + h/d.size})
				}
			}
		}
		last := groups + d.k/d.size
		if d.stride == 1 && base == d.k-d.size {
			adds = append(adds, [2]int{0, last})
		}
		if len(adds) > 0 {
			d.weave(d.halves[d.size/2].I8x16, d.halves[0].I8x16)
		}
		for _, a := range adds {
			d.add(a[0], a[1], false)
		}
		if d.stride > 1 && c == d.k-1 {
			d.weave(d.half(x, d.before.I8x16), d.halves[0].I8x16)
			d.add(0, last, false)
		}
	}
	for i := len(d.halves) - 1; i > 0; i-- {
		d.halves[i].Set(d.halves[i-1].I8x16)
	}
	d.before.Set(x)
}

func (d *dwFunc) weave(a, b asm.I8x16) {
	low, high := weave(a, b)
	d.group[0].Set(low)
	d.group[1].Set(high)
}

// add adds the products of the group's channels with a group of weights to output i.
func (d *dwFunc) add(i, weights int, first bool) {
	for h := range 2 {
		acc := d.acc[i][h].I32x4
		if first {
			acc = d.block.LoadI32x4(uint32(16 * h))
		}
		d.acc[i][h].Set(d.dot(d.weights(weights, h), d.group[h].I8x16, acc))
	}
}

// weights is half h of a group of weights.
func (d *dwFunc) weights(group, h int) asm.I8x16 {
	return d.block.LoadI8x16(uint32(8*dwLanes + 32*group + 16*h))
}

// finish writes eight channels.
func (d *dwFunc) finish(acc [2]asm.I32x4Var, out asm.I32) {
	scaled := func(h int) asm.F32x4 {
		return acc[h].F32S().Mul(d.block.LoadF32x4(uint32(4*dwLanes + 16*h)))
	}
	d.If(d.arg.Out.Float.I32(), func() {
		d.StoreF32x4(out, 0, scaled(0))
		d.StoreF32x4(out, 16, scaled(1))
	}, func() {
		d.narrow.Set(d.round.whole(scaled(0)).NarrowS(d.round.whole(scaled(1))))
		d.bytes.Set(d.round.bytes(d.narrow.I16x8, d.narrow.I16x8))
		storeBytes(d.Func, out, d.bytes, dwLanes)
	})
}
