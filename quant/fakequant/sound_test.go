package fakequant_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/scheme"
)

func make1(t *testing.T, name string, c fakequant.Config) fakequant.FakeQuantizer {
	t.Helper()
	f, err := fakequant.New(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTable(t *testing.T) {
	if _, err := fakequant.New("lsqq", fakequant.Config{}); err == nil {
		t.Error("accepted")
	}
	for _, k := range fakequant.Kinds() {
		if !k.Weights && !k.Activation {
			t.Errorf("%s stands nowhere", k.Name)
		}
		f := make1(t, k.Name, fakequant.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true}, Rule: scheme.PyTorch})
		if g := f.Params().Grid; g != k.Grid && g != scheme.HalfUp {
			t.Errorf("%s: grid %q, want %q", k.Name, g, k.Grid)
		}
		_, transforms := f.(fakequant.Transformer)
		if transforms != k.Transforms {
			t.Errorf("%s: Transforms is %t, and that it is a Transformer %t", k.Name, k.Transforms, transforms)
		}
		if transforms || k.Grid != scheme.Integers {
			continue
		}
		y := []float32{0.6, -300}
		if f.Forward(y, y, []int{2}); k.Name == "pact" {
			continue // its scale is of alpha at once
		}
		if y[0] != 1 || y[1] != -128 {
			t.Errorf("%s before Load is not scale 1: %v", k.Name, y)
		}
	}
}

// In the sound reading PACT's alpha learns after calibration too: the gradient is that of the clipped sum.
func TestPACTLearnsAlpha(t *testing.T) {
	f := make1(t, "pact", fakequant.Config{Scheme: scheme.QScheme{Bits: 8}, Rule: scheme.PyTorch, Options: fakequant.Options{Alpha: 2}}).(*fakequant.PACT)
	f.Load(scheme.QParams{}, []float32{-5}, []float32{5})
	x, dy, dx := []float32{-3, -1, 0, 1, 3, 7}, []float32{1, 1, 1, 1, 10, 100}, make([]float32, 6)
	f.Backward(dx, dy, x, []int{6})
	if f.GradAlpha[0] != 110 || f.GradNAlpha[0] != 1 {
		t.Errorf("gradients %v, %v, want 110, 1", f.GradAlpha, f.GradNAlpha)
	}
	for i, want := range []float32{0, 1, 1, 1, 0, 0} {
		if dx[i] != want {
			t.Errorf("dx of %v is %v, want %v", x[i], dx[i], want)
		}
	}
	f.Alpha[0] = 4
	if p := f.Params(); p.Scale[0] != 6./255 {
		t.Errorf("alpha 4, n_alpha -2: scale %v, want 6/255", p.Scale)
	}
	f.Alpha[0] = float32(math.NaN())
	if p := f.Params(); p.Scale[0] != 6./255 {
		t.Errorf("a broken alpha changes the scale to %v", p.Scale)
	}
}

// The clip does not show: limiting to the bounds first gives what the quantizer gives by itself.
func TestPACTClipDoesNotShow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		s := scheme.QScheme{Bits: 2 + r.IntN(7), Symmetric: r.IntN(2) == 0}
		f := make1(t, "pact", fakequant.Config{Scheme: s, Rule: scheme.PyTorch, Options: fakequant.Options{Alpha: r.Float32() + 0.1}})
		f.Load(scheme.QParams{}, []float32{r.Float32() - 0.5}, nil)
		x := make([]float32, 100)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		y, z := make([]float32, 100), make([]float32, 100)
		f.Forward(y, x, []int{100})
		p := f.Params()
		p.FakeQuantize(z, x, []int{100}, scheme.PyTorch)
		for i := range y {
			if y[i] != z[i] && math.Abs(float64(y[i]-z[i])) > 1.001*float64(p.Scale[0]) {
				t.Fatalf("%+v: x = %v: %v with the clip, %v without", s, x[i], y[i], z[i])
			}
		}
	}
}

