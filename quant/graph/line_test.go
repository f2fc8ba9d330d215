package graph

import (
	"reflect"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// TestLine builds operators of 1-D space, which become such of 2-D space of height 1.
func TestLine(t *testing.T) {
	up := func(shape ...int) Op { return Reshape{Shape: shape} }
	for name, c := range map[string]struct {
		node onnx.Node
		init []onnx.Tensor
		ops  []Op
	}{
		"conv": {node("Conv", "x w", "y", onnx.Ints("strides", 2), onnx.Ints("pads", 1, 2), onnx.Ints("dilations", 3)), []onnx.Tensor{weight("w", 5, 4, 2)},
			[]Op{up(2, 4, 1, 9), Conv{[2]int{1, 2}, [2]int{1, 2}, [2]int{1, 3}, [4]int{0, 1, 0, 2}, 1}, up(2, 5, 5)}},
		"conv same": {node("Conv", "x w", "y", onnx.Ints("strides", 2), onnx.Text("auto_pad", "SAME_UPPER")), []onnx.Tensor{weight("w", 5, 4, 2)},
			[]Op{up(2, 4, 1, 9), Conv{[2]int{1, 2}, [2]int{1, 2}, [2]int{1, 1}, [4]int{0, 0, 0, 1}, 1}, up(2, 5, 5)}},
		"deconv": {node("ConvTranspose", "x w", "y", onnx.Ints("strides", 2), onnx.Ints("output_padding", 1)), []onnx.Tensor{weight("w", 4, 5, 3)},
			[]Op{up(2, 4, 1, 9), ConvTranspose{[2]int{1, 3}, [2]int{1, 2}, [2]int{1, 1}, [4]int{}, [2]int{0, 1}, 1}, up(2, 5, 20)}},
		"deconv shape": {node("ConvTranspose", "x w", "y", onnx.Ints("strides", 2), onnx.Ints("output_shape", 2, 5, 18)), []onnx.Tensor{weight("w", 4, 5, 3)},
			[]Op{up(2, 4, 1, 9), ConvTranspose{[2]int{1, 3}, [2]int{1, 2}, [2]int{1, 1}, [4]int{0, 1, 0, 0}, [2]int{}, 1}, up(2, 5, 18)}},
		"max pool": {node("MaxPool", "x", "y", onnx.Ints("kernel_shape", 3), onnx.Ints("pads", 1, 0)), nil,
			[]Op{up(2, 4, 1, 9), MaxPool{[2]int{1, 3}, [2]int{1, 1}, [2]int{1, 1}, [4]int{0, 1, 0, 0}, false}, up(2, 4, 8)}},
		"average pool": {node("AveragePool", "x", "y", onnx.Ints("kernel_shape", 3), onnx.Flag("count_include_pad", true)), nil,
			[]Op{up(2, 4, 1, 9), AveragePool{[2]int{1, 3}, [2]int{1, 1}, [2]int{1, 1}, [4]int{}, false, true}, up(2, 4, 7)}},
		"global average": {node("GlobalAveragePool", "x", "y"), nil, []Op{ReduceMean{[]int{2}, true}}},
		"global max":     {node("GlobalMaxPool", "x", "y"), nil, []Op{ReduceMax{[]int{2}, true}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model(13, []onnx.Node{c.node}, c.init...)
			m.Graph.Inputs = []onnx.ValueInfo{info("x", 2, 4, 9)}
			g, err := Build(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var ops []Op
			for _, n := range g.Nodes {
				ops = append(ops, n.Op)
			}
			if !reflect.DeepEqual(ops, c.ops) {
				t.Errorf("%+v, want %+v", ops, c.ops)
			}
			roundTrip(t, g, 13)
		})
	}
}

// TestMishBeforeOpset18 writes three operators where there is none for it.
func TestMishBeforeOpset18(t *testing.T) {
	g, err := Build(model(18, []onnx.Node{node("Mish", "x", "y")}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := ToModel(g, 17)
	if err != nil {
		t.Fatal(err)
	}
	var ops []string
	for _, n := range m.Graph.Nodes {
		ops = append(ops, n.OpType)
	}
	if want := []string{"Softplus", "Tanh", "Mul"}; !slices.Equal(ops, want) {
		t.Errorf("%v, want %v", ops, want)
	}
	if _, err := Build(m, Options{}); err != nil {
		t.Error(err)
	}
}
