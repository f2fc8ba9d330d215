package tflite

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// operation is one operator on inputs of noise.
type operation struct {
	name    string
	code    int
	in      []int               // the shape of the first input
	out     []int               // the shape of the output
	more    func(*sketch) []int // the constant inputs behind the first
	options []any
	before  bool    // the first input comes behind the constant ones
	values  float32 // of the input, 1 where 0
	typ     int
}

func noise(n int) []float32 {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	v := make([]float32, n)
	for i := range v {
		v[i] = r.Float32()*2 - 1
	}
	return v
}

func weight(shape ...int) func(s *sketch) int {
	return func(s *sketch) int { return s.floats(shape, noise(graph.Len(shape))...) }
}

func list(v ...int) func(s *sketch) int {
	return func(s *sketch) int { return s.ints([]int{len(v)}, v...) }
}
func pairs(v ...int) func(s *sketch) int {
	return func(s *sketch) int { return s.ints([]int{len(v) / 2, 2}, v...) }
}

func all(fs ...func(*sketch) int) func(*sketch) []int {
	return func(s *sketch) []int {
		var ids []int
		for _, f := range fs {
			ids = append(ids, f(s))
		}
		return ids
	}
}

const same, valid = byte(0), byte(1)

// operations are at least one of every kind.
func operations() []operation {
	image := []int{1, 6, 7, 4}
	return []operation{
		{name: "conv same stride 2 relu6", code: 3, in: image, out: []int{1, 3, 4, 5}, more: all(weight(5, 3, 3, 4), weight(5)), options: []any{same, 2, 2, byte(3)}},
		{name: "conv valid dilated", code: 3, in: image, out: []int{1, 2, 3, 5}, more: all(weight(5, 3, 3, 4), weight(5)), options: []any{valid, 1, 1, byte(0), 2, 2}},
		{name: "depthwise", code: 4, in: image, out: []int{1, 6, 7, 8}, more: all(weight(1, 3, 3, 8), weight(8)), options: []any{same, 1, 1, 2, byte(1)}},
		{name: "transpose conv", code: 67, in: image, out: []int{1, 12, 14, 3}, before: true, more: all(list(1, 12, 14, 3), weight(3, 3, 3, 4)), options: []any{same, 2, 2}},
		{name: "transpose conv valid", code: 67, in: image, out: []int{1, 13, 15, 3}, before: true, more: all(list(1, 13, 15, 3), weight(3, 3, 3, 4)), options: []any{valid, 2, 2}},
		{name: "fully connected", code: 9, in: []int{2, 6}, out: []int{2, 3}, more: all(weight(3, 6), weight(3)), options: []any{byte(2)}},
		{name: "average pool same", code: 1, in: image, out: []int{1, 3, 4, 4}, options: []any{same, 2, 2, 3, 3}},
		{name: "max pool", code: 17, in: image, out: []int{1, 3, 3, 4}, options: []any{valid, 2, 2, 2, 2}},
		{name: "add channel", code: 0, in: image, out: image, more: all(weight(4)), options: []any{byte(1)}},
		{name: "sub", code: 41, in: image, out: image, more: all(weight(1, 6, 7, 4)), options: []any{byte(0)}},
		{name: "mul", code: 18, in: image, out: image, more: all(weight(1, 1, 7, 1)), options: []any{byte(0)}},
		{name: "maximum", code: 55, in: image, out: image, more: all(weight(4))},
		{name: "minimum", code: 57, in: image, out: image, more: all(weight(4))},
		{name: "squared difference", code: 99, in: image, out: image, more: all(weight(4))},
		{name: "prelu", code: 54, in: image, out: image, more: all(weight(1, 1, 4))},
		{name: "leaky relu", code: 98, in: image, out: image, options: []any{float32(0.1)}},
		{name: "hard swish", code: 117, in: image, out: image, values: 5},
		{name: "relu n1", code: 20, in: image, out: image, values: 3},
		{name: "elu", code: 111, in: image, out: image},
		{name: "exp", code: 47, in: image, out: image},
		{name: "abs", code: 101, in: image, out: image},
		{name: "neg", code: 59, in: image, out: image},
		{name: "floor", code: 8, in: image, out: image, values: 5},
		{name: "square", code: 92, in: image, out: image},
		{name: "tanh", code: 28, in: image, out: image},
		{name: "logistic", code: 14, in: image, out: image, values: 4},
		{name: "softmax beta", code: 25, in: image, out: image, options: []any{float32(2)}},
		{name: "log softmax", code: 50, in: []int{2, 5}, out: []int{2, 5}},
		{name: "l2 normalization", code: 11, in: image, out: image},
		{name: "mean", code: 40, in: image, out: []int{1, 4}, more: all(list(1, 2)), options: []any{false}},
		{name: "mean keep", code: 40, in: image, out: []int{1, 1, 1, 4}, more: all(list(1, 2)), options: []any{true}},
		{name: "sum", code: 74, in: image, out: []int{1, 6, 7}, more: all(list(-1)), options: []any{false}},
		{name: "reduce max", code: 82, in: image, out: []int{1, 6, 1, 4}, more: all(list(2)), options: []any{true}},
		{name: "pad", code: 34, in: image, out: []int{1, 9, 10, 5}, more: all(pairs(0, 0, 1, 2, 3, 0, 0, 1))},
		{name: "mirror pad reflect", code: 100, in: image, out: []int{1, 9, 10, 4}, more: all(pairs(0, 0, 1, 2, 3, 0, 0, 0)), options: []any{byte(0)}},
		{name: "mirror pad symmetric", code: 100, in: image, out: []int{1, 8, 8, 4}, more: all(pairs(0, 0, 1, 1, 0, 1, 0, 0)), options: []any{byte(1)}},
		{name: "transpose", code: 39, in: image, out: []int{1, 4, 7, 6}, more: all(list(0, 3, 2, 1))},
		{name: "reshape", code: 22, in: image, out: []int{4, 42}, more: all(list(4, -1))},
		{name: "squeeze", code: 43, in: image, out: []int{6, 7, 4}, options: []any{[]int{0}}},
		{name: "bilinear", code: 23, in: image, out: []int{1, 12, 9, 4}, more: all(list(12, 9)), options: []any{nil, nil, false, false}},
		{name: "bilinear half pixel", code: 23, in: image, out: []int{1, 12, 9, 4}, more: all(list(12, 9)), options: []any{nil, nil, false, true}},
		{name: "bilinear corners", code: 23, in: image, out: []int{1, 12, 9, 4}, more: all(list(12, 9)), options: []any{nil, nil, true, false}},
		{name: "nearest", code: 97, in: image, out: []int{1, 9, 10, 4}, more: all(list(9, 10)), options: []any{false, false}},
		{name: "nearest half pixel", code: 97, in: image, out: []int{1, 9, 10, 4}, more: all(list(9, 10)), options: []any{false, true}},
		{name: "nearest corners", code: 97, in: image, out: []int{1, 9, 10, 4}, more: all(list(9, 10)), options: []any{true, false}},
		{name: "strided slice", code: 45, in: image, out: []int{1, 2, 4}, more: all(list(0, 1, 6, 0), list(1, 6, 7, 4), list(1, 3, 1, 1)), options: []any{1, 8, 0, 0, 4}},
		{name: "strided slice ellipsis", code: 45, in: image, out: []int{1, 6, 7, 2, 1}, more: all(list(0, 3, 0), list(0, 1, 0), list(1, -1, 1)), options: []any{0, 0, 1, 4, 0}},
		{name: "slice", code: 65, in: image, out: []int{1, 3, 7, 2}, more: all(list(0, 2, 0, 1), list(1, 3, -1, 2))},
		{name: "depth to space", code: 5, in: image, out: []int{1, 12, 14, 1}, options: []any{2}},
		{name: "space to depth", code: 26, in: []int{1, 6, 8, 3}, out: []int{1, 3, 4, 12}, options: []any{2}},
		{name: "space to batch", code: 38, in: []int{1, 6, 8, 3}, out: []int{4, 3, 5, 3}, more: all(list(2, 2), pairs(0, 0, 1, 1))},
		{name: "batch to space", code: 37, in: []int{4, 3, 5, 3}, out: []int{1, 6, 8, 3}, more: all(list(2, 2), pairs(0, 0, 1, 1))},
		{name: "gather", code: 36, in: image, out: []int{1, 6, 2, 4}, more: all(list(5, 2)), options: []any{2}},
		{name: "tile", code: 69, in: []int{2, 3}, out: []int{4, 9}, more: all(list(2, 3))},
		{name: "expand dims", code: 70, in: []int{2, 3}, out: []int{2, 1, 3}, more: all(list(1))},
		{name: "concatenation", code: 2, in: image, out: []int{1, 6, 7, 6}, more: all(weight(1, 6, 7, 2)), options: []any{3, byte(0)}},
		{name: "pack", code: 83, in: []int{2, 3}, out: []int{2, 2, 3}, more: all(weight(2, 3)), options: []any{2, 1}},
		{name: "batch matmul", code: 126, in: []int{2, 3, 4}, out: []int{2, 3, 5}, more: all(weight(2, 5, 4)), options: []any{false, true}},
		{name: "arg max", code: 56, in: image, out: []int{1, 6, 7}, more: all(list(3)), options: []any{byte(int32Type)}, typ: int32Type},
		{name: "gelu", code: 150, in: image, out: image, options: []any{false}, values: 3},
	}
}

