package calibrate_test

import (
	"context"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// A bias so large beside s_w·s_x that their quotient is no float stays what it is.
func TestBiasFarBeyondItsUnit(t *testing.T) {
	b := graphtest.New(t)
	y := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}, b.Input("x", 1, 2, 2, 2),
		b.Const("conv.weight", make([]float32, 4), 2, 2, 1, 1), b.Const("conv.bias", []float32{-3e38, 0.1}, 2))
	g := b.Outputs(b.Node("relu", graph.Relu{}, y))
	r, err := recipe.Preset("bm1684x")
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	q, err := calibrate.Run(context.Background(), p, items([]float32{-1, 0.3, 0.7, 2, -0.4, 1, 1.5, 0}), 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range q.Graph.Values {
		if value.Name == "conv.bias" && (value.Const.F[0] != -3e38 || math.Abs(float64(value.Const.F[1])-0.1) > 1e-6) {
			t.Errorf("the bias is %v", value.Const.F)
		}
	}
}

// Sophgo's simulation has biases that are whole numbers of s_w·s_x, each channel's own; other backends and
// 8-bit floats keep them, and so does the float network.
func TestBiasesOfSophgo(t *testing.T) {
	for _, c := range []struct {
		backend, weights string
		rounded          bool
	}{{"bm1684x", "learnable", true}, {"CV181X", "fixed", true}, {"bm1688", "e4m3", false}, {"snpe", "learnable", false}} {
		b := graphtest.New(t)
		y := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}, b.Input("x", 1, 2, 2, 2),
			b.Const("conv.weight", []float32{1, -0.5, 0.01, 0.02}, 2, 2, 1, 1), b.Const("conv.bias", []float32{0.12345, -0.012345}, 2))
		y = b.Node("fc", graph.MatMul{}, b.Node("flatten", graph.Reshape{Shape: []int{1, 8}}, y), b.Random("fc.weight", 8, 3))
		g := b.Outputs(b.Node("fc_bias", graph.Add{}, y, b.Const("fc.bias", []float32{0.3, -0.7, 1.1}, 3)))
		r, err := recipe.Preset(c.backend)
		if err != nil {
			t.Fatal(err)
		}
		r.Weight.FakeQuant = c.weights
		p, err := prepare.Prepare(g, r)
		if err != nil {
			t.Fatal(err)
		}
		q, err := calibrate.Run(context.Background(), p, items([]float32{-1, 0.3, 0.7, 2, -0.4, 1, 1.5, 0}), 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		scale := map[string][]float32{}
		for i, quantizer := range q.Quantizers {
			scale[q.Graph.Values[quantizer.Value].Name] = q.Params[i].Scale
		}
		for v, value := range q.Graph.Values {
			if value.Name != "conv.bias" && value.Name != "fc.bias" {
				continue
			}
			x, w := scale["x"], scale["conv.weight"]
			if value.Name == "fc.bias" {
				x, w = scale["flatten_out"], scale["fc.weight"]
			}
			for i, got := range value.Const.F {
				float := q.Float.Values[v].Const.F[i]
				if !c.rounded {
					if got != float {
						t.Errorf("%s: %s[%d] is %v, not %v", c.backend, value.Name, i, got, float)
					}
					continue
				}
				s := float64(w[i%len(w)] * x[0])
				if n := float64(got) / s; math.Abs(n-math.Round(n)) > 1e-3 || math.Abs(float64(got-float)) > 0.5001*s || got == float {
					t.Errorf("%s: %s[%d] is %v, %v of its unit, and was %v", c.backend, value.Name, i, got, n, float)
				}
			}
		}
	}
}
