package scheme_test

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/scheme"
)

// The kernels' twins and this package say the same, at bit patterns spread over all floats: so what is
// calibrated and trained is what runs.
func TestGridsAreThoseOfTheKernels(t *testing.T) {
	values, limits := scheme.LogTable()
	logarithmic := func(z int32) ref.EpilogueOp {
		p, n := scheme.LogLimits(z)
		return ref.FakeQuantLog2(values, limits, [2]float32{p.Tiny, n.Tiny}, [2]float32{p.Least, n.Least}, p.Most)
	}
	for _, c := range []struct {
		name string
		p    scheme.QParams
		twin ref.EpilogueOp
	}{
		{"half_up", scheme.QParams{Scale: []float32{0.25}, QMin: -8, QMax: 7, Grid: scheme.HalfUp}, ref.FakeQuantHalfUp(4, -8, 7, 0.25)},
		{"e4m3", scheme.QParams{Scale: []float32{0.37}, Grid: scheme.E4M3}, ref.FakeQuantFloat8(0.37, 448, 0x1p-6, 3)},
		{"e5m2", scheme.QParams{Scale: []float32{3e-5}, Grid: scheme.E5M2}, ref.FakeQuantFloat8(3e-5, 57344, 0x1p-14, 2)},
		{"fp16", scheme.QParams{Scale: []float32{1}, Grid: scheme.FP16}, ref.FakeQuantFloat8(1, 65504, 0x1p-14, 10)},
		{"bf16", scheme.QParams{Scale: []float32{1}, Grid: scheme.BF16}, ref.FakeQuantFloat8(1, 0x1.fep127, 0x1p-118, 7)},
		{"log2 of 1", scheme.QParams{Scale: []float32{1}, Grid: scheme.Log2}, logarithmic(-127)},
		{"log2 of 100", scheme.QParams{Scale: []float32{1}, Grid: scheme.Log2}, logarithmic(-21)},
		{"log2 of little", scheme.QParams{Scale: []float32{1}, Grid: scheme.Log2}, logarithmic(-127 - 16*130)},
	} {
		c.p.Axis, c.p.ZeroPoint = -1, []int32{0}
		switch c.name {
		case "log2 of 1":
			c.p.ZeroPoint[0] = -127
		case "log2 of 100":
			c.p.ZeroPoint[0] = -21
		case "log2 of little":
			c.p.ZeroPoint[0] = -127 - 16*130
		}
		x := make([]float32, 1<<18)
		for i := range x {
			x[i] = math.Float32frombits(uint32(i) * 16385)
		}
		for k := range 64 { // ties
			x[k] = (float32(k) - 32.5) * 0.25
		}
		y, want := make([]float32, len(x)), make([]float32, len(x))
		copy(want, x)
		c.twin(want)
		c.p.FakeQuantize(y, x, nil, scheme.PyTorch)
		for i := range y {
			if !ref.Same(y[i], want[i]) {
				t.Fatalf("%s: %v (%#x) becomes %v, the kernel's twin says %v", c.name, x[i], math.Float32bits(x[i]), y[i], want[i])
			}
		}
	}
}

// z makes the greatest number of the grid the one nearest to c in the logarithm.
func TestLogZero(t *testing.T) {
	for _, c := range []float32{1, 2, 100, 0.001, 3.7e20, 1e-20, 1.0219, 1.0220, 0x1p-126} {
		want := int32(math.RoundToEven(16*math.Log2(float64(c)))) - 127
		if got := scheme.LogZero(c); got != want {
			t.Errorf("%v: %d, want %d", c, got, want)
		}
	}
}

// Codes that are not the usual kind: signed with a zero point, unsigned around the middle.
func TestCodes(t *testing.T) {
	for _, c := range []struct {
		s          scheme.QScheme
		lo, hi     float32
		qmin, qmax int32
		scale      float32
		zero       int32
	}{
		{scheme.QScheme{Bits: 8, Codes: scheme.Signed}, -1, 3, -128, 127, 4. / 255, -64},
		{scheme.QScheme{Bits: 8, Codes: scheme.Signed}, 0, 255, -128, 127, 1, -128},
		{scheme.QScheme{Bits: 8, Symmetric: true, Codes: scheme.Unsigned}, -1, 3, 0, 255, 3 / 127.5, 128},
		{scheme.QScheme{Bits: 4, Symmetric: true, Codes: scheme.Unsigned}, -15, 3, 0, 15, 2, 8},
		{scheme.QScheme{Bits: 8, Symmetric: true, Codes: scheme.Upper}, 0, 255, 0, 255, 2, 0},
	} {
		p, err := c.s.FromRange([]float32{c.lo}, []float32{c.hi}, -1)
		if err != nil || p.QMin != c.qmin || p.QMax != c.qmax || p.Scale[0] != c.scale || p.ZeroPoint[0] != c.zero {
			t.Errorf("%+v [%v, %v]: %+v, %v", c.s, c.lo, c.hi, p, err)
		}
	}
}
