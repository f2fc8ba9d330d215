package exec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

func fake(scale float32) graph.FakeQuantize {
	return graph.FakeQuantize{Params: scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{128}, QMax: 255, Axis: -1}}
}

// A value that a fake-quantizer rounds can be read as it is too, by a node, another fake-quantizer or as an
// output; and constants have as many as there are.
func TestFakeQuantizeBesideOtherReaders(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 4)
	y := b.Node("double", graph.Add{}, x, x)
	rough, fine := b.Node("rough", fake(0.5), y), b.Node("fine", fake(0.25), y)
	again := b.Node("again", fake(1), fine)
	w := b.Const("w", []float32{0.3, 0.6, 0.9, 5}, 1, 4)
	left, right := b.Node("left", fake(0.5), w), b.Node("right", fake(0.25), w)
	outputs := []graph.ValueID{y, rough, fine, again, left, b.Node("weighted", graph.Mul{}, fine, right), b.Node("plain", graph.Mul{}, y, w)}
	g := b.Outputs(outputs...)
	want := [][]float32{
		{0.7, 0.25, -0.3, 4}, {0.5, 0, -0.5, 4}, {0.75, 0.25, -0.25, 4}, {1, 0, 0, 4},
		{0.5, 0.5, 1, 5}, {0.75 * 0.25, 0.25 * 0.5, -0.25, 20}, {float32(0.7) * 0.3, float32(0.25) * 0.6, float32(-0.3) * 0.9, 20},
	}
	for _, integer := range []bool{false, true} {
		for _, keep := range [][]graph.ValueID{nil, outputs} {
			r, err := exec.New(t.Context(), g, exec.Config{Pool: exec.Compiled, Integer: integer, Keep: keep, Observe: []graph.ValueID{fine}})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Run(t.Context(), []float32{0.35, 0.125, -0.15, 2}); err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				for k, got := range r.Output(i) {
					if got != w[k] {
						t.Errorf("integer %v: %s is %v, want %v", integer, g.Values[outputs[i]].Name, r.Output(i), w)
						break
					}
				}
			}
			if lo, hi := r.Range(fine); lo != -0.3 || hi != 4 {
				t.Errorf("range before rounding: %v, %v", lo, hi)
			}
			r.Close()
		}
	}
}

func TestFakeQuantizeRefuses(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 2, 1, 1)
	y := b.Node("y", graph.Exp{}, x)
	z := b.Node("z", fake(0.5), y)
	if _, err := exec.New(t.Context(), b.Outputs(z), exec.Config{Keep: []graph.ValueID{y}}); err == nil || !strings.Contains(err.Error(), `take "z_out"`) {
		t.Errorf("read before it is rounded: %v", err)
	}
	b = graphtest.New(t)
	p := scheme.QParams{Scale: []float32{1, 2}, ZeroPoint: []int32{0, 0}, QMax: 255, Axis: 1, Grid: scheme.Log2}
	z = b.Node("two", graph.FakeQuantize{Params: p}, b.Node("y", graph.Exp{}, b.Input("x", 1, 2, 1, 1)))
	if _, err := exec.New(t.Context(), b.Outputs(z), exec.Config{}); err == nil || !strings.Contains(err.Error(), "logarithmic quantizer for each channel") {
		t.Errorf("logarithms for each channel while running: %v", err)
	}
	for _, grid := range []scheme.Grid{scheme.NF4, scheme.AF4, scheme.E2M1, scheme.FP4BNB} {
		b = graphtest.New(t)
		z = b.Node("z", graph.FakeQuantize{Params: scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMax: 6, Axis: -1, Grid: grid}}, b.Input("x", 1, 4))
		if _, err := exec.New(t.Context(), b.Outputs(z), exec.Config{}); err == nil || !strings.Contains(err.Error(), "numbers are those of a list") {
			t.Errorf("%s while running: %v", grid, err)
		}
		b = graphtest.New(t)
		w := b.Node("z", graph.FakeQuantize{Params: scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, QMax: 6, Axis: -1, Grid: grid}}, b.Const("w", []float32{0.1, 2.4, -7, 0.9}, 1, 4))
		r, err := exec.New(t.Context(), b.Outputs(b.Node("y", graph.Add{}, b.Input("x", 1, 4), w)), exec.Config{Pool: exec.Compiled})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context(), make([]float32, 4)); err != nil {
			t.Fatal(err)
		}
		for i, y := range r.Output(0) {
			if !slices.Contains(grid.Table(), y) {
				t.Errorf("%s: constant %d is %v", grid, i, y)
			}
		}
		r.Close()
	}
}
