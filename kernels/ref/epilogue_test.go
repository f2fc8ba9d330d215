package ref

import (
	"math"
	"testing"
)

func TestFakeQuantTies(t *testing.T) {
	// s = 0.5, zp = 10, [0, 20]: x/s = 2.5 rounds to 2, 3.5 to 4; both ends clamp.
	x := []float32{1.25, 1.75, -1.25, -1.75, 100, -100, 0, float32(math.NaN())}
	want := []float32{1, 2, -1, -2, 5, -5, 0, float32(math.NaN())}
	y := append([]float32(nil), x...)
	FakeQuant(2, 10, 0, 20, 0.5)(y)
	z := append([]float32(nil), x...)
	FakeQuantDiv(0.5, 10, 0, 20)(z)
	q := append([]float32(nil), x...)
	Quantize(0.5, 10, 0, 20)(q)
	if q[0] != 12 || q[1] != 14 || q[4] != 20 || q[5] != 0 {
		t.Errorf("Quantize: %v", q)
	}
	Dequantize(0.5, 10)(q)
	for i := range want {
		if !Same(y[i], want[i]) || !Same(z[i], want[i]) || !Same(q[i], want[i]) {
			t.Errorf("x = %v: %v, %v, %v, want %v", x[i], y[i], z[i], q[i], want[i])
		}
	}
}

func TestFakeQuantRulesDiffer(t *testing.T) {
	// The reciprocal rule and the division rule part next to ties; both are needed (design §4).
	s := float32(0.013)
	var x []float32
	for i := range 100 {
		x = append(x, (float32(i)+0.5)*s)
	}
	a, b := append([]float32(nil), x...), append([]float32(nil), x...)
	FakeQuant(1/s, 0, -128, 127, s)(a)
	FakeQuantDiv(s, 0, -128, 127)(b)
	differ := 0
	for i := range a {
		if a[i] != b[i] {
			differ++
		}
	}
	if differ == 0 {
		t.Error("the two rules agree on every tie; one of them is not what it says")
	}
}

func TestMinMaxFoldsTheSameInAnyOrder(t *testing.T) {
	negZero := float32(math.Copysign(0, -1))
	x := []float32{0, negZero, 3, -2, 1, 0.5, negZero}
	for n := range len(x) + 1 {
		lanes := make([]float32, 16)
		ResetMinMax(lanes)
		ResetMinMax(lanes[8:])
		MinMax(lanes)(x[:n])
		MinMax(lanes[8:])(x[n:])
		lo, hi := FoldMinMax(lanes)
		if lo != -2 || hi != 3 {
			t.Errorf("split at %d: [%v, %v]", n, lo, hi)
		}
	}
	for _, zeros := range [][]float32{{0, negZero}, {negZero, 0}} {
		lanes := make([]float32, 8)
		ResetMinMax(lanes)
		MinMax(lanes)(zeros)
		if lo, hi := FoldMinMax(lanes); !Same(lo, negZero) || !Same(hi, 0) {
			t.Errorf("zeros %v: [%v, %v]", zeros, lo, hi)
		}
	}
}

func TestActivationOps(t *testing.T) {
	x := []float32{-2, -1, 0, 1, 2, 9}
	for _, c := range []struct {
		name string
		op   EpilogueOp
		want []float32
	}{
		{"relu6", Clamp(0, 6), []float32{0, 0, 0, 1, 2, 6}},
		{"leaky", LeakyRelu(0.5), []float32{-1, -0.5, 0, 1, 2, 9}},
		{"prelu", PRelu([]float32{0.5, 0.25}), []float32{-1, -0.25, 0, 1, 2, 9}},
		{"affine", Affine([]float32{1, 2, 3}, []float32{0, 1, 2}), []float32{-2, -1, 2, 1, 5, 29}},
		{"hardsigmoid", HardSigmoidOp(0.25, 0.5), []float32{0, 0.25, 0.5, 0.75, 1, 1}},
		{"hardswish", HardSwishOp(), []float32{-1.0 / 3, -1.0 / 3, 0, 2.0 / 3, 5.0 / 3, 9}},
		{"abs", AbsOp(), []float32{2, 1, 0, 1, 2, 9}},
		{"neg", NegOp(), []float32{2, 1, 0, -1, -2, -9}},
	} {
		y := append([]float32(nil), x...)
		apply([]EpilogueOp{c.op}, y)
		for i := range y {
			if math.Abs(float64(y[i]-c.want[i])) > 3e-7 {
				t.Errorf("%s(%v) = %v, want %v", c.name, x[i], y[i], c.want[i])
			}
		}
	}
}
