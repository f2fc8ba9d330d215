package inspect

import (
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

func sum(x []int) int {
	n := 0
	for _, v := range x {
		n += v
	}
	return n
}

func TestWeightOfOneScale(t *testing.T) {
	p := scheme.QParams{Scale: []float32{0.5}, ZeroPoint: []int32{0}, QMin: -8, QMax: 7, Axis: -1}
	w := []float32{-1, -0.9, 0, 0.5, 3.5, 5, -4.2, -4.3}
	got := WeightOf(w, w, []int{2, 4}, 0, p, scheme.PyTorch)
	// In steps: −2, −1.8, 0, 1, 7, 10, −8.4, −8.6; the last but one rounds to a code, the last is clipped.
	want := make([]int, 16)
	want[0], want[6], want[8], want[9], want[15] = 2, 2, 1, 1, 2
	if !slices.Equal(got.Codes, want) {
		t.Errorf("codes %v, want %v", got.Codes, want)
	}
	if got.Used != 5 || got.Clipped != 2 || got.Elements != 8 || got.Min != -4.3 || got.Max != 5 {
		t.Errorf("used %d, clipped %d, %g to %g", got.Used, got.Clipped, got.Min, got.Max)
	}
	if math.Abs(got.Low+8.6) > 1e-6 || got.High != 10 || sum(got.Float) != 8 || got.Float[0] == 0 || got.Float[len(got.Float)-1] != 1 {
		t.Errorf("bins from %g to %g: %v", got.Low, got.High, got.Float)
	}
	mse := (0.01 + 1.5*1.5 + 0.04 + 0.09) / 8
	if math.Abs(got.MSE-mse) > 1e-6 {
		t.Errorf("MSE %g, want %g", got.MSE, mse)
	}
	if c := got.Channels; len(c) != 2 || c[0].Used != 3 || c[1].Used != 2 || c[1].Clipped != 2 || c[1].Min != -4.3 || c[1].High != 3.5 || c[0].Low != -4 {
		t.Errorf("channels %+v", c)
	}
}

func TestWeightOfAScaleForEachChannel(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1, 0.01}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127, Axis: 1}
	w := []float32{100, 1, -100, -1} // [2,2], channels along the second axis
	got := WeightOf(w, w, []int{2, 2}, -1, p, scheme.PyTorch)
	if got.Low != -128 || got.High != 127 || got.Used != 2 || got.Codes[128+100] != 2 || got.Codes[128-100] != 2 {
		t.Errorf("%+v", got)
	}
	if c := got.Channels; c[0].Max != 100 || c[1].Max != 1 || c[1].Used != 2 || c[1].High != 1.27 {
		t.Errorf("channels %+v", c)
	}
}

func TestWeightOfOtherGrids(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1, Grid: scheme.E4M3}
	w := []float32{0.1, 0.1001, 300, -2}
	if got := WeightOf(w, w, []int{4}, -1, p, scheme.PyTorch); got.Codes != nil || got.Used != 3 || got.Clipped != 0 || got.SQNR < 20 {
		t.Errorf("%+v", got)
	}
}

func TestWeightMadeOfAnother(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: -2, QMax: 1, Axis: -1}
	got := WeightOf([]float32{0.4, -1}, []float32{0.6, -1}, []int{2}, -1, p, scheme.PyTorch)
	if !slices.Equal(got.Codes, []int{0, 1, 0, 1}) || math.Abs(got.MSE-0.18) > 1e-6 {
		t.Errorf("%+v", got)
	}
}

func TestSpread(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: 0, QMax: 255, Axis: -1}
	s := NewSpread(p, 2)
	x := make([]float32, 1000)
	for i := range x {
		x[i] = float32(i) / 2
	}
	s.Add(x)
	s.Add([]float32{-3})
	a := s.Activation()
	if a.Items != 2 || a.Elements != 1001 || a.Min != -3 || a.Max != 499.5 || a.Low != 0 || a.High != 255 {
		t.Errorf("%+v", a)
	}
	// 255.5 is where clipping begins: above are 256 … 499.5.
	if a.Below != 1 || a.Above != 488 {
		t.Errorf("%d below, %d above", a.Below, a.Above)
	}
	if math.Abs(float64(a.Median)-250) > 1 || a.Few > 0.5 || a.Most < 498 || a.Most > 499.5 {
		t.Errorf("quantiles %g %g %g", a.Few, a.Median, a.Most)
	}
}

func TestSpreadSamplesLargeItems(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: 0, QMax: 255, Axis: -1}
	s := NewSpread(p, 4)
	x := make([]float32, maxSample)
	for i := range x {
		x[i] = float32(i % 101)
	}
	for range 4 {
		s.Add(x)
	}
	if len(s.sample) > maxSample {
		t.Errorf("%d values kept", len(s.sample))
	}
	if a := s.Activation(); a.Elements != 4*maxSample || a.Median != 50 {
		t.Errorf("%+v", a)
	}
}

func TestInputIsAPicture(t *testing.T) {
	// Two pixels: the first has the tensor's least red, the second its greatest blue.
	planar := []float32{-2, 0, 0, 1, 0, 2}
	in, rgba := InputOf(planar, []int{3, 1, 2}, false)
	if want := []byte{0, 128, 128, 255, 128, 191, 255, 255}; !slices.Equal(rgba, want) || in.Width != 2 || in.Height != 1 {
		t.Errorf("%v, want %v, %+v", rgba, want, in)
	}
	interleaved := []float32{-2, 0, 0, 0, 1, 2}
	if _, last := InputOf(interleaved, []int{1, 2, 3}, true); !slices.Equal(last, rgba) {
		t.Errorf("channels last: %v, want %v", last, rgba)
	}
	if _, gray := InputOf([]float32{0, 1}, []int{1, 1, 2}, false); !slices.Equal(gray, []byte{0, 0, 0, 255, 255, 255, 255, 255}) {
		t.Errorf("gray %v", gray)
	}
	if in, none := InputOf([]float32{3, 4}, []int{2}, false); none != nil || in.Max != 4 || in.Width != 0 {
		t.Errorf("a vector became a picture: %+v", in)
	}
	nan := float32(math.NaN())
	if _, flat := InputOf([]float32{nan, nan}, []int{1, 1, 2}, false); flat[0] != 0 {
		t.Errorf("NaN became %d", flat[0])
	}
}

func TestAnswers(t *testing.T) {
	got := Answers([]float32{1, 3, 3, -1}, 3, 1)
	if len(got) != 3 || got[0].Class != 0 || got[1].Class != 1 || got[2].Class != -1 {
		t.Fatalf("%+v", got)
	}
	e := math.Exp
	if want := e(3) / (e(1) + 2*e(3) + e(-1)); math.Abs(got[0].Share-want) > 1e-12 {
		t.Errorf("share %g, want %g", got[0].Share, want)
	}
	if got := Answers([]float32{0.25, 0.75}, 5, 0); got[0].Share != 0.75 || len(got) != 2 {
		t.Errorf("shares went through softmax: %+v", got)
	}
}
