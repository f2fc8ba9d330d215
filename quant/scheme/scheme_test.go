package scheme_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

func TestRange(t *testing.T) {
	for _, c := range []struct {
		s      scheme.QScheme
		lo, hi int32
	}{
		{scheme.QScheme{Bits: 8, Symmetric: true}, -128, 127},
		{scheme.QScheme{Bits: 8, Symmetric: true, Narrow: true}, -127, 127},
		{scheme.QScheme{Bits: 8}, 0, 255},
		{scheme.QScheme{Bits: 2, Symmetric: true}, -2, 1},
		{scheme.QScheme{Bits: 2}, 0, 3},
		{scheme.QScheme{Bits: 16, Symmetric: true}, -32768, 32767},
		{scheme.QScheme{Bits: 16}, 0, 65535},
	} {
		if lo, hi := c.s.Range(); lo != c.lo || hi != c.hi {
			t.Errorf("%+v: [%d, %d], want [%d, %d]", c.s, lo, hi, c.lo, c.hi)
		}
	}
}

// Every width: the ends of the range come back to within half a step, zero comes back exactly.
func TestEndsAndZeroAreRepresentable(t *testing.T) {
	for _, bits := range []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16} {
		for _, symmetric := range []bool{false, true} {
			s := scheme.QScheme{Bits: bits, Symmetric: symmetric, Narrow: symmetric}
			for _, r := range [][2]float32{{-3, 5}, {0.5, 2}, {-2, -0.5}, {0, 7}, {-1e-3, 1e4}} {
				p, err := s.FromRange([]float32{r[0]}, []float32{r[1]}, -1)
				if err != nil {
					t.Fatal(err)
				}
				x := []float32{0, r[0], r[1]}
				y := make([]float32, 3)
				p.FakeQuantize(y, x, []int{3}, scheme.PyTorch)
				if y[0] != 0 {
					t.Errorf("%+v %v: zero becomes %v", s, r, y[0])
				}
				for i := 1; i < 3; i++ {
					// The zero point is rounded too, which may move an end by up to half a step more.
					if d := math.Abs(float64(y[i] - x[i])); d > 1.001*float64(p.Scale[0]) {
						t.Errorf("%+v %v: %v becomes %v, scale %v", s, r, x[i], y[i], p.Scale[0])
					}
				}
			}
		}
	}
}

func TestPowerOfTwoScales(t *testing.T) {
	s := scheme.QScheme{Bits: 8, Symmetric: true, Narrow: true, PoT: true}
	for _, c := range []struct{ max, want float32 }{
		{127, 1}, {127 * 1.41, 1}, {127 * 1.42, 2}, {127 * 0.7, 0.5}, {127 * 0.71, 1}, {0, 0x1p-23},
	} {
		p, err := s.FromRange([]float32{0}, []float32{c.max}, -1)
		if err != nil || p.Scale[0] != c.want {
			t.Errorf("max %v: scale %v, %v, want %v", c.max, p.Scale, err, c.want)
		}
	}
}

// The zero point of a power-of-two scale is that of the power of two; MQBench keeps that of the scale before.
func TestPowerOfTwoZeroPoint(t *testing.T) {
	s := scheme.QScheme{Bits: 8, PoT: true}
	lo, hi := []float32{-1}, []float32{2}
	sound, err := s.FromRange(lo, hi, -1)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := s.MQBenchRange(lo, hi, -1)
	if err != nil {
		t.Fatal(err)
	}
	if sound.Scale[0] != 1./64 || sound.ZeroPoint[0] != 64 || exact.Scale[0] != 1./64 || exact.ZeroPoint[0] != 85 {
		t.Errorf("%+v, MQBench's %+v", sound, exact)
	}
}

func TestBadRanges(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, r := range [][2]float32{{1, 0}, {nan, 1}, {0, nan}, {0, inf}, {-inf, 0}, {-inf, inf}} {
		if _, err := (scheme.QScheme{Bits: 8}).FromRange([]float32{0, r[0]}, []float32{1, r[1]}, 0); !errors.Is(err, scheme.ErrRange) {
			t.Errorf("%v: %v", r, err)
		}
	}
	big := float32(math.MaxFloat32)
	if _, err := (scheme.QScheme{Bits: 8}).FromRange([]float32{-big}, []float32{big}, -1); !errors.Is(err, scheme.ErrRange) {
		t.Errorf("max − min overflows: %v", err)
	}
}

// The two rules are both needed: near ties the product with the reciprocal and the quotient fall on
// different sides.
func TestRulesDifferNextToTies(t *testing.T) {
	p := scheme.QParams{Scale: []float32{0.0371}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1}
	var x []float32
	for k := -120; k < 120; k++ {
		x = append(x, (float32(k)+0.5)*p.Scale[0])
	}
	a, b := make([]int32, len(x)), make([]int32, len(x))
	p.Quantize(a, x, []int{len(x)}, scheme.PyTorch)
	p.Quantize(b, x, []int{len(x)}, scheme.ONNX)
	differ := 0
	for i := range a {
		if d := a[i] - b[i]; d != 0 {
			differ++
			if d != 1 && d != -1 {
				t.Errorf("x = %v: %d and %d", x[i], a[i], b[i])
			}
		}
	}
	if differ == 0 {
		t.Error("the rules never differ on 240 ties")
	}
}

func TestNaN(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{3}, QMin: 0, QMax: 255, Axis: -1}
	x := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	codes, y := make([]int32, 3), make([]float32, 3)
	p.Quantize(codes, x, []int{3}, scheme.PyTorch)
	p.FakeQuantize(y, x, []int{3}, scheme.PyTorch)
	if got := fmt.Sprint(codes, y); got != "[0 255 0] [NaN 252 -3]" {
		t.Error(got)
	}
}
