package q8_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Random geometries and bytes, by both kernels.
func TestPool(t *testing.T) {
	e := both(t, entry{call.Q8MaxPool, q8.EmitMaxPool}, entry{call.Q8AvgPool, q8.EmitAvgPool})
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(7, seed))
		g := ref.Pool{
			N: 1 + r.IntN(2), H: 1 + r.IntN(9), W: 1 + r.IntN(9), C: 1 + r.IntN(40), OH: 1 + r.IntN(4), OW: 1 + r.IntN(4),
			KH: 1 + r.IntN(4), KW: 1 + r.IntN(4), SH: 1 + r.IntN(3), SW: 1 + r.IntN(3), DH: 1 + r.IntN(2), DW: 1 + r.IntN(2),
			PT: r.IntN(4), PL: r.IntN(4), PB: r.IntN(4), PR: r.IntN(4), CountPad: r.IntN(2) == 0,
		}
		if seed%9 == 0 { // several groups of channels
			g.C = 120 + r.IntN(160)
		}
		if seed%7 == 0 { // global
			g.KH, g.KW, g.OH, g.OW, g.PT, g.PL, g.PB, g.PR, g.DH, g.DW = g.H, g.W, 1, 1, 0, 0, 0, 0, 1, 1
		}
		gap := func() int { return r.IntN(3) * (int(seed) % 2) }
		xPix, yPix := g.C+gap(), g.C+gap()
		xRow, yRow := g.W*xPix+gap(), g.OW*yPix+gap()
		xImg, yImg := g.H*xRow+gap(), g.OH*yRow+gap()
		g.SrcN, g.SrcH, g.SrcW, g.DstN, g.DstH, g.DstW = xImg, xRow, xPix, yImg, yRow, yPix
		x, y := random(r, g.N*xImg), random(r, g.N*yImg)
		p := randomParams(r, r.IntN(2) == 0)
		p.AScale *= 3
		geometry := func(a *arena, want []byte) q8.Pool {
			u := func(v int) uint32 { return uint32(v) }
			return q8.Pool{
				Signed: p.Signed, X: a.bytes(x), XImg: u(xImg), XRow: u(xRow), XPix: u(xPix), Y: a.output(y, want), YImg: u(yImg), YRow: u(yRow), YPix: u(yPix),
				N: u(g.N), H: u(g.H), W: u(g.W), C: u(g.C), OH: u(g.OH), OW: u(g.OW), KH: u(g.KH), KW: u(g.KW), StrideH: u(g.SH), StrideW: u(g.SW),
				DilH: u(g.DH), DilW: u(g.DW), PadT: u(g.PT), PadL: u(g.PL), PadB: u(g.PB), PadR: u(g.PR),
			}
		}
		most, mean := bytes.Clone(y), bytes.Clone(y)
		ref.QMaxPool(most, x, g, p.Signed)
		ref.QAvgPool(mean, x, g, p)
		a, b := newArena(), newArena()
		if !a.checkBoth(t, e, q8.MaxPool{Pool: geometry(a, most)}.Call()) {
			t.Fatalf("max, seed %d: %+v", seed, g)
		}
		avg := q8.AvgPool{Pool: geometry(b, mean), XScale: p.AScale, YScale: p.YScale, XZero: p.AZero, YZero: p.YZero, Lo: p.Lo, Hi: p.Hi, CountPad: g.CountPad}
		if !b.checkBoth(t, e, avg.Call()) {
			t.Fatalf("average, seed %d: %+v, %+v", seed, g, p)
		}
	}
}
