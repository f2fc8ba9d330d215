package onnx

import (
	"reflect"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// TestLine builds operators of 1-D space, which become such of 2-D space of height 1.
func TestLine(t *testing.T) {
	up := func(shape ...int) graph.Op { return graph.Reshape{Shape: shape} }
	for name, c := range map[string]struct {
		node Node
		init []Tensor
		ops  []graph.Op
	}{
		"conv": {node("Conv", "x w", "y", Ints("strides", 2), Ints("pads", 1, 2), Ints("dilations", 3)), []Tensor{weight("w", 5, 4, 2)},
			[]graph.Op{up(2, 4, 1, 9), graph.Conv{Kernel: [2]int{1, 2}, Strides: [2]int{1, 2}, Dilations: [2]int{1, 3}, Pads: [4]int{0, 1, 0, 2}, Group: 1}, up(2, 5, 5)}},
		"conv same": {node("Conv", "x w", "y", Ints("strides", 2), Text("auto_pad", "SAME_UPPER")), []Tensor{weight("w", 5, 4, 2)},
			[]graph.Op{up(2, 4, 1, 9), graph.Conv{Kernel: [2]int{1, 2}, Strides: [2]int{1, 2}, Dilations: [2]int{1, 1}, Pads: [4]int{0, 0, 0, 1}, Group: 1}, up(2, 5, 5)}},
		"deconv": {node("ConvTranspose", "x w", "y", Ints("strides", 2), Ints("output_padding", 1)), []Tensor{weight("w", 4, 5, 3)},
			[]graph.Op{up(2, 4, 1, 9), graph.ConvTranspose{Kernel: [2]int{1, 3}, Strides: [2]int{1, 2}, Dilations: [2]int{1, 1}, Pads: [4]int{}, OutputPadding: [2]int{0, 1}, Group: 1}, up(2, 5, 20)}},
		"deconv shape": {node("ConvTranspose", "x w", "y", Ints("strides", 2), Ints("output_shape", 2, 5, 18)), []Tensor{weight("w", 4, 5, 3)},
			[]graph.Op{up(2, 4, 1, 9), graph.ConvTranspose{Kernel: [2]int{1, 3}, Strides: [2]int{1, 2}, Dilations: [2]int{1, 1}, Pads: [4]int{0, 1, 0, 0}, OutputPadding: [2]int{}, Group: 1}, up(2, 5, 18)}},
		"max pool": {node("MaxPool", "x", "y", Ints("kernel_shape", 3), Ints("pads", 1, 0)), nil,
			[]graph.Op{up(2, 4, 1, 9), graph.MaxPool{Kernel: [2]int{1, 3}, Strides: [2]int{1, 1}, Dilations: [2]int{1, 1}, Pads: [4]int{0, 1, 0, 0}, Ceil: false}, up(2, 4, 8)}},
		"average pool": {node("AveragePool", "x", "y", Ints("kernel_shape", 3), Flag("count_include_pad", true)), nil,
			[]graph.Op{up(2, 4, 1, 9), graph.AveragePool{Kernel: [2]int{1, 3}, Strides: [2]int{1, 1}, Dilations: [2]int{1, 1}, Pads: [4]int{}, Ceil: false, IncludePad: true}, up(2, 4, 7)}},
		"global average": {node("GlobalAveragePool", "x", "y"), nil, []graph.Op{graph.ReduceMean{Axes: []int{2}, KeepDims: true}}},
		"global max":     {node("GlobalMaxPool", "x", "y"), nil, []graph.Op{graph.ReduceMax{Axes: []int{2}, KeepDims: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model(13, []Node{c.node}, c.init...)
			m.Graph.Inputs = []ValueInfo{info("x", 2, 4, 9)}
			g, err := ToGraph(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var ops []graph.Op
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
	g, err := ToGraph(model(18, []Node{node("Mish", "x", "y")}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := FromGraph(g, 17)
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
	if _, err := ToGraph(m, Options{}); err != nil {
		t.Error(err)
	}
}
