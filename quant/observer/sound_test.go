package observer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

var eight = scheme.QScheme{Bits: 8}

// seen is an observer after some batches of one item each, one scale for the tensor.
func seen(t *testing.T, name string, c observer.Config, batches ...[]float32) observer.Observer {
	t.Helper()
	c.Axis, c.Channels = -1, 1
	o, err := observer.New(name, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range batches {
		feed(o, x, []int{1, len(x)}, -1)
	}
	return o
}

// found is the range its numbers reach to.
func found(t *testing.T, o observer.Observer) (lo, hi float64) {
	t.Helper()
	p, err := o.Params()
	if err != nil {
		t.Fatal(err)
	}
	s, z := float64(p.Scale[0]), float64(p.ZeroPoint[0])
	return (float64(p.QMin) - z) * s, (float64(p.QMax) - z) * s
}

func normal(seed uint64, n int, mean, deviation float64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(mean + deviation*r.NormFloat64())
	}
	return x
}

func around(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The sound reading clips to mean ± kσ of all values; MQBench's widens, by the last batch.
func TestClipStdClips(t *testing.T) {
	a, b := append(normal(1, 5000, 0, 1), 40), append(normal(2, 5000, 0, 1), -40)
	lo, hi := found(t, seen(t, "clip_std", observer.Config{Scheme: eight}, a, b))
	around(t, "lower end", lo, -2.6*math.Sqrt(1.32), 0.1)
	around(t, "upper end", hi, 2.6*math.Sqrt(1.32), 0.1)
	lo, hi = found(t, seen(t, "clip_std", observer.Config{Scheme: eight, Exact: true}, a, b))
	around(t, "MQBench's lower end", lo, -40, 0.5)
	if hi > 10 {
		t.Errorf("MQBench forgets the first batch, but reaches to %v", hi)
	}
	lo, hi = found(t, seen(t, "clip_std", observer.Config{Scheme: eight, Options: observer.Options{Deviations: 1}}, a, b))
	around(t, "one deviation", hi-lo, 2*math.Sqrt(1.32), 0.1)
}

func TestLSQAveragesTheCalibration(t *testing.T) {
	s := scheme.QScheme{Bits: 4, Symmetric: true}
	p, err := seen(t, "lsq", observer.Config{Scheme: s}, []float32{1, -1}, []float32{3, -3, 3, -3}).Params()
	if want := 2 * (2 + 12) / 6. / math.Sqrt(7); err != nil || math.Abs(float64(p.Scale[0])-want) > 1e-6 {
		t.Errorf("%v, %v, want %v", p.Scale, err, want)
	}
	p, err = seen(t, "lsq", observer.Config{Scheme: scheme.QScheme{Bits: 4}}, []float32{-100, 0.001}).Params()
	if err != nil || p.ZeroPoint[0] > 15 {
		t.Errorf("zero point %v is not a code, %v", p.ZeroPoint, err)
	}
	zero, err := seen(t, "lsq", observer.Config{Scheme: s}, []float32{0, 0}).Params()
	if err != nil || zero.Scale[0] != scheme.Epsilon {
		t.Errorf("zeros: %v, %v", zero, err)
	}
}

// LSQ+: symmetric codes reach to three deviations, which with MQBench's they half do.
func TestLSQPlusReaches(t *testing.T) {
	x := normal(3, 20000, 0.5, 2)
	_, hi := found(t, seen(t, "lsq_plus", observer.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true}}, x))
	around(t, "reach", hi, 6.5, 0.2)
	_, hi = found(t, seen(t, "lsq_plus", observer.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true}, Exact: true}, x))
	around(t, "MQBench's reach", hi, 3.25, 0.1)
	lo, hi := found(t, seen(t, "lsq_plus", observer.Config{Scheme: eight}, x))
	around(t, "asymmetric lower end", lo, -5.5, 0.2)
	around(t, "asymmetric upper end", hi, 6.5, 0.2)
}

func squares(p scheme.QParams, x []float32) (sum float64) {
	y := make([]float32, len(x))
	p.FakeQuantize(y, x, nil, scheme.PyTorch)
	for i := range x {
		d := float64(y[i] - x[i])
		sum += d * d
	}
	return sum
}

// With few bits a narrower range has the less error; both searches find it, and no shrunken range is better.
func TestSearchesFindLessError(t *testing.T) {
	x := append(normal(4, 20000, 0, 1), 12, -9)
	for _, s := range []scheme.QScheme{{Bits: 4}, {Bits: 4, Symmetric: true}, {Bits: 4, Symmetric: true, PoT: true}, {Bits: 4, PoT: true}} {
		wide, err := seen(t, "minmax", observer.Config{Scheme: s}, x).Params()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"mse", "ema_mse", "hist_mse"} {
			p, err := seen(t, name, observer.Config{Scheme: s, EMARatio: 0.9}, x).Params()
			if err != nil {
				t.Fatal(err)
			}
			least := squares(p, x)
			if s.PoT && least > squares(wide, x) || !s.PoT && least > squares(wide, x)/2 {
				t.Errorf("%s, %+v: error %v, of the whole range %v", name, s, least, squares(wide, x))
			}
			slack := 1.0
			if name == "hist_mse" {
				slack = 1.02 // of the bins' middles
			}
			lo, hi := observer.Of(x)
			for i := range 95 {
				shrink := float32(1 - float64(i)*0.01)
				if q, err := s.FromRange([]float32{lo * shrink}, []float32{hi * shrink}, -1); err == nil && squares(q, x)*slack < least*(1-1e-9) && slack == 1 {
					t.Errorf("%s, %+v: shrinking by %d %% gives %v, found %v", name, s, i, squares(q, x), least)
				}
			}
		}
	}
}

