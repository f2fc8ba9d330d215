package evaluate

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// quantizers collects one scale and zero point for each value that is to have one.
type quantizers []graph.Quantizer

func (q *quantizers) u8(v graph.ValueID, scale float32, zero int32) graph.ValueID {
	*q = append(*q, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Rule: scheme.PyTorch, Params: scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{zero}, QMax: 255, Axis: -1}}})
	return v
}

func (q *quantizers) weight(v graph.ValueID, scale float32) graph.ValueID {
	*q = append(*q, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Rule: scheme.PyTorch, Params: scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1}}})
	return v
}

// run gives the steps of the network on a few random items.
func run(t *testing.T, g *graph.Graph, quantizers []graph.Quantizer) []report.Step {
	t.Helper()
	d, q := detach(g, quantizers), graph.Quantize(g, quantizers)
	simulation, err := exec.New(t.Context(), q.Graph, exec.Config{Keep: d.keep(nil)})
	if err != nil {
		t.Fatal(err)
	}
	defer simulation.Close()
	s, err := newSteps(t.Context(), d, simulation, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	whole, err := exec.New(t.Context(), q.Graph, integer(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	r := rand.New(rand.NewPCG(91, 92))
	for range 4 {
		var item [][]float32
		for _, v := range g.Inputs {
			x := make([]float32, graph.Len(g.Values[v].Shape))
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			item = append(item, x)
		}
		if err := simulation.Run(t.Context(), item...); err != nil {
			t.Fatal(err)
		}
		if err := s.compare(t.Context(), simulation, item); err != nil {
			t.Fatal(err)
		}
	}
	return s.report(graph.OfNodes(q, whole.Forms()))
}

func conv(k, pad, group int) graph.Conv {
	return graph.Conv{Kernel: []int{k, k}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{pad, pad, pad, pad}, Group: group}
}

// TestCauses has a network for every cause of a difference, which its last step shows.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(b *graphtest.Builder, q *quantizers) graph.ValueID
		cause report.Cause
		step  report.Step // Name, Op, Integer
	}{
		{"a maximum", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Node("a", graph.Add{}, b.Input("x", 1, 3, 8, 8), b.Input("y", 1, 3, 8, 8)), 1./32, 128)
			return q.u8(b.Node("s", graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, x), 1./32, 128)
		}, report.NoCause, report.Step{Name: "s", Op: "MaxPool", Integer: true}},
		{"no quantizer behind", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			return b.Node("s", graph.Mul{}, q.u8(b.Input("x", 1, 3, 8, 8), 1./32, 128), q.u8(b.Input("y", 1, 3, 8, 8), 1./32, 128))
		}, report.Placement, report.Step{Name: "s", Op: "Mul"}},
		{"no quantizer before", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			return q.u8(b.Node("c", conv(3, 1, 1), b.Input("x", 1, 3, 8, 8), q.weight(b.Random("w", 4, 3, 3, 3), 1./127)), 0.05, 128)
		}, report.Placement, report.Step{Name: "c", Op: "Conv"}},
		{"a kernel that is missing", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 4, 8, 8), 1./32, 128)
			return q.u8(b.Node("c", conv(3, 1, 2), x, q.weight(b.Random("w", 4, 2, 3, 3), 1./127)), 0.05, 128)
		}, report.NoCause, report.Step{Name: "c", Op: "Conv"}},
		{"a coarse bias", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 3, 8, 8), 1./32, 128)
			return q.u8(b.Node("c", conv(1, 0, 1), x, q.weight(b.Random("w", 8, 3, 1, 1), 1./7), b.Random("b", 8)), 0.02, 128)
		}, report.BiasRounding, report.Step{Name: "c", Op: "Conv", Integer: true}},
		{"a bias that does not fit", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 3, 8, 8), 1./32, 128)
			w := b.Random("w", 2, 3, 1, 1)
			return q.u8(b.Node("c", conv(1, 0, 1), x, q.weight(w, 1e-9), b.Const("b", []float32{0.5, 0}, 2)), 0.02, 128)
		}, report.BiasSaturation, report.Step{Name: "c", Op: "Conv", Integer: true}},
		{"codes of a sum", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 3, 8, 8), 1./30, 128)
			w := q.weight(b.Random("w", 64, 3, 1, 1), 1./127)
			return q.u8(b.Node("c", conv(1, 0, 1), x, w), 2./30/127, 128) // every odd sum is a tie
		}, report.Requantization, report.Step{Name: "c", Op: "Conv", Integer: true}},
		{"floats of a sum", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 16, 8, 8), 1./30, 128)
			return b.Node("c", conv(3, 1, 1), x, q.weight(b.Random("w", 8, 16, 3, 3), 1./127))
		}, report.FloatSums, report.Step{Name: "c", Op: "Conv", Integer: true}},
		{"an addition", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x, y := q.u8(b.Input("x", 1, 16, 16, 16), 0.03, 128), q.u8(b.Input("y", 1, 16, 16, 16), 0.05, 128)
			return q.u8(b.Node("a", graph.Add{}, x, y), 0.1, 128)
		}, report.Requantization, report.Step{Name: "a", Op: "Add", Integer: true}},
		{"a mean", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			return q.u8(b.Node("p", graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)},
				q.u8(b.Input("x", 1, 16, 16, 16), 0.03, 128)), 0.03, 128)
		}, report.PoolRounding, report.Step{Name: "p", Op: "AveragePool", Integer: true}},
		{"a SiLU in two", func(b *graphtest.Builder, q *quantizers) graph.ValueID {
			x := q.u8(b.Input("x", 1, 16, 16, 16), 0.03, 128)
			s := q.u8(b.Node("s", graph.Sigmoid{}, x), 1./256, 0)
			return q.u8(b.Node("m", graph.Mul{}, x, s), 0.03/4, 30)
		}, report.SplitSiLU, report.Step{Name: "m", Op: "Mul", Integer: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graphtest.New(t)
			var q quantizers
			g := b.Outputs(c.build(b, &q))
			steps := run(t, g, q)
			s := steps[len(steps)-1]
			t.Logf("%+v", s)
			if s.Cause != c.cause || s.Name != c.step.Name || s.Op != c.step.Op || s.Integer != c.step.Integer {
				t.Errorf("want %q of %+v", c.cause, c.step)
			}
			if (s.Unequal > 0) != (s.SQNR < report.LimitSQNR) || (c.cause == report.NoCause || c.cause == report.Placement) != (s.Unequal == 0) {
				t.Errorf("%g unequal, %g dB", s.Unequal, s.SQNR)
			}
			if s.Integer && c.cause != report.BiasSaturation && s.Why != "" || !s.Integer && s.Why == "" {
				t.Errorf("why: %q", s.Why)
			}
		})
	}
}

