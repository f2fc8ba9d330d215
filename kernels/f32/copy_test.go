package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

func copyKernels() []entry {
	return []entry{{call.F32Map, f32.EmitMap}, {call.X32Transpose, f32.EmitTranspose}, {call.X32Strided, f32.EmitStrided}}
}

// testCopy copies a shape between two layouts; src strides may be negative.
func testCopy(t *testing.T, engines []*engine.Engine, r *rand.Rand, shape, ys []int, ySize int, xs []int, xSize int) call.ID {
	t.Helper()
	x, y, a := random(r, xSize, true), random(r, ySize, false), newArena()
	first := 0
	for i, s := range xs {
		if s < 0 {
			first -= s * (shape[i] - 1)
		}
	}
	want := append([]float32(nil), y...)
	ref.Copy(want, 0, ys, x, first, xs, shape)
	c := f32.Copy{X: a.floats(x) + uint32(4*first), Y: a.output(y), Shape: shape, XStrides: bytesOf(xs), YStrides: bytesOf(ys)}.Call()
	if !a.checkAll(t, engines, c, want) {
		t.Fatalf("shape %v, from strides %v to %v", shape, xs, ys)
	}
	return c.Kernel
}

func TestCopyRandomLayouts(t *testing.T) {
	engines := ways(t, copyKernels()...)
	r := rand.New(rand.NewPCG(7, 8))
	seen := make([]int, call.Count)
	for i := range 600 {
		shape := randomShape(r, r.IntN(6), 9)
		ys, ySize := layout(r, shape, 0, i%2 == 0)
		xs, xSize := layout(r, shape, 0, i%3 == 0)
		if i%5 == 0 {
			xs = append([]int(nil), ys...)
			xSize = ySize
		}
		for d := range xs {
			if i%4 == 3 && r.IntN(3) == 0 {
				xs[d] = -xs[d]
			}
		}
		seen[testCopy(t, engines, r, shape, ys, ySize, xs, xSize)]++
	}
	for _, k := range copyKernels() {
		if seen[k.id] < 50 {
			t.Errorf("kernel %d was tried only %d times", k.id, seen[k.id])
		}
	}
}

func TestCopyLayoutChanges(t *testing.T) {
	engines := ways(t, copyKernels()...)
	r := rand.New(rand.NewPCG(9, 10))
	for c := 1; c <= 20; c++ {
		for _, hw := range [][2]int{{1, 1}, {1, 7}, {3, 5}, {13, 11}} {
			h, w := hw[0], hw[1]
			shape := []int{2, c, h, w}
			nchw := []int{c * h * w, h * w, w, 1}
			nhwc := []int{c * h * w, 1, w * c, c}
			halo := []int{c * (h + 2) * (w + 2), 1, (w + 2) * c, c}
			size, haloSize := 2*c*h*w, 2*c*(h+2)*(w+2)
			testCopy(t, engines, r, shape, nhwc, size, nchw, size)
			testCopy(t, engines, r, shape, nchw, size, nhwc, size)
			testCopy(t, engines, r, shape, halo, haloSize, nchw, size)
			testCopy(t, engines, r, shape, nchw, size, halo, haloSize)
			testCopy(t, engines, r, shape, halo, haloSize, nhwc, size)
		}
	}
}

func TestCopyLongRuns(t *testing.T) {
	engines := ways(t, copyKernels()...)
	r := rand.New(rand.NewPCG(11, 12))
	for _, n := range []int{1023, 1024, 1025, 2048, 5001} {
		testCopy(t, engines, r, []int{n}, []int{1}, n, []int{1}, n)
		testCopy(t, engines, r, []int{n, 3}, []int{3, 1}, 3*n, []int{1, n}, 3*n)
	}
}

func TestMapRows(t *testing.T) {
	engines := ways(t, entry{call.F32Map, f32.EmitMap})
	r := rand.New(rand.NewPCG(13, 14))
	for i := range 200 {
		c := 1 + r.IntN(20)
		shape := []int{1 + r.IntN(3), c, 1 + r.IntN(5), 1 + r.IntN(9)}
		if i%20 == 0 {
			shape[3] = 300
		}
		channelsLast := func(halo int) ([]int, int) {
			w, h := shape[3]+halo, shape[2]+halo
			return []int{c * w * h, 1, c * w, c}, shape[0] * c * w * h
		}
		xs, xSize := channelsLast(r.IntN(3))
		if i%3 == 0 {
			xs, xSize = layout(r, shape, 3, false) // channels outside of space
		}
		ys, ySize := channelsLast(r.IntN(3))
		x, y, a := random(r, xSize, true), random(r, ySize, false), newArena()
		scale, shift := random(r, c, false), random(r, c, false)
		want := append([]float32(nil), y...)
		affine := ref.Affine(scale, shift)
		visit([]int{shape[0], shape[2], shape[3]}, func(i []int) {
			from, to := at(i, []int{xs[0], xs[2], xs[3]}), at(i, []int{ys[0], ys[2], ys[3]})
			for k := range c {
				want[to+k] = x[from+k*xs[1]]
			}
			affine(want[to:][:c])
			ref.Clamp(-1, 1)(want[to:][:c])
		})
		m := f32.Map{
			X: a.floats(x), Y: a.output(y), Shape: shape, XStrides: bytesOf(xs), YStrides: bytesOf(ys), C: c,
			Epilogue: []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(shift), c), f32.Clamp(-1, 1)},
		}
		if !a.checkAll(t, engines, m.Call(), want) {
			t.Fatalf("shape %v, strides %v to %v", shape, xs, ys)
		}
	}
}

func TestFill(t *testing.T) {
	engines := ways(t, entry{call.X32Fill, f32.EmitFill})
	r := rand.New(rand.NewPCG(15, 16))
	for i := range 200 {
		shape := randomShape(r, r.IntN(5), 9)
		if i%10 == 0 {
			shape = []int{3, 1100 + r.IntN(9)}
		}
		ys, size := layout(r, shape, 0, i%2 == 0)
		y, a := random(r, size, false), newArena()
		want := append([]float32(nil), y...)
		ref.Fill(want, 0, ys, shape, 1.5)
		f := f32.Fill{Y: a.output(y), Shape: shape, YStrides: bytesOf(ys), Value: 0x3fc00000}
		if !a.checkAll(t, engines, f.Call(), want) {
			t.Fatalf("shape %v, strides %v", shape, ys)
		}
	}
}
