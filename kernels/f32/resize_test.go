package f32_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// imageLayout is an image of channels-last pixels with gaps after pixels and rows, or without.
func imageLayout(r *rand.Rand, h, w, c int, gaps bool) (img, row, pix int) {
	gap := func() int {
		if gaps {
			return r.IntN(3)
		}
		return 0
	}
	pix = c + gap()
	row = w*pix + gap()
	return h*row + gap(), row, pix
}

func TestGather(t *testing.T) {
	engines := ways(t, entry{call.X32Gather, f32.EmitGather})
	r := rand.New(rand.NewPCG(27, 28))
	for i := range 200 {
		n, h, w, c := 1+r.IntN(2), 1+r.IntN(5), 1+r.IntN(5), 1+r.IntN(20)
		pixels := 1 + r.IntN(9)
		yImg, yRow, yPix := imageLayout(r, h, w, c, i%2 == 0)
		xImg := pixels * c
		x, y, a := random(r, n*xImg, true), random(r, n*yImg, false), newArena()
		table, words := make([]int, h*w), make([]uint32, h*w)
		for p := range table {
			table[p], words[p] = -1, ^uint32(0)
			if r.IntN(4) > 0 {
				table[p] = r.IntN(pixels) * c
				words[p] = uint32(4 * table[p])
			}
		}
		scale, shift := random(r, c, false), random(r, c, false)
		want := slices.Clone(y)
		for img := range n {
			ref.Gather(want[img*yImg:], x[img*xImg:], table, h, w, c, yRow, yPix, 0.5, ref.Affine(scale, shift))
		}
		g := f32.Gather{
			X: a.floats(x), XImg: uint32(4 * xImg), Table: a.words(words...), Y: a.output(y), YImg: uint32(4 * yImg), YRow: uint32(4 * yRow), YPix: uint32(4 * yPix),
			N: uint32(n), H: uint32(h), W: uint32(w), C: uint32(c), Value: 0.5, Epilogue: []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(shift), c)},
		}
		if !a.checkAll(t, engines, g.Call(), want) {
			t.Fatalf("%d images %dx%dx%d", n, h, w, c)
		}
	}
}

func TestResizeLinear(t *testing.T) {
	engines := ways(t, entry{call.F32ResizeLinear, f32.EmitResizeLinear})
	r := rand.New(rand.NewPCG(29, 30))
	for i := range 200 {
		n, h, w, c := 1+r.IntN(2), 1+r.IntN(5), 1+r.IntN(5), 1+r.IntN(20)
		oh, ow := 1+r.IntN(7), 1+r.IntN(7)
		xImg, xRow, xPix := imageLayout(r, h, w, c, i%3 == 0)
		yImg, yRow, yPix := imageLayout(r, oh, ow, c, i%2 == 0)
		x, y, a := random(r, n*xImg, i%4 == 0), random(r, n*yImg, false), newArena()
		lerps := func(out, in, stride int) (twin []ref.Lerp, words []f32.Lerp) {
			for range out {
				first := r.IntN(in)
				second, weight := min(first+1, in-1), r.Float32()
				twin = append(twin, ref.Lerp{Off0: first * stride, Off1: second * stride, W0: 1 - weight, W1: weight})
				words = append(words, f32.Lerp{Off0: uint32(4 * first * stride), Off1: uint32(4 * second * stride), W0: 1 - weight, W1: weight})
			}
			return twin, words
		}
		rows, rowLerps := lerps(oh, h, xRow)
		columns, columnLerps := lerps(ow, w, xPix)
		scale, shift := random(r, c, false), random(r, c, false)
		want := slices.Clone(y)
		for img := range n {
			ref.ResizeLinear(want[img*yImg:], x[img*xImg:], rows, columns, c, yRow, yPix, ref.Affine(scale, shift))
		}
		d := f32.ResizeLinear{
			X: a.floats(x), XImg: uint32(4 * xImg), Rows: a.words(f32.LerpWords(rowLerps)...), Columns: a.words(f32.LerpWords(columnLerps)...),
			Y: a.output(y), YImg: uint32(4 * yImg), YRow: uint32(4 * yRow), YPix: uint32(4 * yPix),
			N: uint32(n), OH: uint32(oh), OW: uint32(ow), C: uint32(c), Epilogue: []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(shift), c)},
		}
		if !a.checkAll(t, engines, d.Call(), want) {
			t.Fatalf("%d images %dx%dx%d to %dx%d", n, h, w, c, oh, ow)
		}
	}
}

func TestSoftmax(t *testing.T) {
	engines := ways(t, entry{call.F32Softmax, f32.EmitSoftmax})
	r := rand.New(rand.NewPCG(31, 32))
	for n := 1; n <= 40; n++ {
		for _, special := range []bool{false, true} {
			rows, gap := 1+r.IntN(4), r.IntN(3)
			x, a := random(r, rows*(n+gap), special), newArena()
			for i := range x {
				x[i] *= 20
			}
			y := random(r, len(x), false)
			want := slices.Clone(y)
			for row := range rows {
				ref.Softmax(want[row*(n+gap):], x[row*(n+gap):][:n])
			}
			strides := []int{4 * (n + gap), 4}
			s := f32.Softmax{X: a.floats(x), Y: a.output(y), Shape: []int{rows, n}, XStrides: strides, YStrides: strides, Axis: 1}
			if !a.checkAll(t, engines, s.Call(), want) {
				t.Fatalf("%d rows of %d", rows, n)
			}
		}
	}
}