// TestDifferencesAreTheStepsOwn: what an earlier step did differently is not in a later one. Layers that
// are joined by a concatenation are one step, which rounds behind it.
func TestDifferencesAreTheStepsOwn(t *testing.T) {
	b := graphtest.New(t)
	var q quantizers
	x := q.u8(b.Input("x", 1, 3, 8, 8), 1./32, 128)
	y := q.u8(b.Node("c", conv(1, 0, 1), x, q.weight(b.Random("w", 8, 3, 1, 1), 1./3), b.Random("b", 8)), 0.02, 128)
	z := q.u8(b.Node("s", graph.Sigmoid{}, y), 1./255, 0)
	left := b.Node("l", conv(1, 0, 1), z, q.weight(b.Random("wl", 4, 8, 1, 1), 1./127))
	right := b.Node("r", conv(3, 1, 1), z, q.weight(b.Random("wr", 5, 8, 3, 3), 1./127))
	both := q.u8(b.Node("j", graph.Concat{Axis: 1}, b.Node("relu", graph.Relu{}, left), right), 0.03, 100)
	g := b.Outputs(b.Node("p", graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, both))
	steps := run(t, g, q)
	names := ""
	for _, s := range steps {
		names += s.Name + " "
	}
	if names != "c l p " {
		t.Fatalf("steps %s", names)
	}
	if steps[0].Cause != report.BiasRounding || steps[1].Unequal != 0 || !steps[1].Integer || steps[2].Cause != report.Placement {
		t.Errorf("%+v", steps)
	}
}
