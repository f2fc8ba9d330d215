package onnx

import (
	"reflect"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// TestLine builds operators over lines and volumes.
func TestLine(t *testing.T) {
	for name, c := range map[string]struct {
		node  Node
		init  []Tensor
		input []int64
		op    graph.Op
		shape []int
	}{
		"conv": {node("Conv", "x w", "y", Ints("strides", 2), Ints("pads", 1, 2), Ints("dilations", 3)), []Tensor{weight("w", 5, 4, 2)}, []int64{2, 4, 9},
			graph.Conv{Kernel: []int{2}, Strides: []int{2}, Dilations: []int{3}, Pads: []int{1, 2}, Group: 1}, []int{2, 5, 5}},
		"conv same": {node("Conv", "x w", "y", Ints("strides", 2), Text("auto_pad", "SAME_UPPER")), []Tensor{weight("w", 5, 4, 2)}, []int64{2, 4, 9},
			graph.Conv{Kernel: []int{2}, Strides: []int{2}, Dilations: []int{1}, Pads: []int{0, 1}, Group: 1}, []int{2, 5, 5}},
		"conv of a volume": {node("Conv", "x w", "y", Ints("strides", 1, 2, 1), Ints("pads", 0, 1, 0, 0, 0, 1)), []Tensor{weight("w", 5, 2, 3, 2, 1)}, []int64{1, 4, 5, 6, 7},
			nil, nil},
		"deconv": {node("ConvTranspose", "x w", "y", Ints("strides", 2), Ints("output_padding", 1)), []Tensor{weight("w", 4, 5, 3)}, []int64{2, 4, 9},
			graph.ConvTranspose{Kernel: []int{3}, Strides: []int{2}, Dilations: []int{1}, Pads: []int{0, 0}, OutputPadding: []int{1}, Group: 1}, []int{2, 5, 20}},
		"deconv shape": {node("ConvTranspose", "x w", "y", Ints("strides", 2), Ints("output_shape", 2, 5, 18)), []Tensor{weight("w", 4, 5, 3)}, []int64{2, 4, 9},
			graph.ConvTranspose{Kernel: []int{3}, Strides: []int{2}, Dilations: []int{1}, Pads: []int{1, 0}, OutputPadding: []int{0}, Group: 1}, []int{2, 5, 18}},
		"max pool": {node("MaxPool", "x", "y", Ints("kernel_shape", 3), Ints("pads", 1, 0)), nil, []int64{2, 4, 9},
			graph.MaxPool{Kernel: []int{3}, Strides: []int{1}, Dilations: []int{1}, Pads: []int{1, 0}}, []int{2, 4, 8}},
		"average pool": {node("AveragePool", "x", "y", Ints("kernel_shape", 3), Flag("count_include_pad", true)), nil, []int64{2, 4, 9},
			graph.AveragePool{Kernel: []int{3}, Strides: []int{1}, Dilations: []int{1}, Pads: []int{0, 0}, IncludePad: true}, []int{2, 4, 7}},
		"average pool of a volume": {node("AveragePool", "x", "y", Ints("kernel_shape", 3, 2, 1)), nil, []int64{2, 4, 9, 8, 7},
			graph.AveragePool{Kernel: []int{3, 2, 1}, Strides: []int{1, 1, 1}, Dilations: []int{1, 1, 1}, Pads: make([]int, 6)}, []int{2, 4, 7, 7, 7}},
		"global average": {node("GlobalAveragePool", "x", "y"), nil, []int64{2, 4, 9}, graph.ReduceMean{Axes: []int{2}, KeepDims: true}, []int{2, 4, 1}},
		"global max":     {node("GlobalMaxPool", "x", "y"), nil, []int64{2, 4, 9}, graph.ReduceMax{Axes: []int{2}, KeepDims: true}, []int{2, 4, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model(13, []Node{c.node}, c.init...)
			m.Graph.Inputs = []ValueInfo{info("x", c.input...)}
			g, err := ToGraph(m, Options{})
			if c.op == nil { // the weight does not have the input's channels
				if err == nil {
					t.Fatal("it is taken")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(g.Nodes) != 1 || !reflect.DeepEqual(g.Nodes[0].Op, c.op) || !slices.Equal(g.Values[g.Outputs[0]].Shape, c.shape) {
				t.Errorf("%+v to %v, want %+v to %v", g.Nodes[0].Op, g.Values[g.Outputs[0]].Shape, c.op, c.shape)
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