// sketched makes a file of the operator, and of codes where scaled.
func (o operation) sketch(behindConv bool) *sketch {
	s := &sketch{}
	x := s.tensor(sketched{name: "x", shape: o.in})
	s.inputs = []int{x}
	if behindConv {
		// A convolution by one pixel leaves its output with the channels first.
		c := o.in[3]
		y := s.tensor(sketched{name: "planar", shape: o.in})
		s.operators = append(s.operators, step{3, []int{x, weight(c, 1, 1, c)(s), weight(c)(s)}, []int{y}, []any{valid, 1, 1, byte(0)}})
		x = y
	}
	in := []int{x}
	if o.more != nil {
		if in = append(in, o.more(s)...); o.before {
			in = append(in[1:], x)
		}
	}
	y := s.tensor(sketched{name: "y", shape: o.out, typ: o.typ})
	s.outputs = []int{y}
	s.operators = append(s.operators, step{o.code, in, []int{y}, o.options})
	return s
}

func (o operation) input() []float32 {
	v := noise(graph.Len(o.in))
	if o.values != 0 {
		for i := range v {
			v[i] *= o.values
		}
	}
	return v
}

// ours runs a file.
func ours(t *testing.T, b []byte, x []float32) []float32 {
	t.Helper()
	m, err := Decode(b)
	if err != nil {
		t.Error(err)
		return nil
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Error(err)
		return nil
	}
	ctx := context.Background()
	r, err := exec.New(ctx, g, exec.Config{})
	if err != nil {
		t.Error(err)
		return nil
	}
	defer r.Close()
	if err := r.Run(ctx, x); err != nil {
		t.Error(err)
		return nil
	}
	return append([]float32(nil), r.Output(0)...)
}

