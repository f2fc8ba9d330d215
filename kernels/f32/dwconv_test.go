package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// dwCase is a shape; gaps are elements between pixels, rows and images.
type dwCase struct {
	n, oh, ow, c, kh, kw, sh, sw, dh, dw int
	gapped, special, epilogue            bool
	lo, hi                               float32
}

func (c dwCase) run(t *testing.T, engines []*engine.Engine, r *rand.Rand) {
	t.Helper()
	gap := func() int {
		if c.gapped {
			return r.IntN(4)
		}
		return 0
	}
	d := ref.DWConv{
		N: c.n, OH: c.oh, OW: c.ow, C: c.c, KH: c.kh, KW: c.kw, StrideH: c.sh, StrideW: c.sw, DilH: c.dh, DilW: c.dw,
		W: random(r, c.kh*c.kw*c.c, c.special), Bias: random(r, c.c, c.special), Lo: c.lo, Hi: c.hi,
	}
	d.XPix, d.YPix = c.c+gap(), c.c+gap()
	d.XRow = ((c.ow-1)*c.sw+(c.kw-1)*c.dw+1)*d.XPix + gap()
	d.YRow = c.ow*d.YPix + gap()
	d.XImg = ((c.oh-1)*c.sh+(c.kh-1)*c.dh+1)*d.XRow + gap()
	d.YImg = c.oh*d.YRow + gap()
	// the last element read is the last of the last pixel: no gaps behind it, the guard band begins
	last := (c.n-1)*d.XImg + ((c.oh-1)*c.sh+(c.kh-1)*c.dh)*d.XRow + ((c.ow-1)*c.sw+(c.kw-1)*c.dw)*d.XPix + c.c
	d.X = random(r, last, c.special)
	d.Y = random(r, c.n*d.YImg, false)
	packed := make([]float32, f32.PackedDWLen(c.kh, c.kw, c.c))
	turned := make([]float32, len(d.W)) // [c][kh][kw]
	for i, w := range d.W {
		turned[i%c.c*c.kh*c.kw+i/c.c] = w
	}
	f32.PackDW(packed, c.kh, c.kw, c.c, d.Bias, turned)

	a := newArena()
	bytes := func(elements int) uint32 { return uint32(4 * elements) }
	k := f32.DWConv{
		X: a.floats(d.X), XImg: bytes(d.XImg), XRow: bytes(d.XRow), XPix: bytes(d.XPix), W: a.floats(packed),
		Y: a.output(d.Y), YImg: bytes(d.YImg), YRow: bytes(d.YRow), YPix: bytes(d.YPix),
		N: uint32(c.n), OH: uint32(c.oh), OW: uint32(c.ow), C: uint32(c.c), KH: uint32(c.kh), KW: uint32(c.kw),
		StrideH: uint32(c.sh), StrideW: uint32(c.sw), DilH: uint32(c.dh), DilW: uint32(c.dw), Lo: c.lo, Hi: c.hi,
	}
	if c.epilogue {
		k.Epilogue, d.Epilogue = chain(a, r, c.c)
	}
	d.Do()
	if !a.checkAll(t, engines, k.Call(), d.Y) {
		t.Fatalf("%+v", c)
	}
}

// Every special window and its neighbours over the edges of columns and channels.
func TestDWConv(t *testing.T) {
	e := ways(t, entry{call.F32DWConv, f32.EmitDWConv})
	r := rand.New(rand.NewPCG(3, 1))
	for _, k := range [][2]int{{3, 3}, {5, 5}, {3, 5}, {1, 1}, {7, 7}} {
		for stride := 1; stride <= 3; stride++ {
			for ow := 1; ow <= 16; ow++ {
				for c := 1; c <= 12; c++ {
					dwCase{n: 1 + ow%2, oh: 1 + c%3, ow: ow, c: c, kh: k[0], kw: k[1], sh: stride, sw: stride, dh: 1, dw: 1, lo: -inf, hi: inf, gapped: ow%2 == 0}.run(t, e, r)
				}
			}
		}
	}
}

func TestDWConvRandom(t *testing.T) {
	e := ways(t, entry{call.F32DWConv, f32.EmitDWConv})
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(4, seed))
		clamps := [][2]float32{{-inf, inf}, {0, inf}, {0, 6}, {-0.5, 0.25}}
		c := clamps[r.IntN(len(clamps))]
		k := 1 + r.IntN(6)
		dwCase{
			n: 1 + r.IntN(2), oh: 1 + r.IntN(4), ow: 1 + r.IntN(11), c: 1 + r.IntN(21), kh: k, kw: max(1, k-r.IntN(2)),
			sh: 1 + r.IntN(2), sw: 1 + r.IntN(2), dh: 1 + r.IntN(2), dw: max(1, r.IntN(3)), gapped: r.IntN(2) == 0,
			special: r.IntN(3) > 0, epilogue: r.IntN(2) == 0, lo: c[0], hi: c[1],
		}.run(t, e, r)
	}
}
