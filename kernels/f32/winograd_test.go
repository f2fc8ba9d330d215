package f32_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// winogradCase is a shape; gaps are elements between pixels, rows and images.
type winogradCase struct {
	side, n, oh, ow, c, o     int
	gapped, special, epilogue bool
	lo, hi                    float32
}

func (c winogradCase) run(t *testing.T, engines []*engine.Engine, r *rand.Rand) {
	t.Helper()
	gap := func() int {
		if c.gapped {
			return r.IntN(4)
		}
		return 0
	}
	taps := ref.WinogradTaps(c.side)
	w := ref.Winograd{Side: c.side, N: c.n, OH: c.oh, OW: c.ow, C: c.c, O: c.o, Lo: c.lo, Hi: c.hi, Bias: random(r, c.o, c.special)}
	w.XPix, w.YPix = c.c+gap(), c.o+gap()
	w.XRow = (c.ow+taps-1)*w.XPix + gap()
	w.YRow = c.ow*w.YPix + gap()
	w.XImg = (c.oh+taps-1)*w.XRow + gap()
	w.YImg = c.oh*w.YRow + gap()
	// the last element read is the last of the last pixel: no gaps behind it, the guard band begins
	w.X = random(r, (c.n-1)*w.XImg+(c.oh+taps-2)*w.XRow+(c.ow+taps-2)*w.XPix+c.c, c.special)
	w.Y = random(r, c.n*w.YImg, false)
	weights := random(r, taps*taps*c.o*c.c, c.special)
	w.U = transformed(c.side, weights, c.c, c.o)
	packed := make([]float32, f32.PackedWinogradLen(c.side, c.c, c.o))
	f32.PackWinograd(packed, c.side, c.c, c.o, w.Bias, weights)

	a := newArena()
	bytes := func(elements int) uint32 { return uint32(4 * elements) }
	k := f32.Winograd{
		Side: uint32(c.side),
		X:    a.floats(w.X), XImg: bytes(w.XImg), XRow: bytes(w.XRow), XPix: bytes(w.XPix), U: a.floats(packed),
		Y: a.output(w.Y), YImg: bytes(w.YImg), YRow: bytes(w.YRow), YPix: bytes(w.YPix),
		N: uint32(c.n), OH: uint32(c.oh), OW: uint32(c.ow), C: uint32(c.c), O: uint32(c.o), Lo: c.lo, Hi: c.hi,
		Scratch: a.temporary(testThreads * f32.WinogradScratch(c.side, uint32(c.c), uint32(c.o))),
	}
	if c.epilogue {
		k.Epilogue, w.Epilogue = chain(a, r, c.o)
	}
	w.Do()
	if !a.checkAll(t, engines, k.Call(), w.Y) {
		t.Fatalf("%+v", c)
	}
}

// transformed is weights [o][c][taps][taps] as the twin takes them.
func transformed(side int, weights []float32, c, o int) []float32 {
	taps := ref.WinogradTaps(side)
	matrix := make([]float32, (side+taps-1)*(side+taps-1))
	all := make([]float32, len(matrix)*c*o)
	for n := range o {
		for ch := range c {
			ref.WinogradWeights(matrix, side, weights[taps*taps*(n*c+ch):])
			for i, u := range matrix {
				all[(i*c+ch)*o+n] = u
			}
		}
	}
	return all
}

// eachWinograd runs body for all sides of tiles.
func eachWinograd(t *testing.T, body func(t *testing.T, side int, e []*engine.Engine)) {
	for side, k := range map[int]entry{2: {call.F32Winograd, f32.EmitWinograd}, 3: {call.F32Winograd3, f32.EmitWinograd3}, 4: {call.F32Winograd4, f32.EmitWinograd4}} {
		t.Run(fmt.Sprint(side), func(t *testing.T) { body(t, side, ways(t, k)) })
	}
}

// Sizes that tiles fill and others, units that end in the middle of a row, of an image, and with the last tile.
func TestWinograd(t *testing.T) {
	eachWinograd(t, func(t *testing.T, side int, e []*engine.Engine) {
		r := rand.New(rand.NewPCG(4, 1))
		for oh := 1; oh <= 5; oh++ {
			for ow := 1; ow <= 13; ow++ {
				winogradCase{side: side, n: 1 + oh%2, oh: oh, ow: ow, c: 4 * (1 + ow%3), o: 4 * (1 + oh%4), gapped: ow%2 == 0, lo: -inf, hi: inf}.run(t, e, r)
			}
		}
		for _, epilogue := range []bool{false, true} { // units of few tiles
			winogradCase{side: side, n: 2, oh: 5, ow: 7, c: 4, o: 208, epilogue: epilogue, lo: -1, hi: inf}.run(t, e, r)
		}
	})
}

func TestWinogradRandom(t *testing.T) {
	eachWinograd(t, func(t *testing.T, side int, e []*engine.Engine) {
		for seed := range uint64(100) {
			r := rand.New(rand.NewPCG(5, seed))
			clamps := [][2]float32{{-inf, inf}, {0, inf}, {0, 6}}
			c := clamps[r.IntN(len(clamps))]
			winogradCase{
				side: side, n: 1 + r.IntN(2), oh: 1 + r.IntN(9), ow: 1 + r.IntN(20), c: 4 * (1 + r.IntN(5)), o: 4 * (1 + r.IntN(9)),
				gapped: r.IntN(2) == 0, special: r.IntN(3) == 0, epilogue: r.IntN(2) == 0, lo: c[0], hi: c[1],
			}.run(t, e, r)
		}
	})
}

// It gives what the sum over the window gives, but for rounding.
func TestWinogradIsConvolution(t *testing.T) {
	const c, o, out = 12, 8, 7
	r := rand.New(rand.NewPCG(6, 1))
	for tile, most := range map[int]float64{2: 2e-5, 3: 1e-4, 4: 1e-4} {
		taps := ref.WinogradTaps(tile)
		side := out + taps - 1
		x, weights, bias := random(r, side*side*c, false), random(r, taps*taps*o*c, false), random(r, o, false)
		w := ref.Winograd{
			Side: tile, X: x, XImg: side * side * c, XRow: side * c, XPix: c, U: transformed(tile, weights, c, o), Bias: bias,
			Y: make([]float32, out*out*o), YImg: out * out * o, YRow: out * o, YPix: o, N: 1, OH: out, OW: out, C: c, O: o, Lo: -inf, Hi: inf,
		}
		w.Do()
		for y := range out {
			for z := range out {
				for n := range o {
					sum := float64(bias[n])
					for ch := range c {
						for k := range taps * taps {
							sum += float64(x[((y+k/taps)*side+z+k%taps)*c+ch]) * float64(weights[taps*taps*(n*c+ch)+k])
						}
					}
					if got := float64(w.Y[(y*out+z)*o+n]); math.Abs(got-sum) > most {
						t.Errorf("tiles of %d: (%d, %d), channel %d: %v, want %v", tile, y, z, n, got, sum)
					}
				}
			}
		}
	}
}
