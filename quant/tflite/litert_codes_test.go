package tflite

import (
	"math"
	"os"
	"testing"

	"github.com/quantscope/quantscope/quant/orttest"
)

// codes adds a tensor of int8 codes.
func (s *sketch) codes(name string, scale float32, zero int64, shape ...int) int {
	return s.tensor(sketched{name: name, shape: shape, typ: int8Type, scales: []float32{scale}, zeros: []int64{zero}})
}

// quantizedNet is a network of int8 with weights by channel, from codes to codes or, with floats around it, from
// floats to floats.
func quantizedNet(floats bool) *sketch {
	s := &sketch{}
	weights := func(axis int, scales []float32, shape ...int) int {
		n := 1
		for _, d := range shape {
			n *= d
		}
		data := make([]byte, n)
		for i, v := range noise(n) {
			data[i] = byte(int8(math.Round(float64(v) * 127)))
		}
		return s.tensor(sketched{name: "w", shape: shape, typ: int8Type, data: data, scales: scales, axis: axis})
	}
	bias := func(in float32, scales []float32) int {
		var of []float32
		data := make([]byte, 0, 4*len(scales))
		for i, v := range scales {
			of = append(of, in*v)
			data = append(data, byte(40*i), byte(i), 0, 0)
		}
		return s.tensor(sketched{name: "b", shape: []int{len(scales)}, typ: int32Type, data: data, scales: of})
	}
	q := s.codes("input", 0.01, 3, 1, 8, 8, 4)
	s.inputs = []int{q}
	if floats {
		x := s.tensor(sketched{name: "x", shape: []int{1, 8, 8, 4}})
		s.inputs = []int{x}
		s.operators = append(s.operators, step{114, []int{x}, []int{q}, nil})
	}
	a, b := []float32{0.01, 0.02, 0.015, 0.005, 0.01, 0.02, 0.03, 0.01}, []float32{0.02, 0.01, 0.02, 0.01, 0.02, 0.01, 0.02, 0.01}
	conv := s.codes("conv", 0.03, -128, 1, 4, 4, 8)
	deep := s.codes("depthwise", 0.05, 5, 1, 4, 4, 8)
	sum := s.codes("sum", 0.06, -2, 1, 4, 4, 8)
	pool := s.codes("pool", 0.06, -2, 1, 2, 2, 8)
	mean := s.codes("mean", 0.06, -2, 1, 8)
	fc := s.codes("fc", 0.05, 0, 1, 4)
	y := s.codes("softmax", 1./256, -128, 1, 4)
	out := []float32{0.02, 0.02, 0.02, 0.02}
	s.operators = append(s.operators,
		step{3, []int{q, weights(0, a, 8, 3, 3, 4), bias(0.01, a)}, []int{conv}, []any{same, 2, 2, byte(1)}},
		step{4, []int{conv, weights(3, b, 1, 3, 3, 8), bias(0.03, b)}, []int{deep}, []any{same, 1, 1, 1, byte(0)}},
		step{0, []int{conv, deep}, []int{sum}, []any{byte(0)}},
		step{17, []int{sum}, []int{pool}, []any{valid, 2, 2, 2, 2}},
		step{40, []int{pool, s.ints([]int{2}, 1, 2)}, []int{mean}, []any{false}},
		step{9, []int{mean, weights(0, out[:1], 4, 8), bias(0.06, out)}, []int{fc}, []any{byte(0)}},
		step{25, []int{fc}, []int{y}, []any{float32(1)}},
	)
	// One scale for the whole weight, as fully connected layers have it, has a bias of one scale.
	s.tensors[len(s.tensors)-1].scales = s.tensors[len(s.tensors)-1].scales[:1]
	s.outputs = []int{y}
	if floats {
		z := s.tensor(sketched{name: "y", shape: []int{1, 4}})
		s.operators = append(s.operators, step{6, []int{y}, []int{z}, nil})
		s.outputs = []int{z}
	}
	return s
}

// TestCodesInLiteRT holds a network of int8 against LiteRT.js: it rounds between integers where we round floats, so
// that a code may be the next one.
func TestCodesInLiteRT(t *testing.T) {
	if os.Getenv("NPM_FILES") == "" {
		t.Skip("takes the packages of quant/orttest/npm: make models")
	}
	x := noise(8 * 8 * 4)
	codes := make([]float32, len(x))
	for i, v := range x {
		codes[i] = float32(math.Max(-128, math.Min(127, math.RoundToEven(float64(v)*100)+3)))
	}
	jobs := []orttest.Job{{
		Model: quantizedNet(true).file(), Inputs: []orttest.Tensor{{Shape: []int{1, 8, 8, 4}, Data: x}}, Outputs: make([]orttest.Tensor, 1),
	}}
	orttest.LiteRT(t, jobs)
	want, have := jobs[0].Outputs[0].Data, ours(t, jobs[0].Model, x)
	near(t, have, want, 2./256)
	// LiteRT.js takes no codes; from codes to codes the network is the same one.
	for i, code := range ours(t, quantizedNet(false).file(), codes) {
		if v := (code + 128) / 256; v != have[i] {
			t.Errorf("code %d is %v, which stands for %v, want %v", i, code, v, have[i])
		}
	}
}
