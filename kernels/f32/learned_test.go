package f32_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// learnedCase is rows of x with one scale for all, or one for each of the outermost dimension, with gaps between rows.
func learnedCase(t *testing.T, r *rand.Rand, each func(a *arena, l f32.Learned, twin func(row int) ref.Learned, x, dy []float32, rows, n, pitch int)) {
	t.Helper()
	rows, n := 1+r.IntN(4), 1+r.IntN(40)
	if r.IntN(6) == 0 {
		n = 4090 + r.IntN(4200)
	}
	pitch := n + r.IntN(2)*r.IntN(5)
	scales := 1 + (rows-1)*r.IntN(2)
	x, dy := random(r, (rows-1)*pitch+n, r.IntN(3) == 0), random(r, (rows-1)*pitch+n, false)
	s, z := make([]float32, scales), make([]float32, scales)
	for i := range s {
		s[i], z[i] = 0.01+r.Float32()/4, float32(r.IntN(16)-8)
	}
	for i := range x {
		if r.IntN(5) == 0 { // ties
			x[i] = (float32(r.IntN(24)-12) + 0.5) * s[0]
		}
	}
	a := newArena()
	l := f32.Learned{
		X: a.floats(x), Scale: a.floats(s), Zero: a.floats(z), Shape: []int{rows, n}, XStrides: []int{4 * pitch, 4}, YStrides: []int{4 * pitch, 4},
		ScaleStrides: []int{0, 0}, ZeroStrides: []int{0, 0}, Least: -8, Most: 7, Div: r.IntN(2) == 0,
	}
	if scales > 1 {
		l.ScaleStrides[0], l.ZeroStrides[0] = 4, 4
	}
	each(a, l, func(row int) ref.Learned {
		row = min(row, scales-1)
		return ref.Learned{S: s[row], Z: z[row], N: -8, P: 7, Div: l.Div}
	}, x, dy, rows, n, pitch)
}

func TestLearned(t *testing.T) {
	engines := ways(t, entry{call.F32Learned, f32.EmitLearned})
	for seed := range uint64(200) {
		learnedCase(t, rand.New(rand.NewPCG(7, seed)), func(a *arena, l f32.Learned, twin func(int) ref.Learned, x, _ []float32, rows, n, pitch int) {
			y := slices.Repeat([]float32{3}, len(x))
			l.Y = a.output(y)
			for i := range rows {
				twin(i).Do(y[i*pitch:][:n], x[i*pitch:][:n])
			}
			if !a.checkAll(t, engines, l.Call(), y) {
				t.Fatalf("seed %d: %+v", seed, l)
			}
		})
	}
}

func TestLearnedGrad(t *testing.T) {
	engines := ways(t, entry{call.F32LearnedGrad, f32.EmitLearnedGrad})
	for seed := range uint64(200) {
		learnedCase(t, rand.New(rand.NewPCG(8, seed)), func(a *arena, l f32.Learned, twin func(int) ref.Learned, x, dy []float32, rows, n, pitch int) {
			l.Y = a.floats(dy)
			g := f32.LearnedGrad{Learned: l, DXStrides: l.XStrides, Lo: -inf, Hi: inf}
			if seed%2 == 0 {
				g.Lo, g.Hi = 0, 1
			}
			shape, along := g.PartShape()
			count := 1
			for _, n := range shape {
				count *= n
			}
			dx, parts := slices.Repeat([]float32{3}, len(x)), make([]float32, 0, count)
			g.DX, g.Parts = a.output(dx), a.output(random(rand.New(rand.NewPCG(1, seed)), count, true))
			stretch := n // of one part: rows without gaps and with one scale are one row
			if l.ScaleStrides[0] == 0 && pitch == n {
				stretch = rows * n
			} else if rows > 1 && (along[0] != 0) != (l.ScaleStrides[0] != 0) {
				t.Fatalf("seed %d: scales %v apart for parts %v", seed, along, shape)
			}
			for i := range rows * n / stretch {
				for at := 0; at < stretch; at += 4096 {
					m := min(4096, stretch-at)
					from := i*pitch + at
					row := twin(i)
					row.Lo, row.Hi = g.Lo, g.Hi
					for _, s := range row.Gradient(dx[from:][:m], x[from:][:m], dy[from:][:m]) {
						parts = append(parts, s[:]...)
					}
				}
			}
			if !a.checkAll(t, engines, g.Call(), dx, parts) {
				t.Fatalf("seed %d: %+v", seed, g)
			}
		})
	}
}