// TQT trains its threshold: too small a scale has a gradient that raises it, too large one that lowers it.
func TestTQTTrainsTheThreshold(t *testing.T) {
	for _, c := range []struct {
		scale float32
		sign  float64
	}{{1. / 1024, 1}, {4, -1}} {
		f := make1(t, "tqt", fakequant.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PoT: true}, Rule: scheme.PyTorch, Weight: true}).(*fakequant.TQT)
		f.Load(scheme.QParams{Scale: []float32{c.scale}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1}, nil, nil)
		if p := f.Params(); p.Scale[0] != c.scale {
			t.Fatalf("scale %v becomes %v", c.scale, p.Scale)
		}
		r := rand.New(rand.NewPCG(3, 4))
		x, y, dy, dx := make([]float32, 1000), make([]float32, 1000), make([]float32, 1000), make([]float32, 1000)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		f.Forward(y, x, []int{1000})
		for i := range x {
			dy[i] = 2 * (y[i] - x[i]) // of the squared error
		}
		f.Backward(dx, dy, x, []int{1000})
		if g := float64(f.GradLog2T[0]); g*c.sign >= 0 {
			t.Errorf("scale %v: gradient %v", c.scale, g)
		}
		f.Log2T[0] += float32(c.sign)
		if p := f.Params(); p.Scale[0] != c.scale*float32(math.Exp2(c.sign)) {
			t.Errorf("one octave on: %v", p.Scale)
		}
	}
}

// Begun for some weights, AdaRound's soft rounding gives the weights back, as far as they are in range.
func TestAdaRoundBeginsAtTheWeights(t *testing.T) {
	f := make1(t, "adaround", fakequant.Config{Rule: scheme.PyTorch}).(*fakequant.AdaRound)
	f.Load(scheme.QParams{Scale: []float32{0.03, 0.5}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127, Axis: 0}, nil, nil)
	x := []float32{0.011, -1.234, 2.5, 0, 0.26, -31.7, 40.9, -0.01}
	y := make([]float32, len(x))
	f.Init(x, []int{2, 4})
	f.Forward(y, x, []int{2, 4})
	for i := range x {
		if d := math.Abs(float64(y[i] - x[i])); d > 1e-5 {
			t.Errorf("%v becomes %v", x[i], y[i])
		}
	}
	for i, v := range f.Rounded(x, []int{2, 4}) {
		if s := []float64{0.03, 0.5}[i/4]; math.Abs(float64(v-x[i])) > 0.5001*s {
			t.Errorf("%v is rounded to %v", x[i], v)
		}
	}
}

func TestQDropDropsSome(t *testing.T) {
	f := make1(t, "qdrop", fakequant.Config{Rule: scheme.PyTorch}).(*fakequant.QDrop)
	f.Load(scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1}, nil, nil)
	f.Probability, f.Random = 0.5, rand.New(rand.NewPCG(1, 2))
	x, y, dy, dx := make([]float32, 1000), make([]float32, 1000), make([]float32, 1000), make([]float32, 1000)
	for i := range x {
		x[i], dy[i] = 0.3, 1
	}
	f.Forward(y, x, []int{1000})
	dropped := 0
	for i := range y {
		switch y[i] {
		case 0.3:
			dropped++
		case 0:
		default:
			t.Fatalf("0.3 becomes %v", y[i])
		}
	}
	if dropped < 400 || dropped > 600 {
		t.Errorf("%d of 1000 are kept", dropped)
	}
	f.Backward(dx, dy, x, []int{1000})
	if want := -0.3 * float64(1000-dropped); math.Abs(float64(f.GradScale[0])-want) > 1e-3 {
		t.Errorf("gradient %v, want %v: kept values have none", f.GradScale, want)
	}
}

