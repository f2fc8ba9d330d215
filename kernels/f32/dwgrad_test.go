package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

func TestDWGrad(t *testing.T) {
	engines := ways(t, entry{call.F32DWGrad, f32.EmitDWGrad})
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(5, seed))
		gap := func() int { return r.IntN(2) * r.IntN(4) }
		d := ref.DWGrad{
			N: 1 + r.IntN(4), OH: 1 + r.IntN(12), OW: 1 + r.IntN(9), C: 1 + r.IntN(14), KH: 1 + r.IntN(5), KW: 1 + r.IntN(9),
			StrideH: 1 + r.IntN(2), StrideW: 1 + r.IntN(3), DilH: 1 + r.IntN(2), DilW: 1 + r.IntN(2),
		}
		d.XPix, d.YPix = d.C+gap(), d.C+gap()
		d.XRow = ((d.OW-1)*d.StrideW+(d.KW-1)*d.DilW+1)*d.XPix + gap()
		d.YRow = d.OW*d.YPix + gap()
		d.XImg = ((d.OH-1)*d.StrideH+(d.KH-1)*d.DilH+1)*d.XRow + gap()
		d.YImg = d.OH*d.YRow + gap()
		d.X = random(r, (d.N-1)*d.XImg+((d.OH-1)*d.StrideH+(d.KH-1)*d.DilH)*d.XRow+((d.OW-1)*d.StrideW+(d.KW-1)*d.DilW)*d.XPix+d.C, seed%3 == 0)
		d.Y = random(r, (d.N-1)*d.YImg+(d.OH-1)*d.YRow+(d.OW-1)*d.YPix+d.C, false)
		a := newArena()
		u, bytes := func(x int) uint32 { return uint32(x) }, func(x int) uint32 { return uint32(4 * x) }
		k := f32.DWGrad{
			X: a.floats(d.X), XImg: bytes(d.XImg), XRow: bytes(d.XRow), XPix: bytes(d.XPix),
			Y: a.floats(d.Y), YImg: bytes(d.YImg), YRow: bytes(d.YRow), YPix: bytes(d.YPix),
			N: u(d.N), OH: u(d.OH), OW: u(d.OW), C: u(d.C), KH: u(d.KH), KW: u(d.KW),
			StrideH: u(d.StrideH), StrideW: u(d.StrideW), DilH: u(d.DilH), DilW: u(d.DilW),
		}
		d.Parts = make([]float32, k.PartCount()*d.KH*d.KW*d.C)
		d.Rows = (d.N*d.OH + k.PartCount() - 1) / k.PartCount()
		k.Parts = a.output(random(r, len(d.Parts), true))
		d.Do()
		if !a.checkAll(t, engines, k.Call(), d.Parts) {
			t.Fatalf("%+v", k)
		}
	}
}
