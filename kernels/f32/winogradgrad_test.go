package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Odd and even sizes, gaps, blocks that end in the middle of a row, one to several blocks and parts.
func TestWinogradGrad(t *testing.T) {
	engines := ways(t, entry{call.F32WinogradGrad, f32.EmitWinogradGrad})
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(11, seed))
		gap := func() int { return r.IntN(2) * r.IntN(4) }
		w := ref.Winograd{Side: 4, N: 1 + r.IntN(3), OH: 1 + r.IntN(9), OW: 1 + r.IntN(12), C: 4 * (1 + r.IntN(4)), O: 4 * (1 + r.IntN(5))}
		if seed%6 == 0 {
			w.N, w.OH, w.OW, w.C, w.O = 20+r.IntN(20), 15, 16, 4, 4
		}
		w.XPix, w.YPix = w.C+gap(), w.O+gap()
		w.XRow, w.YRow = (w.OW+2)*w.XPix+gap(), w.OW*w.YPix+gap()
		w.XImg, w.YImg = (w.OH+2)*w.XRow+gap(), w.OH*w.YRow+gap()
		w.X = random(r, (w.N-1)*w.XImg+(w.OH+1)*w.XRow+(w.OW+1)*w.XPix+w.C, seed%4 == 0)
		w.Y = random(r, (w.N-1)*w.YImg+(w.OH-1)*w.YRow+(w.OW-1)*w.YPix+w.O, false)
		a := newArena()
		u, bytes := func(x int) uint32 { return uint32(x) }, func(x int) uint32 { return uint32(4 * x) }
		k := f32.WinogradGrad{
			X: a.floats(w.X), XImg: bytes(w.XImg), XRow: bytes(w.XRow), XPix: bytes(w.XPix),
			Y: a.floats(w.Y), YImg: bytes(w.YImg), YRow: bytes(w.YRow), YPix: bytes(w.YPix),
			N: u(w.N), OH: u(w.OH), OW: u(w.OW), C: u(w.C), O: u(w.O),
		}
		g := ref.WinogradGrad{Winograd: w, Tiles: k.Tiles(), Blocks: k.Blocks(), Parts: random(r, k.PartCount()*36*w.O*w.C, true)}
		k.Parts, k.Scratch = a.output(g.Parts), a.temporary(testThreads*k.ScratchBytes())
		g.Do()
		if !a.checkAll(t, engines, k.Call(), g.Parts) {
			t.Fatalf("seed %d: %+v", seed, k)
		}
	}
}

// Transformed back it is the sum over all outputs of x times gradient, but for rounding.
func TestWinogradGradIsGradient(t *testing.T) {
	const c, o, side, out = 4, 8, 9, 7
	r := rand.New(rand.NewPCG(12, 1))
	x, dy := random(r, side*side*c, false), random(r, out*out*o, false)
	g := ref.WinogradGrad{Winograd: ref.Winograd{
		Side: 4, X: x, XImg: side * side * c, XRow: side * c, XPix: c, Y: dy, YImg: out * out * o, YRow: out * o, YPix: o, N: 1, OH: out, OW: out, C: c, O: o,
	}, Tiles: 5, Blocks: 99, Parts: make([]float32, 36*o*c)}
	g.Do()
	back := func(m [6]float64) [3]float64 {
		return [3]float64{m[0]/4 - (m[1]+m[2])/6 + (m[3]+m[4])/24, (m[2]-m[1])/6 + (m[3]-m[4])/12, (m[3]+m[4]-m[1]-m[2])/6 + m[5]}
	}
	for n := range o {
		for ch := range c {
			var rows [6][3]float64
			for i := range rows {
				var m [6]float64
				for j := range m {
					m[j] = float64(g.Parts[((6*i+j)*o+n)*c+ch])
				}
				rows[i] = back(m)
			}
			for kx := range 3 {
				var column [6]float64
				for i, r := range rows {
					column[i] = r[kx]
				}
				got := back(column)
				for ky := range 3 {
					sum := 0.0
					for p := range out * out {
						sum += float64(x[((p/out+ky)*side+p%out+kx)*c+ch]) * float64(dy[p*o+n])
					}
					if math.Abs(got[ky]-sum) > 5e-5 {
						t.Errorf("(%d, %d) of %d, %d: %v, want %v", ky, kx, n, ch, got[ky], sum)
					}
				}
			}
		}
	}
}
