package f32_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

func reduceKernels() []entry {
	return []entry{
		{call.F32ReduceSum, f32.EmitReduceSum}, {call.F32ReduceMax, f32.EmitReduceMax}, {call.F32ReduceMin, f32.EmitReduceMin},
		{call.F32RowSum, f32.EmitRowSum}, {call.F32RowMax, f32.EmitRowMax}, {call.F32RowMin, f32.EmitRowMin},
	}
}

// reduceTwin reduces axes by the twin, the levels ordered as Reduce says.
func reduceTwin(op f32.Reduction, y []float32, ys []int, x []float32, xs, shape, axes []int, row bool) {
	var levels []ref.Level
	kept := slices.Clone(shape)
	for _, d := range axes {
		kept[d] = 1
		if shape[d] != 1 {
			levels = append(levels, ref.Level{N: shape[d], Stride: xs[d]})
		}
	}
	if len(levels) == 0 {
		levels = []ref.Level{{N: 1}}
	}
	slices.SortStableFunc(levels, func(a, b ref.Level) int { return b.Stride - a.Stride })
	visit(kept, func(index []int) {
		from, to := at(index, xs), at(index, ys)
		switch op {
		case f32.ReduceSum:
			y[to] = ref.Sum(x, from, levels, row)
		case f32.ReduceMean:
			y[to] = ref.Mean(x, from, levels, row)
		case f32.ReduceMax:
			y[to] = ref.Greatest(x, from, levels)
		case f32.ReduceMin:
			y[to] = ref.Least(x, from, levels)
		}
	})
}

func isRow(id call.ID) bool {
	return id == call.F32RowSum || id == call.F32RowMax || id == call.F32RowMin
}

func TestReduceRandomLayouts(t *testing.T) {
	engines := ways(t, reduceKernels()...)
	r := rand.New(rand.NewPCG(23, 24))
	seen := make([]int, call.Count)
	for i := range 800 {
		shape := randomShape(r, 1+r.IntN(4), 7)
		if i%3 == 0 {
			shape[r.IntN(len(shape))] = 1 + r.IntN(40)
		}
		var axes []int
		for d := range shape {
			if r.IntN(2) == 0 {
				axes = append(axes, d)
			}
		}
		keptShape := slices.Clone(shape)
		for _, d := range axes {
			keptShape[d] = 1
		}
		xs, xSize := layout(r, shape, min(i%2, len(shape)), i%5 == 0)
		ys, ySize := layout(r, keptShape, min(i%2, len(shape)), i%7 == 0)
		x, y, a := random(r, xSize, i%4 == 0), random(r, ySize, false), newArena()
		op := f32.Reduction(i % 4)
		c := f32.Reduce{Op: op, X: a.floats(x), Y: a.output(y), Shape: shape, XStrides: bytesOf(xs), YStrides: bytesOf(ys), Axes: axes, Epilogue: []call.EpilogueOp{f32.Clamp(-2, 2)}}.Call()
		want := slices.Clone(y)
		reduceTwin(op, want, ys, x, xs, shape, axes, isRow(c.Kernel))
		visit(keptShape, func(index []int) { ref.Clamp(-2, 2)(want[at(index, ys):][:1]) })
		seen[c.Kernel]++
		if !a.checkAll(t, engines, c, want) {
			t.Fatalf("case %d: shape %v axes %v strides %v to %v, kernel %d", i, shape, axes, xs, ys, c.Kernel)
		}
	}
	for _, k := range reduceKernels() {
		if seen[k.id] < 40 {
			t.Errorf("kernel %d was tried only %d times", k.id, seen[k.id])
		}
	}
}

// TestGlobalAveragePool has a halo around the image and an epilogue per channel.
func TestGlobalAveragePool(t *testing.T) {
	engines := ways(t, reduceKernels()...)
	r := rand.New(rand.NewPCG(25, 26))
	for c := 1; c <= 40; c++ {
		h, w := 1+r.IntN(7), 1+r.IntN(7)
		shape := []int{2, c, h, w}
		xs := []int{(h + 2) * (w + 2) * c, 1, (w + 2) * c, c}
		ys := []int{c, 1, 0, 0}
		x, a := random(r, 2*xs[0], false), newArena()
		scale, shift := random(r, c, false), random(r, c, false)
		want := make([]float32, 2*c)
		call := f32.Reduce{
			Op: f32.ReduceMean, X: a.floats(x), Y: a.output(want), Shape: shape, XStrides: bytesOf(xs), YStrides: bytesOf(ys), Axes: []int{2, 3},
			Epilogue: []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(shift), c)},
		}.Call()
		reduceTwin(f32.ReduceMean, want, ys, x, xs, shape, []int{2, 3}, isRow(call.Kernel))
		ref.Affine(scale, shift)(want)
		if !a.checkAll(t, engines, call, want) {
			t.Fatalf("shape %v", shape)
		}
	}
}