// Eight-bit floats: their numbers stay, others go to the nearest, what is too large saturates.
func TestFloat8(t *testing.T) {
	for _, c := range []struct {
		name           string
		mantissa, bias int
		most           float32
	}{{"e4m3", 3, 7, 448}, {"e5m2", 2, 15, 57344}, {"fp16", 10, 15, 65504}} {
		f := make1(t, c.name, fakequant.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true}, Rule: scheme.PyTorch, Exact: true})
		f.Load(scheme.QParams{Scale: []float32{1}, Axis: -1}, []float32{-1}, []float32{1})
		var numbers []float32                // not negative, ascending
		for code := range 32 << c.mantissa { // exponents of at most 5 bits; what is no number of the format is above its most
			e, m := code>>c.mantissa, code&(1<<c.mantissa-1)
			v := math.Ldexp(float64(m), 1-c.bias-c.mantissa)
			if e > 0 {
				v = math.Ldexp(float64(m+1<<c.mantissa), e-c.bias-c.mantissa)
			}
			if float32(v) <= c.most {
				numbers = append(numbers, float32(v))
			}
		}
		if got := numbers[len(numbers)-1]; got != c.most {
			t.Fatalf("%s: greatest %v", c.name, got)
		}
		var x, want []float32
		for i, v := range numbers {
			x, want = append(x, v, -v), append(want, v, -v)
			if i > 0 {
				middle := (numbers[i-1] + v) / 2
				even := numbers[i-1]
				if i%2 == 0 {
					even = v
				}
				x = append(x, middle, math.Nextafter32(middle, 0), math.Nextafter32(middle, 1e9))
				want = append(want, even, numbers[i-1], v)
			}
		}
		x, want = append(x, 1e30, float32(math.Inf(-1)), float32(math.NaN())), append(want, c.most, -c.most, float32(math.NaN()))
		y := make([]float32, len(x))
		f.Forward(y, x, []int{len(x)})
		for i := range y {
			if y[i] != want[i] && !(y[i] != y[i] && want[i] != want[i]) {
				t.Errorf("%s: %v becomes %v, want %v", c.name, x[i], y[i], want[i])
			}
		}
		if c.name == "fp16" {
			continue // s = 1
		}
		// The sound reading reaches to what was observed.
		f = make1(t, c.name, fakequant.Config{Rule: scheme.PyTorch})
		f.Load(scheme.QParams{Scale: []float32{1, 1}, Axis: 0}, []float32{-3, 0}, []float32{1, 0})
		y = []float32{-3, 0}
		f.Forward(y, y, []int{2, 1})
		if y[0] != -3 || y[1] != 0 {
			t.Errorf("%s: the greatest value becomes %v", c.name, y)
		}
	}
}

// The gradient passes where the scaled value is one of the format's range; MQBench's fork lets all pass.
func TestFloat8Gradients(t *testing.T) {
	for _, exact := range []bool{false, true} {
		for name, most := range map[string]float32{"e4m3": 448, "e5m2": 57344} {
			f := make1(t, name, fakequant.Config{Rule: scheme.PyTorch, Exact: exact})
			f.Load(scheme.QParams{Scale: []float32{1, 1}, Axis: 0}, []float32{-2 * most, 0}, []float32{0, most / 2})
			x, dy, dx := []float32{most, -2 * most, -2.1 * most, 0.4 * most, 0.6 * most, -0.1}, []float32{1, 2, 3, 4, 5, 6}, make([]float32, 6)
			f.Backward(dx, dy, x, []int{2, 3})
			for i, want := range []float32{1, 2, 0, 4, 0, 6} {
				if exact {
					want = dy[i]
				}
				if dx[i] != want {
					t.Errorf("%s, exact %v: dx of %v is %v, want %v", name, exact, x[i], dx[i], want)
				}
			}
		}
	}
}

// NNIE's numbers are 16 to an octave; each stays what it is.
func TestNNIE(t *testing.T) {
	f := make1(t, "nnie", fakequant.Config{})
	f.Load(scheme.QParams{}, []float32{-3}, []float32{100})
	z := int(f.Params().ZeroPoint[0])
	if want := int(math.RoundToEven(16*math.Log2(100))) - 127; z != want {
		t.Fatalf("z = %d, want %d", z, want)
	}
	x := []float32{0, 1e-9, -1e-9, 1e9, -1e9, float32(math.NaN())}
	want := []float32{0, 0, 0, float32(math.Exp2(float64(127+z) / 16)), -float32(math.Exp2(float64(127+z) / 16)), float32(math.NaN())}
	for k := range 128 {
		v := float32(math.Exp2(float64(k+z) / 16))
		x, want = append(x, v), append(want, v)
		if k > 0 {
			x, want = append(x, -v), append(want, -v)
		}
		x, want = append(x, v*1.0216), append(want, v) // just below half a step, 2^(1/32) = 1.02190
		if k < 127 {
			x, want = append(x, v*1.0222), append(want, float32(math.Exp2(float64(k+1+z)/16)))
		}
	}
	y := make([]float32, len(x))
	f.Forward(y, x, []int{len(x)})
	for i := range y {
		if ulps(y[i], want[i]) > 1 && !(y[i] != y[i] && want[i] != want[i]) {
			t.Errorf("%v becomes %v, want %v", x[i], y[i], want[i])
		}
	}
}
