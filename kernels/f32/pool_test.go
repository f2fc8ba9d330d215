package f32_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// poolCase is a random pooling geometry: dilation, uneven padding, halos, gaps, windows that end
// beyond the padding (ceil_mode).
func poolCase(r *rand.Rand, i int) (p ref.Pool, xSize, ySize int) {
	p = ref.Pool{
		N: 1 + r.IntN(2), H: 1 + r.IntN(9), W: 1 + r.IntN(9), C: 1 + r.IntN(40), KH: 1 + r.IntN(4), KW: 1 + r.IntN(4),
		SH: 1 + r.IntN(3), SW: 1 + r.IntN(3), DH: 1 + r.IntN(2), DW: 1 + r.IntN(2),
		PT: r.IntN(3), PL: r.IntN(3), PB: r.IntN(3), PR: r.IntN(3), CountPad: i%2 == 0,
	}
	out := func(n, k, s, d, pad int) int {
		n += pad - (k-1)*d - 1
		if n < 0 {
			return 1
		}
		if r.IntN(2) == 0 { // ceil_mode
			n += s - 1
		}
		return n/s + 1
	}
	p.OH, p.OW = out(p.H, p.KH, p.SH, p.DH, p.PT+p.PB), out(p.W, p.KW, p.SW, p.DW, p.PL+p.PR)
	gap := func() int { return r.IntN(3) * (i % 3 % 2) }
	p.SrcW = p.C + gap()
	p.SrcH = p.W*p.SrcW + gap()
	p.SrcN = p.H*p.SrcH + gap()
	p.DstW = p.C + gap()
	p.DstH = p.OW*p.DstW + gap()
	p.DstN = p.OH*p.DstH + gap()
	return p, p.N * p.SrcN, p.N * p.DstN
}

func poolOf(p ref.Pool, x, y uint32, epilogue []call.EpilogueOp) f32.Pool {
	u := func(n int) uint32 { return uint32(n) }
	return f32.Pool{
		X: x, XImg: u(4 * p.SrcN), XRow: u(4 * p.SrcH), XPix: u(4 * p.SrcW), Y: y, YImg: u(4 * p.DstN), YRow: u(4 * p.DstH), YPix: u(4 * p.DstW),
		N: u(p.N), H: u(p.H), W: u(p.W), C: u(p.C), OH: u(p.OH), OW: u(p.OW), KH: u(p.KH), KW: u(p.KW), StrideH: u(p.SH), StrideW: u(p.SW),
		DilH: u(p.DH), DilW: u(p.DW), PadT: u(p.PT), PadL: u(p.PL), PadB: u(p.PB), PadR: u(p.PR), Epilogue: epilogue,
	}
}

func TestPools(t *testing.T) {
	engines := ways(t, entry{call.F32MaxPool, f32.EmitMaxPool}, entry{call.F32AvgPool, f32.EmitAvgPool})
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 400 {
		p, xSize, ySize := poolCase(r, i)
		x, y, a := random(r, xSize, true), random(r, ySize, false), newArena()
		scale, shift := random(r, p.C, false), random(r, p.C, false)
		at := a.floats(x)
		var epilogue []call.EpilogueOp
		var twin []ref.EpilogueOp
		if i%4 != 0 {
			epilogue = []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(shift), p.C), f32.Clamp(-1, 1)}
			twin = []ref.EpilogueOp{ref.Affine(scale, shift), ref.Clamp(-1, 1)}
		}
		want := slices.Clone(y)
		var c call.Call
		if i%5 < 2 {
			ref.MaxPool(want, x, p, twin...)
			c = f32.MaxPool{Pool: poolOf(p, at, a.output(y), epilogue)}.Call()
		} else {
			ref.AvgPool(want, x, p, twin...)
			c = f32.AvgPool{Pool: poolOf(p, at, a.output(y), epilogue), CountPad: p.CountPad}.Call()
		}
		if !a.checkAll(t, engines, c, want) {
			t.Fatalf("case %d: %+v", i, p)
		}
	}
}

// TestMaxPoolIgnoresNaN has NaN at each place of a window in turn.
func TestMaxPoolIgnoresNaN(t *testing.T) {
	e := newEngine(t, 1<<16, call.F32MaxPool)
	p := ref.Pool{N: 1, H: 3, W: 3, C: 1, OH: 1, OW: 1, KH: 3, KW: 3, SH: 1, SW: 1, DH: 1, DW: 1, SrcN: 9, SrcH: 3, SrcW: 1, DstN: 1, DstH: 1, DstW: 1}
	for i := range 9 {
		x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}
		x[i] = float32(math.NaN())
		want := float32(9)
		if i == 8 {
			want = 8
		}
		a := newArena()
		if !a.check(t, e, f32.MaxPool{Pool: poolOf(p, a.floats(x), a.output(make([]float32, 1)), nil)}.Call(), []float32{want}) {
			t.Fatalf("NaN at %d", i)
		}
	}
}

func TestMaxPoolGrad(t *testing.T) {
	engines := ways(t, entry{call.F32MaxPoolGrad, f32.EmitMaxPoolGrad})
	r := rand.New(rand.NewPCG(23, 24))
	for i := range 200 {
		p, xSize, ySize := poolCase(r, i)
		x, y, dy, a := random(r, xSize, i%4 == 0), make([]float32, ySize), random(r, ySize, false), newArena()
		for k := range x {
			if i%3 == 0 { // several that are equal
				x[k] = float32(r.IntN(3))
			}
		}
		ref.MaxPool(y, x, p)
		want := random(r, xSize, true)
		g := f32.MaxPoolGrad{Pool: poolOf(p, a.floats(x), a.floats(y), nil), DX: a.output(want), DY: a.floats(dy)}
		g.DXImg, g.DXRow, g.DXPix, g.DYImg, g.DYRow, g.DYPix = g.XImg, g.XRow, g.XPix, g.YImg, g.YRow, g.YPix
		p.MaxPoolGrad(want, dy, x, y)
		if !a.checkAll(t, engines, g.Call(), want) {
			t.Fatalf("%+v", p)
		}
	}
}