// A higher power minds great errors more, so that the range stays wider.
func TestPowerOfTheError(t *testing.T) {
	x := append(normal(5, 5000, 0, 1), 8)
	var last float64
	for _, power := range []float32{1, 2, 2.4, 4} {
		_, hi := found(t, seen(t, "mse", observer.Config{Scheme: scheme.QScheme{Bits: 4}, Options: observer.Options{Power: power}}, x))
		if hi < last {
			t.Errorf("power %v: reaches to %v, a lower power to %v", power, hi, last)
		}
		last = hi
	}
}

func TestPercentile(t *testing.T) {
	x := make([]float32, 0, 100000)
	for i := range 50000 {
		x = append(x, float32(i)/50000, -2*float32(i)/50000) // evenly from -2 to 1, half on each side
	}
	for _, threshold := range []float32{0.9, 0.99} {
		lo, hi := found(t, seen(t, "percentile", observer.Config{Scheme: eight, Options: observer.Options{Threshold: threshold}}, x[:30000], x[30000:]))
		outside := 2 * (1 - float64(threshold)) // of a side
		around(t, "lower end", lo, -2*(1-outside), 0.01)
		around(t, "upper end", hi, 1-outside, 0.01)
	}
	lo, hi := found(t, seen(t, "percentile", observer.Config{Scheme: eight, Options: observer.Options{Threshold: 1}}, x))
	around(t, "whole lower end", lo, -2, 0.01)
	around(t, "whole upper end", hi, 1, 0.01)
	lo, hi = found(t, seen(t, "percentile", observer.Config{Scheme: eight}, []float32{3, 4, 5, 6}))
	around(t, "positive values, lower end", lo, 0, 0)
	around(t, "positive values, upper end", hi, 6, 0.01)
}

// An even distribution keeps its range; a few far values are cut off.
func TestEntropy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	even := make([]float32, 100000)
	for i := range even {
		even[i] = r.Float32()*2 - 1
	}
	for _, s := range []scheme.QScheme{eight, {Bits: 8, Symmetric: true}, {Bits: 4, Symmetric: true}} {
		_, hi := found(t, seen(t, "entropy", observer.Config{Scheme: s}, even))
		around(t, "even distribution", hi, 1, 0.1)
		_, hi = found(t, seen(t, "entropy", observer.Config{Scheme: s}, append(normal(6, 100000, 0, 1), 60)))
		if hi < 2 || hi > 12 {
			t.Errorf("%+v: one value at 60 among normal ones: reaches to %v", s, hi)
		}
	}
	lo, hi := found(t, seen(t, "entropy", observer.Config{Scheme: eight}, []float32{0, 0, 5, 0}))
	if lo != 0 || hi < 4.9 {
		t.Errorf("a single value: [%v, %v]", lo, hi)
	}
}

// What counts the whole calibration does not depend on the order of items, nor on how they are batched.
func TestHistogramsDoNotDependOnTheOrder(t *testing.T) {
	parts := [][]float32{normal(7, 3000, 0, 1e-3), normal(8, 3000, 0, 5), {0, 0, 0}, normal(9, 3000, 2, 0.1), {1000}}
	backwards := [][]float32{parts[4], parts[3], parts[2], parts[1], parts[0]}
	var whole []float32
	for _, x := range parts {
		whole = append(whole, x...)
	}
	for _, name := range []string{"percentile", "entropy", "hist_mse"} {
		c := observer.Config{Scheme: eight}
		lo, hi := found(t, seen(t, name, c, parts...))
		for _, other := range [][][]float32{backwards, {whole}} {
			if l, h := found(t, seen(t, name, c, other...)); l != lo || h != hi {
				t.Errorf("%s: [%v, %v] and [%v, %v]", name, lo, hi, l, h)
			}
		}
	}
}

// The most frequent power of two wins; of MQBench's places a larger one wraps around.
func TestPoTModeVotes(t *testing.T) {
	s := scheme.QScheme{Bits: 8, Symmetric: true, PoT: true}
	one, wide := []float32{-100, 0.3, 90}, []float32{-200, 0.3, 190}
	p, err := seen(t, "pot_mode", observer.Config{Scheme: s}, one, wide, one).Params()
	if err != nil || p.Scale[0] > 1 {
		t.Errorf("%v, %v", p, err)
	}
	huge := []float32{1e6, -1e6}
	p, err = seen(t, "pot_mode", observer.Config{Scheme: s}, huge).Params()
	if err != nil || float64(p.Scale[0])*127 < 9e5 {
		t.Errorf("a scale above 2^7: %v, %v", p, err)
	}
	for _, x := range []float32{1e38, 1e-38} {
		for _, exact := range []bool{false, true} {
			if _, err := seen(t, "pot_mode", observer.Config{Scheme: s, Exact: exact}, []float32{x, -x}).Params(); err != nil {
				t.Errorf("%v: %v", x, err)
			}
		}
	}
}

// The range of the first batch may be next to nothing beside the second's: no memory is spent on it.
func TestKLDGrowsWithoutMemory(t *testing.T) {
	for _, exact := range []bool{false, true} {
		_, hi := found(t, seen(t, "kld", observer.Config{Scheme: eight, Exact: exact}, []float32{1e-30, 2e-30}, normal(10, 10000, 0, 1000)))
		if hi < 500 || hi > 6000 {
			t.Errorf("exact %v: reaches to %v", exact, hi)
		}
	}
	lo, hi := found(t, seen(t, "kld", observer.Config{Scheme: eight}, normal(11, 10000, 0, 1), normal(12, 10000, 0, 1)))
	if lo > -2 || hi < 2 || lo < -6 || hi > 6 {
		t.Errorf("normal values: [%v, %v]", lo, hi)
	}
}
