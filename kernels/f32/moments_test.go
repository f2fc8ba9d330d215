package f32_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// The sums go on from what lies in memory, element by element, whatever the length.
func TestMoments(t *testing.T) {
	engines := ways(t, entry{call.F32Moments, f32.EmitMoments})
	r := rand.New(rand.NewPCG(41, 42))
	for n := 1; n <= 40; n++ {
		for _, special := range []bool{false, true} {
			a := newArena()
			x, y, z := random(r, n, special), random(r, n, special), random(r, n, special)
			for i := range x {
				if r.IntN(3) == 0 {
					z[i] = x[i]
				}
			}
			state := make([]byte, f32.MomentsBytes)
			before := ref.Moments{AA: r.Float64(), BB: r.Float64(), AB: r.Float64() - .5, AminusB: r.Float64(), AminusC: r.Float64(), BminusC: r.Float64(), Apart: 7}
			f32.PutMoments(state, before)
			if f32.GetMoments(state) != before {
				t.Fatal("what was laid out is not what is read")
			}
			to := a.output(words(state))
			before.Add(x, y, z)
			f32.PutMoments(state, before)
			c := f32.Moments{A: a.floats(x), B: a.floats(y), C: a.floats(z), N: n, To: to}.Call()
			tried.Twin(c, n)
			if !a.checkAll(t, engines, c, words(state)) {
				t.Fatalf("%d numbers", n)
			}
		}
	}
}

// words are 32-bit words as floats, which check compares.
func words(b []byte) []float32 {
	var x []float32
	for ; len(b) > 0; b = b[4:] {
		x = append(x, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return x
}
