package exec

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/scheme"
)

// The input that is named reaches the bound, no other goes beyond, and pairs are those that trying finds.
func TestSumsAreReached(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		channels, terms := 1+draw.IntN(4), 1+draw.IntN(6)
		shape, axis := []int{channels, terms}, 0
		if draw.IntN(2) == 0 {
			shape, axis = []int{terms, channels}, 1
		}
		in := scheme.QParams{QMin: 0, QMax: 255, ZeroPoint: []int32{int32(draw.IntN(256))}}
		if draw.IntN(3) == 0 {
			in = scheme.QParams{QMin: -128, QMax: 127, ZeroPoint: []int32{0}}
		}
		w := &plan.IntegerWeights{Codes: make([]int8, channels*terms), Zero: []int32{int32(draw.IntN(9)) - 4}, Bias: make([]int32, channels)}
		span := []int{256, 129, 7}[draw.IntN(3)]
		for i := range w.Codes {
			w.Codes[i] = int8(draw.IntN(span) - span/2)
		}
		for o := range w.Bias {
			w.Bias[o] = int32(draw.IntN(2000) - 1000)
		}
		code := func(o, k int) int64 {
			if axis == 0 {
				return int64(w.Codes[o*terms+k])
			}
			return int64(w.Codes[k*channels+o])
		}
		sum := func(o int, input func(k int) int64) int64 {
			s := int64(w.Bias[o])
			for k := range terms {
				s += (code(o, k) - int64(w.Zero[0])) * (input(k) - int64(in.ZeroPoint[0]))
			}
			return s
		}
		s := sumsOf(in, w, shape, axis)
		reached := sum(s.Channel, func(k int) int64 { return int64(s.Input[k]) + int64(in.QMin) })
		if want := s.High; reached != want && reached != s.Low || max(reached, -reached) != max(s.High, -s.Low) {
			t.Fatalf("the input gives %d, the bounds are %d and %d", reached, s.Low, s.High)
		}
		for range 50 {
			for o := range channels {
				x := sum(o, func(int) int64 { return int64(in.QMin) + int64(draw.IntN(256)) })
				if o == s.Channel && (x < s.Low || x > s.High) || x < -(1<<(s.Bits-1)) || x > 1<<(s.Bits-1)-1 {
					t.Fatalf("channel %d reaches %d beyond %d and %d, %d bits", o, x, s.Low, s.High, s.Bits)
				}
			}
		}
		pairs, any := 0, false
		for o := range channels {
			for a := range terms {
				for b := a + 1; b < terms; b++ {
					leaves := false
					for _, x := range [][2]int64{{255, 255}, {255, 0}, {0, 255}} {
						p := x[0]*code(o, a) + x[1]*code(o, b)
						leaves = leaves || p > 32767 || p < -32768
					}
					leaves = leaves && in.QMin >= 0
					any = any || leaves
					if leaves && a%2 == 0 && b == a+1 {
						pairs++
					}
				}
			}
		}
		if pairs != s.Saturating || any != s.SevenBits {
			t.Fatalf("%d pairs saturate, %v in any order; found %d and %v: %v", pairs, any, s.Saturating, s.SevenBits, w.Codes)
		}
	}
}
