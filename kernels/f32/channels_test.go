package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// channelCase is rows of pixels with gaps between the rows, or without; a piece, of which each makes a part, is whole pixels of at
// most 2048 floats, at least one.
func channelCase(r *rand.Rand, each func(a *arena, s f32.ChannelSums, x, y []float32, vector func() (uint32, []float32), pieces [][2]int)) {
	rows, pixels, c := 1+r.IntN(4), 1+r.IntN(9), 1+r.IntN(21)
	switch r.IntN(6) {
	case 0:
		pixels = 2048/c + r.IntN(300)
	case 1:
		pixels, c = 1+r.IntN(3), 2047+r.IntN(4)
	}
	pitch := pixels*c + r.IntN(2)*r.IntN(5)
	x, y := random(r, (rows-1)*pitch+pixels*c, r.IntN(3) == 0), random(r, (rows-1)*pitch+pixels*c, false)
	a := newArena()
	strides := []int{4 * pitch, 4 * c, 4}
	s := f32.ChannelSums{X: a.floats(x), Y: a.floats(y), Shape: []int{rows, pixels, c}, XStrides: strides, YStrides: strides, C: c}
	length, count := pixels*c, rows
	if pitch == length {
		length, count = rows*length, 1
	}
	var pieces [][2]int
	for i := range count {
		most := max(2048/c, 1) * c
		for at := 0; at < length; at += most {
			pieces = append(pieces, [2]int{i*pitch + at, i*pitch + min(at+most, length)})
		}
	}
	each(a, s, x, y, func() (uint32, []float32) {
		v := random(r, c, false)
		return a.floats(v), v
	}, pieces)
}

func TestChannelSums(t *testing.T) {
	engines := ways(t, entry{call.F32ChannelSums, f32.EmitChannelSums})
	for seed := range uint64(200) {
		channelCase(rand.New(rand.NewPCG(13, seed)), func(a *arena, s f32.ChannelSums, x, y []float32, vector func() (uint32, []float32), pieces [][2]int) {
			var mean, shift, parts []float32
			s.Mean, mean = vector()
			s.Shift, shift = vector()
			for _, p := range pieces {
				sums, products := ref.ChannelSums(x[p[0]:p[1]], y[p[0]:p[1]], mean, shift)
				parts = append(append(parts, sums...), products...)
			}
			if got := s.PartCount() * 2 * s.C; got != len(parts) {
				t.Fatalf("seed %d: parts of %d floats, want %d", seed, got, len(parts))
			}
			s.Parts = a.output(random(rand.New(rand.NewPCG(1, seed)), len(parts), true))
			if !a.checkAll(t, engines, s.Call(), parts) {
				t.Fatalf("seed %d: %+v", seed, s)
			}
		})
	}
}

func TestChannelBlend(t *testing.T) {
	engines := ways(t, entry{call.F32ChannelBlend, f32.EmitChannelBlend})
	for seed := range uint64(200) {
		channelCase(rand.New(rand.NewPCG(14, seed)), func(a *arena, s f32.ChannelSums, x, y []float32, vector func() (uint32, []float32), pieces [][2]int) {
			b := f32.ChannelBlend{ToStrides: s.XStrides}
			var mean, shift, u, v []float32
			s.Mean, mean = vector()
			s.Shift, shift = vector()
			b.A, u = vector()
			b.B, v = vector()
			to := random(rand.New(rand.NewPCG(1, seed)), len(x), true)
			b.ChannelSums, b.To = s, a.output(to)
			for _, p := range pieces {
				ref.ChannelBlend(to[p[0]:p[1]], x[p[0]:p[1]], y[p[0]:p[1]], mean, u, v, shift)
			}
			if !a.checkAll(t, engines, b.Call(), to) {
				t.Fatalf("seed %d: %+v", seed, b)
			}
		})
	}
}