// TestInLiteRT holds every kind of operator against LiteRT.js, as it comes and behind a convolution.
func TestInLiteRT(t *testing.T) {
	if os.Getenv("NPM_FILES") == "" {
		t.Skip("takes the packages of quant/orttest/npm: make models")
	}
	var jobs []orttest.Job
	var files []operation
	for _, behind := range []bool{false, true} {
		for _, o := range operations() {
			if behind && len(o.in) != 4 {
				continue
			}
			jobs = append(jobs, orttest.Job{
				Model: o.sketch(behind).file(), Inputs: []orttest.Tensor{{Shape: o.in, Data: o.input()}}, Outputs: make([]orttest.Tensor, 1),
			})
			files = append(files, o)
		}
	}
	orttest.LiteRT(t, jobs)
	for i, o := range files {
		t.Run(o.name, func(t *testing.T) {
			y := ours(t, jobs[i].Model, jobs[i].Inputs[0].Data)
			near(t, y, jobs[i].Outputs[0].Data, 1e-5)
		})
	}
}

func near(t *testing.T, x, want []float32, tolerance float64) {
	t.Helper()
	if len(x) != len(want) {
		t.Fatalf("%d elements, want %d", len(x), len(want))
	}
	most := 1.0
	for _, v := range want {
		most = max(most, math.Abs(float64(v)))
	}
	for i, v := range want {
		if d := math.Abs(float64(v) - float64(x[i])); !(d <= tolerance*most) {
			t.Fatalf("element %d is %v, want %v", i, x[i], v)
		}
	}
}
