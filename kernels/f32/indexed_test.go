package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// TestIndexed takes and puts by one to three indices, some of them outside of their dimensions.
func TestIndexed(t *testing.T) {
	engines := ways(t, entry{call.X32Take, f32.EmitTake}, entry{call.X32Put, f32.EmitPut})
	r := rand.New(rand.NewPCG(31, 32))
	for i := range 120 {
		dims := randomShape(r, 1+r.IntN(3), 5)
		length, outer, tuples := 1+r.IntN(9), 1+r.IntN(3), 1+r.IntN(6)
		strides := make([]int, len(dims))
		size := length
		for k := len(dims) - 1; k >= 0; k-- {
			strides[k] = size
			size *= dims[k]
		}
		p := ref.Indexed{Units: outer * tuples, Len: length, Outer: tuples, OuterStep: size, Inner: 1, Tuples: tuples, Dims: dims, Strides: strides}
		index := make([]float32, tuples*len(dims))
		for k := range index {
			n := dims[k%len(dims)]
			index[k] = float32(r.IntN(2*n+2)-n-1) + 0.5*float32(i%2)
		}
		x, part := random(r, outer*size, true), random(r, p.Units*length, true)
		place := func(a *arena, from []float32) f32.Indexed {
			return f32.Indexed{X: a.floats(from), Index: a.floats(index), Units: p.Units, Len: p.Len, Outer: p.Outer, OuterStep: p.OuterStep,
				Inner: p.Inner, Tuples: p.Tuples, Dims: dims, Strides: strides}
		}
		taken := append([]float32(nil), part...)
		ref.Take(taken, x, index, p)
		a := newArena()
		take := f32.Take{Indexed: place(a, x)}
		take.Y = a.output(part)
		if !a.checkAll(t, engines, take.Call(), taken) {
			t.Fatalf("take %+v by %v", p, index)
		}
		written := append([]float32(nil), x...)
		ref.Put(written, part, index, p)
		a = newArena()
		put := f32.Put{Indexed: place(a, part)}
		put.Y = a.output(x)
		if !a.checkAll(t, engines, put.Call(), written) {
			t.Fatalf("put %+v by %v", p, index)
		}
	}
}

// TestTop finds the greatest and the smallest, of rows that lie apart, with equal numbers and special ones.
func TestTop(t *testing.T) {
	engines := ways(t, entry{call.F32Top, f32.EmitTop})
	r := rand.New(rand.NewPCG(33, 34))
	for i := range 150 {
		n, inner, outer := 1+r.IntN(12), 1+r.IntN(4), 1+r.IntN(4)
		k := 1 + r.IntN(n)
		x := random(r, outer*n*inner, i%3 == 0)
		for e := range x {
			if i%2 == 0 && r.IntN(3) > 0 {
				x[e] = float32(r.IntN(3))
			}
		}
		size := outer * k * inner
		values, places := make([]float32, size), make([]float32, size)
		least, last := i%5 < 2, i%7 < 2
		ref.Top(values, places, x, outer*inner, n, inner, k, least, last)
		a := newArena()
		c := f32.Top{X: a.floats(x), Rows: outer * inner, N: n, Inner: inner, K: k, Least: least, Last: last}
		c.Values, c.Places = a.output(make([]float32, size)), a.output(make([]float32, size))
		if !a.checkAll(t, engines, c.Call(), values, places) {
			t.Fatalf("%d of %d, inner %d, least %t, last %t: %v", k, n, inner, least, last, x)
		}
	}
}
