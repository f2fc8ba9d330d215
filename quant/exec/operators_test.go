package exec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// array is a tensor in float64, C order.
type array struct {
	shape []int
	x     []float64
}

func (a array) at(index ...int) float64 {
	i := 0
	for d, n := range a.shape {
		i = i*n + index[d]
	}
	return a.x[i]
}

// fill makes a tensor element by element.
func fill(shape []int, f func(index []int) float64) array {
	a := array{shape: shape}
	index := make([]int, len(shape))
	for range graph.Len(shape) {
		a.x = append(a.x, f(index))
		for d := len(shape) - 1; d >= 0; d-- {
			if index[d]++; index[d] < shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return a
}

// spread is a at an index of a tensor that it broadcasts to.
func (a array) spread(index []int) float64 {
	own := slices.Clone(index[len(index)-len(a.shape):])
	for d := range own {
		if a.shape[d] == 1 {
			own[d] = 0
		}
	}
	return a.at(own...)
}

// operatorTest is a node whose outputs want computes.
type operatorTest struct {
	name   string
	op     graph.Op
	inputs [][]int
	want   func(in []array) []array
	types  []graph.DType // of inputs; float32 where it ends
}

// network is one node on inputs of which the first run are run-time data.
func (c operatorTest) network(t *testing.T, in []array, run int) *graph.Graph {
	t.Helper()
	g := &graph.Graph{Name: c.name}
	n := graph.Node{Name: "node", Op: c.op}
	for i, a := range in {
		v := graph.Value{Name: fmt.Sprint("in", i), Shape: a.shape}
		if i < len(c.types) {
			v.DType = c.types[i]
		}
		id := graph.ValueID(len(g.Values))
		if i < run {
			g.Inputs = append(g.Inputs, id)
		} else {
			v.Const = &graph.Tensor{DType: v.DType, Shape: a.shape}
			for _, x := range a.x {
				if v.DType == graph.Float32 {
					v.Const.F = append(v.Const.F, float32(x))
				} else {
					v.Const.I = append(v.Const.I, int64(x))
				}
			}
		}
		g.Values = append(g.Values, v)
		n.Inputs = append(n.Inputs, id)
	}
	out, err := c.op.Infer(g.Values)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range out {
		v.Name = fmt.Sprint("out", i)
		id := graph.ValueID(len(g.Values))
		g.Values = append(g.Values, v)
		n.Outputs, g.Outputs = append(n.Outputs, id), append(g.Outputs, id)
	}
	g.Nodes = []graph.Node{n}
	return g
}

// check runs the node with all inputs at run time, and with all but the first constant.
func (c operatorTest) check(t *testing.T) {
	t.Helper()
	r := rand.New(rand.NewPCG(51, 52))
	var in []array
	for i, shape := range c.inputs {
		in = append(in, fill(shape, func([]int) float64 {
			if i < len(c.types) && c.types[i] != graph.Float32 {
				return float64(r.IntN(200))
			}
			return float64(float32(r.NormFloat64()))
		}))
		if i == 1 && strings.Contains(c.name, "quantize") {
			for j, x := range in[1].x {
				in[1].x[j] = float64(float32(math.Abs(x)/10 + 0.01))
			}
		}
	}
	want := c.want(in)
	for _, run := range []int{len(in), 1} {
		g := c.network(t, in, run)
		e, err := New(t.Context(), g, Config{Pool: Compiled})
		if err != nil {
			t.Fatal(err)
		}
		var x [][]float32
		for _, a := range in[:run] {
			x = append(x, floatsOf(a.x))
		}
		if err := e.Run(t.Context(), x...); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if shape := g.Values[g.Outputs[i]].Shape; !slices.Equal(shape, w.shape) {
				t.Fatalf("shape %v, want %v", shape, w.shape)
			}
			compare(t, i, e.Output(i), floatsOf(w.x), 2e-5)
		}
		e.Close()
	}
}

func floatsOf(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// TestOperators runs operators and ways of running them that the conformance tests do not reach, against
// float64.
func TestOperators(t *testing.T) {
	var cases operatorTests
	cases.pointwise()
	cases.normalizations()
	cases.moves()
	cases.reductions()
	cases.products()
	cases.quantizers()
	cases.weighted()
	for i, c := range cases {
		t.Run(fmt.Sprintf("%s %d", c.name, i), c.check)
	}
}

// TestEmpty runs operators on tensors without elements, and on sums of nothing.
func TestEmpty(t *testing.T) {
	for i, c := range []struct {
		op     graph.Op
		inputs [][]int
		want   []float32
	}{
		{graph.Relu{}, [][]int{{0, 3}}, nil},
		{graph.Sigmoid{}, [][]int{{2, 3, 0, 4}}, nil},
		{graph.Add{}, [][]int{{2, 0}, {2, 1}}, nil},
		{graph.Concat{Axis: 1}, [][]int{{1, 0, 1, 2}, {1, 1, 1, 2}}, []float32{1, 1}},
		{graph.MatMul{}, [][]int{{2, 0}, {0, 2}}, []float32{0, 0, 0, 0}},
		{graph.Gemm{Alpha: 1, Beta: 1}, [][]int{{1, 0}, {0, 9}, {9}}, []float32{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{graph.MatMul{}, [][]int{{0, 2}, {2, 2}}, nil},
		{graph.MatMul{}, [][]int{{3, 2, 2}, {2, 0}}, nil},
		{graph.Gemm{Alpha: 2, Beta: 3}, [][]int{{2, 0}, {0, 1}, {1}}, []float32{3, 3}},
		{graph.Gemm{Alpha: 2, Beta: 1}, [][]int{{0, 3}, {3, 1}}, nil},
		{graph.ReduceMax{Axes: []int{1}}, [][]int{{2, 0}}, []float32{float32(math.Inf(-1)), float32(math.Inf(-1))}},
		{graph.Gather{Axis: 0, Shape: []int{0}}, [][]int{{2, 3}}, nil},
		{graph.Expand{Shape: []int{3, 0}}, [][]int{{3, 1}}, nil},
		{graph.LRN{Size: 3, Beta: 1, Bias: 1}, [][]int{{1, 0, 2, 2}}, nil},
		{graph.LayerNormalization{Axis: 1}, [][]int{{2, 0}, {0}}, nil},
		{graph.DepthToSpace{Block: 2}, [][]int{{1, 0, 2, 2}}, nil},
		{graph.Softmax{Axis: 1}, [][]int{{0, 3}}, nil},
	} {
		test := operatorTest{name: "empty", op: c.op}
		var in []array
		var x [][]float32
		for _, shape := range c.inputs {
			in = append(in, fill(shape, func([]int) float64 { return 1 }))
			x = append(x, floatsOf(in[len(in)-1].x))
		}
		for _, run := range []int{len(in), 1} {
			e, err := New(t.Context(), test.network(t, in, run), Config{Pool: Compiled})
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Run(t.Context(), x[:run]...); err != nil {
				t.Fatal(err)
			}
			if got := e.Output(0); !slices.Equal(got, c.want) {
				t.Errorf("%d %s: %v, want %v", i, c.op.Type(), got, c.want)
			}
			e.Close()
		}
	}
}

// TestManyDimensions holds that ranks above what the kernels walk are refused by name, but for what takes a
// tensor as a plain row.
func TestManyDimensions(t *testing.T) {
	eight := []int{2, 1, 2, 2, 2, 2, 2, 2}
	x := fill(eight, func([]int) float64 { return -1 })
	_, err := New(t.Context(), operatorTest{op: graph.Transpose{Perm: []int{7, 6, 5, 4, 3, 2, 1, 0}}}.network(t, []array{x}, 1), Config{Pool: Compiled})
	if err == nil || !strings.Contains(err.Error(), `node "node" (Transpose): tensor "in0"`) {
		t.Errorf("error %v", err)
	}
	e, err := New(t.Context(), operatorTest{op: graph.Relu{}}.network(t, []array{x}, 1), Config{Pool: Compiled})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Run(t.Context(), floatsOf(x.x)); err != nil {
		t.Fatal(err)
	}
	if y := e.Output(0); slices.Max(y) != 0 || slices.Min(y) != 0 {
		t.Errorf("relu of -1: %v", y)
	}
}
