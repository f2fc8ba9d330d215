package refine_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

// high is a network whose layers have biases that keep channels away from zero: behind a ReLU; behind a clip; before a
// layer that pads zeros; through pooling and flattening; behind a function that is not a ReLU; the last has no bias.
func high(t *testing.T) *graphtest.Builder {
	b := graphtest.New(t)
	conv := func(name string, x graph.ValueID, bias float32, k, pad int) graph.ValueID {
		c := b.Graph.Values[x].Shape[1]
		return b.Node(name, graph.Conv{Kernel: []int{k, k}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{pad, pad, pad, pad}, Group: 1},
			x, b.Random(name+".weight", 4, c, k, k), b.Const(name+".bias", []float32{bias, bias, 0, -bias}, 4))
	}
	in := b.Input("x", 1, 3, 9, 9)
	x := b.Node("relu", graph.Relu{}, conv("a", in, 40, 3, 0))
	x = b.Node("clip", graph.Clip{Lo: 0, Hi: 1e4}, conv("b", x, 900, 1, 0))
	x = b.Node("then", graph.Relu{}, conv("c", x, 9000, 3, 0))
	x = b.Node("gelu", graph.Gelu{}, conv("padded", x, 90, 3, 1))
	x = b.Node("last", graph.Relu{}, conv("d", x, 90000, 3, 0))
	x = b.Node("flat", graph.Reshape{Shape: []int{1, 4}}, b.Node("pool", graph.GlobalAveragePool{}, x))
	y := conv("f", b.Node("low", graph.Clip{Lo: 0, Hi: 6}, conv("e", in, 9000, 3, 0)), 1, 1, 0)
	b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("fc.weight", 5, 4)), y)
	return b
}

func TestAbsorbKeepsTheNetwork(t *testing.T) {
	b := high(t)
	g, data := b.Graph, items(b, 6)
	before := logits(t, g, data)
	bias := slices.Clone(g.Values[g.Nodes[0].Inputs[2]].Const.F)
	absorbed, pairs, err := refine.Absorb(context.Background(), g, data, 2, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range pairs {
		names = append(names, p.First+"-"+p.Second)
		if p.By[0] <= 0 {
			t.Errorf("%s and %s: by %v", p.First, p.Second, p.By)
		}
	}
	if want := []string{"a-b", "b-c", "d-fc"}; !slices.Equal(names, want) { // padded pads, GELU is no ReLU, e is clipped
		t.Errorf("pairs %v, want %v", names, want)
	}
	if !slices.Equal(bias, g.Values[g.Nodes[0].Inputs[2]].Const.F) {
		t.Error("the network that came in was changed")
	}
	widest := 0.0
	for i, x := range logits(t, absorbed, data) {
		widest = max(widest, math.Abs(float64(x-before[i]))/(1+math.Abs(float64(before[i]))))
	}
	if t.Logf("within %.1e", widest); widest > 1e-4 {
		t.Error("the network gives other answers")
	}
}

// Ranges that begin at zero are finer: the quantized network is nearer to float.
func TestAbsorbedIsFiner(t *testing.T) {
	b := graphtest.New(t)
	x := b.Node("relu", graph.Relu{}, b.Node("first", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, b.Input("x", 1, 8), b.Random("w", 6, 8), b.Const("bias", []float32{30, 28, 31, 29, 33, 27}, 6)))
	b.Outputs(b.Node("second", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("v", 3, 6)))
	data := items(b, 8)
	r := coarse(t, "config2")
	var sqnr [2]float64
	for i := range sqnr {
		r.Refine = recipe.Refine{Absorb: i == 1}
		last := 0
		c, err := refine.Run(context.Background(), b.Graph, r, data, 2, func(_ string, done, total int) {
			if done < last || done > total {
				t.Errorf("%d of %d after %d", done, total, last)
			}
			last = done
		})
		if err != nil {
			t.Fatal(err)
		}
		_, sqnr[i] = shifts(t, c, data)
	}
	if t.Logf("%.1f dB, absorbed %.1f dB", sqnr[0], sqnr[1]); sqnr[1] < sqnr[0]+6 {
		t.Error("absorbing biases does not help")
	}
}

// A wish that changes nothing is told.
func TestNothingToRefine(t *testing.T) {
	b := graphtest.New(t)
	x := b.Node("tanh", graph.Tanh{}, b.Node("first", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, b.Input("x", 1, 8), b.Random("w", 6, 8)))
	b.Outputs(b.Node("second", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("v", 3, 6)))
	r := coarse(t, "config2")
	for want, wish := range map[string]recipe.Refine{"Equalizing": {Equalize: true}, "Absorbing": {Absorb: true}} {
		r.Refine = wish
		c, err := refine.Run(context.Background(), b.Graph, r, items(b, 8), 1, func(string, int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Notes) != 1 || !strings.HasPrefix(c.Notes[0], want) || !strings.Contains(c.Notes[0], "changes nothing") {
			t.Errorf("%s: %q", want, c.Notes)
		}
	}
}
