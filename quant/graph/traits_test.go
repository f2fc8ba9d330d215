package graph

import (
	"math"
	"slices"
	"testing"
)

// What only moves elements is folded by copying: each number that comes out went in, or is the padding.
func TestMoversMakeNoNumbers(t *testing.T) {
	x := &Tensor{DType: Float32, Shape: []int{1, 4, 2, 2}, F: []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}
	ops := []Op{
		Reshape{Shape: []int{4, 4}}, Transpose{Perm: []int{0, 2, 3, 1}}, Concat{Axis: 1}, Split{Axis: 1, Sizes: []int{1, 3}},
		Slice{Starts: []int{0, 3, 0, 0}, Steps: []int{1, -1, 1, 1}, Sizes: []int{1, 3, 2, 2}}, Expand{Shape: []int{3, 4, 2, 2}},
		Gather{Axis: 1, Indices: []int{2, 0}, Shape: []int{2}}, DepthToSpace{Block: 2}, SpaceToDepth{Block: 2},
		Pad{Before: []int{0, 0, 1, 1}, After: []int{0, 0, 1, 1}}, Resize{Scale: [2]float32{2, 2}, Out: [2]int{4, 4}},
	}
	for _, op := range ops {
		if !Moves(op) {
			t.Errorf("%s does not move", op.Type())
		}
		f, ok := op.(Folder)
		if !ok {
			continue
		}
		out, err := f.Fold([]*Tensor{x})
		if err != nil {
			t.Fatalf("%s: %v", op.Type(), err)
		}
		for _, y := range out {
			for _, v := range y.F {
				if !slices.Contains(x.F, v) {
					t.Errorf("%s makes %v", op.Type(), v)
				}
			}
		}
	}
	for _, op := range []Op{Resize{Mode: ResizeLinear}, Relu{}, Add{}, MaxPool{}, Conv{}} {
		if Moves(op) {
			t.Errorf("%s moves", op.Type())
		}
	}
}

// Each element-wise operator gives the shape it gets, and its twin a number near the function's.
func TestElementwise(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	gate := func(x float64) float64 { return max(0, min(1, x/6+0.5)) }
	normal := func(x float64) float64 { return (1 + math.Erf(x/math.Sqrt2)) / 2 }
	for _, c := range []struct {
		op Elementwise
		f  func(x float64) float64
	}{
		{Relu{}, func(x float64) float64 { return max(x, 0) }},
		{Clip{Lo: -1, Hi: 2}, func(x float64) float64 { return max(-1, min(2, x)) }},
		{LeakyRelu{Alpha: 0.1}, func(x float64) float64 { return max(x, 0.1*x) }},
		{Elu{Alpha: 2}, func(x float64) float64 { return max(x, 0) + 2*math.Expm1(min(x, 0)) }},
		{Sigmoid{}, sigmoid},
		{SiLU{}, func(x float64) float64 { return x * sigmoid(x) }},
		{HardSigmoid{Alpha: 0.2, Beta: 0.5}, func(x float64) float64 { return max(0, min(1, 0.2*x+0.5)) }},
		{HardSwish{}, func(x float64) float64 { return x * gate(x) }},
		{Tanh{}, math.Tanh},
		{Exp{}, math.Exp},
		{Softplus{}, func(x float64) float64 { return math.Log1p(math.Exp(x)) }},
		{Mish{}, func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }},
		{Gelu{}, func(x float64) float64 { return x * normal(x) }},
		{Gelu{Tanh: true}, func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}},
		{Sqrt{}, math.Sqrt},
	} {
		x := []float32{-3, -0.5, 0, 0.25, 1, 4}
		if _, ok := c.op.(Sqrt); ok {
			x = x[2:]
		}
		out, err := c.op.Infer([]Value{{Name: "x", Shape: []int{len(x)}}})
		if err != nil || len(out) != 1 || !slices.Equal(out[0].Shape, []int{len(x)}) {
			t.Errorf("%s gives %v, %v", c.op.Type(), out, err)
		}
		y := slices.Clone(x)
		c.op.Twin()(y)
		for i := range x {
			if want := c.f(float64(x[i])); math.Abs(float64(y[i])-want) > 1e-6*max(1, math.Abs(want)) {
				t.Errorf("%s(%v) is %v, want %v", c.op.Type(), x[i], y[i], want)
			}
		}
	}
}

// Products are counted as they are multiplied one by one.
func TestProducts(t *testing.T) {
	two := []int{2, 2}
	ones := []int{1, 1}
	none := make([]int, 4)
	cell := []Activation{{Name: "Sigmoid"}, {Name: "Tanh"}, {Name: "Tanh"}}
	for name, c := range map[string]struct {
		op   Multiplier
		in   [][]int
		want int
	}{
		"conv":           {Conv{Kernel: two, Strides: ones, Dilations: ones, Pads: none, Group: 2}, [][]int{{1, 4, 3, 3}, {6, 2, 2, 2}}, 4 * 6 * 2 * 4},
		"transposed":     {ConvTranspose{Kernel: two, Strides: two, Dilations: ones, Pads: none, Group: 1, OutputPadding: []int{0, 0}}, [][]int{{1, 4, 3, 3}, {4, 6, 2, 2}}, 4 * 9 * 6 * 4},
		"gemm":           {Gemm{Alpha: 1, Beta: 1}, [][]int{{3, 4}, {4, 5}}, 3 * 4 * 5},
		"gemm, turned":   {Gemm{Alpha: 1, Beta: 1, TransA: true, TransB: true}, [][]int{{4, 3}, {5, 4}}, 3 * 4 * 5},
		"matmul":         {MatMul{}, [][]int{{2, 3, 4}, {4, 5}}, 2 * 3 * 4 * 5},
		"lstm, two ways": {Recurrent{Cell: LSTM, Hidden: 3, Reverse: []bool{false, true}, Activations: slices.Concat(cell, cell)}, [][]int{{5, 2, 4}, {2, 12, 4}, {2, 12, 3}}, 5 * 2 * 2 * (12*4 + 12*3)},
	} {
		var in []Value
		for _, shape := range c.in {
			in = append(in, Value{Name: name, Shape: shape})
		}
		out, err := c.op.Infer(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := c.op.Products(in, out[0]); got != c.want {
			t.Errorf("%s: %d products, want %d", name, got, c.want)
		}
	}
}
