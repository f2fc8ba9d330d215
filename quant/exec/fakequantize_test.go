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

// Activations with a scale for each channel, on images and on lines, are rounded as scheme says, in a run that
// simulates and in one on integers, which says why it is none.
func TestFakeQuantizeByChannel(t *testing.T) {
	b := graphtest.New(t)
	type step struct {
		op     graph.Op
		inputs []graph.ValueID // with what is rounded in place of what it is made of
		made   graph.ValueID   // rounded
		params scheme.QParams
	}
	var steps []step
	round := func(x graph.ValueID, axis int) graph.ValueID {
		shape := b.Graph.Values[x].Shape
		p := scheme.QParams{QMin: 0, QMax: 15, Axis: axis}
		if axis == 2 {
			p.QMin, p.QMax = -8, 7
		}
		for c := range shape[axis] {
			p.Scale = append(p.Scale, 0.05+0.03*float32(c))
			p.ZeroPoint = append(p.ZeroPoint, (p.QMin+p.QMax+1)/2*int32((c+axis)%2))
		}
		y := b.Node(b.Graph.Values[x].Name+"_q", graph.FakeQuantize{Params: p, Rule: scheme.PyTorch}, x)
		steps = append(steps, step{made: y, params: p})
		return y
	}
	node := func(name string, axis int, op graph.Op, inputs ...graph.ValueID) graph.ValueID {
		y := round(b.Node(name, op, inputs...), axis)
		steps[len(steps)-1].op, steps[len(steps)-1].inputs = op, inputs
		return y
	}
	x := b.Input("x", 1, 3, 6, 6)
	in := round(x, 1)
	conv := node("conv", 1, graph.Conv{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, Group: 1}, in, b.Random("w", 5, 3, 3, 3), b.Random("bias", 5))
	relu := node("relu", 1, graph.Relu{}, conv)
	silu := node("silu", 1, graph.SiLU{}, relu)
	sum := node("sum", 1, graph.Add{}, silu, conv)
	pool := node("pool", 1, graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, sum)
	cat := node("cat", 1, graph.Concat{Axis: 1}, pool, pool)
	lines := node("lines", 2, graph.Transpose{Perm: []int{0, 2, 1}}, node("flat", 1, graph.Reshape{Shape: []int{1, 10, 9}}, cat))
	linear := node("linear", 2, graph.MatMul{}, lines, b.Random("m", 10, 4))
	norm := node("norm", 2, graph.Gelu{}, linear)
	outputs := make([]graph.ValueID, len(steps))
	for i, s := range steps {
		outputs[i] = s.made
	}
	g := b.Outputs(append(outputs, b.Node("end", graph.Softmax{Axis: 2}, norm))...)
	data := make([]float32, 108)
	for i := range data {
		data[i] = float32(i*i%97)/60 - 0.7
	}
	want := map[graph.ValueID][]float32{x: data}
	for i, s := range steps {
		raw := data
		if i > 0 {
			raw = alone(t, g, s.op, s.inputs, want)
		}
		want[s.made] = make([]float32, len(raw))
		s.params.FakeQuantize(want[s.made], raw, g.Values[s.made].Shape, scheme.PyTorch)
	}
	for _, integer := range []bool{false, true} {
		r, err := exec.New(t.Context(), g, exec.Config{Pool: exec.Compiled, Integer: integer})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context(), data); err != nil {
			t.Fatal(err)
		}
		for i, v := range outputs {
			if !slices.Equal(r.Output(i), want[v]) {
				t.Errorf("integer %v: %s\n%v\nwant\n%v", integer, g.Values[v].Name, r.Output(i), want[v])
			}
		}
		r.Close()
	}
}

// alone runs one operator on what its inputs are.
func alone(t *testing.T, g *graph.Graph, op graph.Op, inputs []graph.ValueID, values map[graph.ValueID][]float32) []float32 {
	b := graphtest.New(t)
	var in []graph.ValueID
	var given [][]float32
	seen := map[graph.ValueID]graph.ValueID{}
	for _, v := range inputs {
		x := g.Values[v]
		if _, ok := seen[v]; !ok {
			if x.Const != nil {
				seen[v] = b.Const(x.Name, x.Const.F, x.Shape...)
			} else {
				seen[v] = b.Input(x.Name, x.Shape...)
				given = append(given, values[v])
			}
		}
		in = append(in, seen[v])
	}
	r, err := exec.New(t.Context(), b.Outputs(b.Node("y", op, in...)), exec.Config{Pool: exec.Compiled})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), given...); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(r.Output(0))
}
