package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Images with and without gaps, so that strips are rows, images, or pieces of all; windows of one to three runs.
func TestConvGrad(t *testing.T) {
	engines := ways(t, entry{call.F32ConvGrad, f32.EmitConvGrad})
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(9, seed))
		gap := func() int { return r.IntN(2) * r.IntN(3) }
		n, h, w := 1+r.IntN(3), 1+r.IntN(4), 1+r.IntN(9)
		g := ref.ConvGrad{RunLen: 1 + r.IntN(30), O: 1 + r.IntN(20)}
		if seed%10 == 0 {
			g.RunLen, h, w = 90+r.IntN(20), 10, 16
		}
		for range 1 + r.IntN(3) {
			g.Runs = append(g.Runs, r.IntN(40))
		}
		g.XPix, g.YPix = 1+r.IntN(8), g.O+gap()
		xRow, yRow := w*g.XPix+gap(), w*g.YPix+gap()
		xImg, yImg := h*xRow+gap(), h*yRow+gap()
		g.X = random(r, n*xImg+40+g.RunLen, seed%3 == 0)
		g.Y = random(r, (n-1)*yImg+(h-1)*yRow+(w-1)*g.YPix+g.O, false)
		g.LDC = len(g.Runs)*g.RunLen + gap()
		g.To = random(r, g.O*g.LDC, true)
		words, block := f32.Strips(n, h, w, [3]int{xImg, xRow, g.XPix}, [3]int{yImg, yRow, g.YPix}) // in elements
		g.Block = block
		pixels := 0
		for i := 0; i < len(words); i += 3 {
			g.Strips = append(g.Strips, [3]int{int(words[i]), int(words[i+1]), int(words[i+2])})
			words[i], words[i+1] = 4*words[i], 4*words[i+1]
			pixels += g.Strips[i/3][2]
		}
		if pixels != n*h*w {
			t.Fatalf("seed %d: %d pixels in strips, want %d", seed, pixels, n*h*w)
		}
		a := newArena()
		bytes := func(x int) uint32 { return uint32(4 * x) }
		k := f32.ConvGrad{
			X: a.floats(g.X), Y: a.floats(g.Y), XPix: bytes(g.XPix), YPix: bytes(g.YPix), Strips: a.words(words...), StripCount: len(g.Strips), Block: block,
			Runs: a.offsets(g.Runs), RunCount: len(g.Runs), RunLen: uint32(g.RunLen), To: a.output(g.To), LDC: bytes(g.LDC), O: uint32(g.O),
		}
		g.Do()
		if !a.checkAll(t, engines, k.Call(), g.To) {
			t.Fatalf("seed %d: %+v", seed, k)
		}
	}
}
