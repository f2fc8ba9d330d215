package q8_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// dwCase is a shape; gaps are bytes between pixels, rows and images.
type dwCase struct {
	dot                                  call.Dot
	n, oh, ow, c, kh, kw, sh, sw, dh, dw int
	gapped                               bool
	wide                                 bool // uint8 weights with a zero point
	float, epilogue, lookup              bool
}

// build makes the call and the arena that checks it.
func (c dwCase) build(r *rand.Rand) (*arena, call.Call) {
	gap := func() int {
		if c.gapped {
			return r.IntN(4)
		}
		return 0
	}
	a := newArena()
	d := ref.QDWConv{
		N: c.n, OH: c.oh, OW: c.ow, C: c.c, KH: c.kh, KW: c.kw, StrideH: c.sh, StrideW: c.sw, DilH: c.dh, DilW: c.dw,
		XZero: int32(r.IntN(256)), M: multipliers(r, c.c, c.kh*c.kw),
	}
	var out q8.Out
	out, d.QOut = outCase(a, r, c.dot, c.c, c.float, c.epilogue, c.lookup)
	if c.dot.Signed() {
		d.XZero -= 128
	}
	for _, b := range random(r, c.kh*c.kw*c.c) {
		d.W = append(d.W, int32(int8(b)))
	}
	for range c.c {
		d.Bias, d.WZero = append(d.Bias, int32(r.IntN(1<<12)-1<<11)), append(d.WZero, 0)
		if c.wide {
			d.WZero[len(d.WZero)-1] = int32(r.IntN(256)) - 128
		}
	}
	d.XPix, d.YPix = c.c+gap(), c.c+gap()
	d.XRow = ((c.ow-1)*c.sw+(c.kw-1)*c.dw+1)*d.XPix + gap()
	d.YRow = c.ow*d.YPix + gap()
	d.XImg = ((c.oh-1)*c.sh+(c.kh-1)*c.dh+1)*d.XRow + gap()
	d.YImg = c.oh*d.YRow + gap()
	// the last element read is the last of the last pixel: no gaps behind it, the guard band begins
	last := (c.n-1)*d.XImg + ((c.oh-1)*c.sh+(c.kh-1)*c.dh)*d.XRow + ((c.ow-1)*c.sw+(c.kw-1)*c.dw)*d.XPix + c.c
	d.X = random(r, last)
	w := q8.DWWeights{Data: make([]int8, len(d.W)), Zero: d.WZero, XZero: d.XZero, Bias: d.Bias, M: d.M}
	for i, q := range d.W {
		w.Data[i%c.c*c.kh*c.kw+i/c.c] = int8(q)
	}
	scale := 1
	if c.float {
		scale = 4
	}
	out32 := func(elements int) uint32 { return uint32(scale * elements) }
	k := q8.DWConv{
		Dot: c.dot, Wide: w.Wide(c.c), X: a.bytes(d.X), XImg: uint32(d.XImg), XRow: uint32(d.XRow), XPix: uint32(d.XPix),
		YImg: out32(d.YImg), YRow: out32(d.YRow), YPix: out32(d.YPix), N: uint32(c.n), OH: uint32(c.oh), OW: uint32(c.ow), C: uint32(c.c),
		KH: uint32(c.kh), KW: uint32(c.kw), StrideH: uint32(c.sh), StrideW: uint32(c.sw), DilH: uint32(c.dh), DilW: uint32(c.dw), Out: out,
	}
	packed := make([]byte, k.PackedLen())
	k.Pack(packed, w)
	k.W = a.bytes(packed)
	if c.float {
		d.F = randomFloats(r, c.n*d.YImg)
		before := floatBytes(d.F)
		d.Do()
		k.Y = a.output(before, floatBytes(d.F))
	} else {
		d.Y = random(r, c.n*d.YImg)
		before := bytes.Clone(d.Y)
		d.Do()
		k.Y = a.output(before, d.Y)
	}
	return a, k.Call()
}

func (c dwCase) run(t *testing.T, engines []*engine.Engine, r *rand.Rand) {
	t.Helper()
	a, made := c.build(r)
	if !a.checkBoth(t, engines, made) {
		t.Fatalf("%+v", c)
	}
}

// dwEdges is every special window and its neighbours over the edges of columns and channels.
func dwEdges(dot call.Dot, wide bool) []dwCase {
	var cases []dwCase
	for _, k := range [][2]int{{3, 3}, {5, 5}, {3, 5}, {1, 1}, {7, 7}} {
		for stride := 1; stride <= 3; stride++ {
			for ow := 1; ow <= 12; ow++ {
				for _, c := range []int{1, 7, 8, 9, 15, 16, 23, 24} {
					cases = append(cases, dwCase{dot: dot, n: 1 + ow%2, oh: 1 + c%3, ow: ow, c: c, kh: k[0], kw: k[1], sh: stride, sw: stride,
						dh: 1, dw: 1, gapped: ow%2 == 0, wide: wide, float: (ow+c)%5 == 0})
				}
			}
		}
	}
	return cases
}

func dwRandom(dot call.Dot, r *rand.Rand) dwCase {
	k := 1 + r.IntN(6)
	c := dwCase{
		dot: dot, n: 1 + r.IntN(2), oh: 1 + r.IntN(4), ow: 1 + r.IntN(14), c: 1 + r.IntN(40), kh: k, kw: max(1, k-r.IntN(2)),
		sh: 1 + r.IntN(2), sw: 1 + r.IntN(2), dh: 1 + r.IntN(2), dw: max(1, r.IntN(3)), gapped: r.IntN(2) == 0,
		wide: r.IntN(2) == 0, float: r.IntN(3) == 0,
	}
	c.epilogue, c.lookup = c.float && r.IntN(2) == 0, !c.float && r.IntN(2) == 0
	return c
}

func TestDWConv(t *testing.T) {
	e := both(t, entry{call.Q8DWConv, q8.EmitDWConv}, entry{call.Q8DWConvSigned, q8.EmitDWConvSigned})
	r := rand.New(rand.NewPCG(4, 1))
	for _, wide := range []bool{false, true} {
		for _, c := range dwEdges(call.DotI16, wide) {
			c.run(t, e, r)
		}
	}
	for _, c := range dwEdges(call.DotS8, true) { // wide weights, which the relaxed dot product cannot take
		c.run(t, e, r)
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(5, seed))
		dwRandom(call.DotI16, r).run(t, e, r)
	}
}
