package q8_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/q8"
)

// Sums of up to 100,000 products of extreme values are those of 64-bit arithmetic, taken to 32 bits: those
// that fit are exact, whatever the sums on the way were.
func TestGEMMIn64Bits(t *testing.T) {
	for _, dot := range []call.Dot{call.DotI16, call.DotU8, call.DotS8} {
		used := entry{call.Q8GEMM, q8.EmitGEMM}
		if dot != call.DotI16 {
			used = entry{call.Q8GEMMRelaxed, q8.EmitGEMMBy(imitated(dot))}
		}
		e, err := engine.New(module(false, used), 8<<20, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for _, k := range []int{1, 33_001, 65_536, 100_000} {
			fits := 0
			for seed := range uint64(6) {
				fits += wide{dot, k, seed}.run(t, e)
			}
			if fits < 12 {
				t.Errorf("%v, K = %d: only %d sums fit in 32 bits", dot, k, fits)
			}
		}
	}
}

// wide is a product of two rows of K bytes with three columns, of which seed tells the values.
type wide struct {
	dot  call.Dot
	k    int
	seed uint64
}

func (c wide) run(t *testing.T, e *engine.Engine) (fits int) {
	t.Helper()
	const m, n = 2, 3
	r := rand.New(rand.NewPCG(11, c.seed))
	extreme := func(x ...int32) int32 { return x[r.IntN(len(x))] }
	shift := int32(0)
	if c.dot.Signed() {
		shift = 128
	}
	w := q8.GEMMWeights{
		Dot: c.dot, Runs: 1, RunLen: c.k, N: n, Data: make([]int8, c.k*n), Channels: c.k, ChannelStride: 1, ColumnStride: c.k,
		Zero: extreme(0, 0, -128, 127), XZero: extreme(0, 255, 128) - shift, Bias: make([]int32, n), M: []float32{1},
	}
	a := random(r, m*c.k)
	for i := range a {
		if c.seed%2 == 0 { // the greatest of all, so that sums grow as fast as they can
			a[i] = byte(255 - shift)
		}
	}
	for i := range w.Data {
		w.Data[i] = int8(extreme(-128, 127))
		if at := i % c.k; c.seed%2 == 0 { // up, then down again
			w.Data[i] = 127
			if at > c.k*6/10 {
				w.Data[i] = -128
			}
		}
	}
	for i := range w.Bias {
		w.Bias[i] = extreme(0, 1<<30-1, -1<<30)
	}
	packed := make([]byte, w.PackedLen())
	w.Pack(packed)
	ar, sums := newArena(), make([]float32, m*n)
	for row := range m {
		for column := range n {
			sum := int64(w.Bias[column])
			for i, b := range a[row*c.k:][:c.k] {
				x := int64(b)
				if c.dot.Signed() {
					x = int64(int8(b))
				}
				sum += (x - int64(w.XZero)) * (int64(w.Data[column*c.k+i]) - int64(w.Zero))
			}
			if sum == int64(int32(sum)) {
				fits++
			}
			sums[row*n+column] = float32(int32(sum)) // what does not fit wraps
		}
	}
	before := make([]float32, m*n)
	for i := range before {
		before[i] = float32(math.Inf(1))
	}
	d := q8.GEMM{
		Dot: c.dot, A: ar.bytes(a), LDA: uint32(c.k), Runs: 1, RunLen: uint32(c.k), B: ar.bytes(packed), BZero: w.Zero,
		C: ar.output(floatBytes(before), floatBytes(sums)), LDC: 4 * n, M: m, N: n, Out: q8.Out{Float: true},
	}
	if !ar.check(t, e, d.Call()) {
		t.Errorf("%v, K = %d, seed %d: %d of %d sums fit in 32 bits", c.dot, c.k, c.seed, fits, m*n)
	}
	return fits
}
