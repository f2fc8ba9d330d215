package exec_test

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// A network over lines gives the bits of the same network over images of height 1, in every arithmetic.
func TestLinesAreImagesOfHeightOne(t *testing.T) {
	line := func(n ...int) []int { return n }
	for _, c := range []struct {
		name   string
		op     graph.Op
		flat   graph.Op
		weight []int
		bias   int
	}{
		{"conv", graph.Conv{Kernel: line(3), Strides: line(1), Dilations: line(1), Pads: line(1, 1), Group: 1},
			graph.Conv{Kernel: line(1, 3), Strides: line(1, 1), Dilations: line(1, 1), Pads: line(0, 1, 0, 1), Group: 1}, line(5, 4, 3), 5},
		{"strided, dilated, padded unequally", graph.Conv{Kernel: line(2), Strides: line(2), Dilations: line(3), Pads: line(1, 2), Group: 1},
			graph.Conv{Kernel: line(1, 2), Strides: line(1, 2), Dilations: line(1, 3), Pads: line(0, 1, 0, 2), Group: 1}, line(6, 4, 2), 6},
		{"depthwise", graph.Conv{Kernel: line(3), Strides: line(1), Dilations: line(1), Pads: line(2, 0), Group: 4},
			graph.Conv{Kernel: line(1, 3), Strides: line(1, 1), Dilations: line(1, 1), Pads: line(0, 2, 0, 0), Group: 4}, line(4, 1, 3), 4},
		{"grouped", graph.Conv{Kernel: line(1), Strides: line(1), Dilations: line(1), Pads: line(0, 0), Group: 2},
			graph.Conv{Kernel: line(1, 1), Strides: line(1, 1), Dilations: line(1, 1), Pads: line(0, 0, 0, 0), Group: 2}, line(6, 2, 1), 6},
		{"transposed", graph.ConvTranspose{Kernel: line(3), Strides: line(2), Dilations: line(1), Pads: line(1, 0), OutputPadding: line(1), Group: 1},
			graph.ConvTranspose{Kernel: line(1, 3), Strides: line(1, 2), Dilations: line(1, 1), Pads: line(0, 1, 0, 0), OutputPadding: line(0, 1), Group: 1}, line(4, 3, 3), 3},
		{"maximum", graph.MaxPool{Kernel: line(3), Strides: line(2), Dilations: line(1), Pads: line(1, 1), Ceil: true},
			graph.MaxPool{Kernel: line(1, 3), Strides: line(1, 2), Dilations: line(1, 1), Pads: line(0, 1, 0, 1), Ceil: true}, nil, 0},
		{"mean", graph.AveragePool{Kernel: line(3), Strides: line(2), Dilations: line(1), Pads: line(1, 1)},
			graph.AveragePool{Kernel: line(1, 3), Strides: line(1, 2), Dilations: line(1, 1), Pads: line(0, 1, 0, 1)}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			build := func(op graph.Op, flat bool) (g *graph.Graph, item [][]float32, quants []graph.Quantizer) {
				b := graphtest.New(t)
				shape := func(n ...int) []int {
					if flat && len(n) == 3 {
						return slices.Insert(n, 2, 1)
					}
					return n
				}
				x := b.Input("x", shape(2, 4, 11)...)
				inputs := []graph.ValueID{x}
				if c.weight != nil {
					inputs = append(inputs, b.Random("w", shape(c.weight...)...), b.Random("b", c.bias))
				}
				y := b.Node("y", op, inputs...)
				z := b.Node("z", graph.Relu{}, y)
				for i, v := range []graph.ValueID{x, z, graph.None} {
					p := scheme.QParams{Scale: []float32{1. / 50}, ZeroPoint: []int32{100}, QMax: 255, Axis: -1}
					if i == 2 && c.weight != nil {
						v, p = inputs[1], scheme.QParams{Scale: []float32{1. / 100}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1}
					}
					if v != graph.None {
						quants = append(quants, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Params: p, Rule: scheme.PyTorch}})
					}
				}
				item = b.Item()
				return b.Outputs(b.Node("s", graph.Sigmoid{}, z), y), item, quants
			}
			run := func(op graph.Op, flat bool, simulated, onIntegers bool) (out [][]float32, integer []bool) {
				g, item, quants := build(op, flat)
				if simulated {
					g = graph.Quantize(g, quants).Graph
				}
				r, err := exec.New(t.Context(), g, exec.Config{Integer: onIntegers})
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if err := r.Run(t.Context(), item...); err != nil {
					t.Fatal(err)
				}
				for _, f := range r.Forms() {
					integer = append(integer, f.Integer)
				}
				return [][]float32{slices.Clone(r.Output(0)), slices.Clone(r.Output(1))}, integer
			}
			for name, how := range map[string]struct{ simulated, onIntegers bool }{"float": {}, "simulated": {true, false}, "integer": {true, true}} {
				got, onIntegers := run(c.op, false, how.simulated, how.onIntegers)
				want, flat := run(c.flat, true, how.simulated, how.onIntegers)
				if !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
					t.Errorf("%s: %v, want %v", name, got[0][:8], want[0][:8])
				}
				if !slices.Equal(onIntegers, flat) {
					t.Errorf("%s: on integers %v, want %v", name, onIntegers, flat)
				}
			}
		})
	}
}

// What a window slides over may be a constant, over lines as over images.
func TestWindowsOverConstants(t *testing.T) {
	one := []int{1}
	for _, op := range []graph.Op{
		graph.Conv{Kernel: []int{3}, Strides: one, Dilations: one, Pads: []int{1, 1}, Group: 1},
		graph.ConvTranspose{Kernel: []int{3}, Strides: one, Dilations: one, Pads: []int{0, 0}, OutputPadding: []int{0}, Group: 1},
		graph.MaxPool{Kernel: []int{3}, Strides: one, Dilations: one, Pads: []int{1, 1}},
		graph.AveragePool{Kernel: []int{3}, Strides: one, Dilations: one, Pads: []int{1, 1}},
	} {
		t.Run(op.Type(), func(t *testing.T) {
			build := func(constant bool) (*graph.Graph, [][]float32) {
				b := graphtest.New(t)
				held, given := b.Random("held", 2, 4, 9), b.Input("given", 2, 4, 9)
				item := b.Item()
				copy(item[0], b.Graph.Values[held].Const.F)
				inputs := []graph.ValueID{given}
				if constant {
					inputs[0] = held
				}
				switch op.(type) {
				case graph.Conv, graph.ConvTranspose:
					inputs = append(inputs, b.Random("w", 4, 4, 3))
				}
				y := b.Node("y", op, inputs...)
				return b.Outputs(y, b.Node("z", graph.Relu{}, given)), item
			}
			var outputs [2][]float32
			for i, constant := range []bool{false, true} {
				g, item := build(constant)
				r, err := exec.New(t.Context(), g, exec.Config{})
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if err := r.Run(t.Context(), item...); err != nil {
					t.Fatal(err)
				}
				outputs[i] = slices.Clone(r.Output(0))
			}
			if !slices.Equal(outputs[0], outputs[1]) {
				t.Errorf("of a constant %v, of the same as an input %v", outputs[1], outputs[0])
			}
		})
	}
}
