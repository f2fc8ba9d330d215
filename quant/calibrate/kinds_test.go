package calibrate_test

import (
	"context"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// kindPass is pass with one fake-quantizer, as its kind needs the scheme.
func kindPass(t *testing.T, k fakequant.Kind, weight bool) *prepare.Prepared {
	t.Helper()
	p := pass(t, 1)
	s := scheme.QScheme{Bits: 8, Symmetric: true, PoT: k.PoT}
	i := 0
	if weight {
		i, s.PerChannel = 1, !k.PerTensor
	}
	q := &p.Quantizers[i]
	q.FakeQuant, q.Scheme = k.Name, s
	if !s.PerChannel {
		q.Axis = -1
	}
	return p
}

// Every fake-quantizer runs on the kernels as it runs in Go, bit for bit: on activations in an epilogue, on
// weights before they are packed.
func TestEveryFakeQuantizerRuns(t *testing.T) {
	x := []float32{-1.5, 0.3125, 0.7, -0.26}
	for _, k := range fakequant.Kinds() {
		for _, weight := range []bool{false, true} {
			if weight && !k.Weights || !weight && !k.Activation {
				continue
			}
			p := kindPass(t, k, weight)
			c, err := calibrate.Run(context.Background(), p, items(x), 1, quiet)
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			qx, qw := make([]float32, 4), make([]float32, 2)
			c.Params[0].FakeQuantize(qx, x, []int{1, 1, 2, 2}, p.Recipe.Rule)
			c.Params[1].FakeQuantize(qw, c.Graph.Values[p.Quantizers[1].Value].Const.F, []int{2, 1, 1, 1}, p.Recipe.Rule)
			for i, y := range output(t, c, x) {
				if want := qx[i%4] * qw[i/4]; y != want {
					t.Errorf("%s, weight %v: output %d is %v, want %v", k.Name, weight, i, y, want)
				}
			}
		}
	}
}

// DoReFa's network has other weights than the float one it is compared with.
func TestTransformedWeights(t *testing.T) {
	p := pass(t, 1)
	p.Quantizers[1].FakeQuant = "dorefa"
	v := p.Quantizers[1].Value
	c, err := calibrate.Run(context.Background(), p, items([]float32{1, 0, 0, 1}), 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Float.Values[v].Const.F; w[0] != 2 || w[1] != -0.5 {
		t.Errorf("the float weights became %v", w)
	}
	if w := p.Graph.Values[v].Const.F; w[0] != 2 {
		t.Errorf("the prepared weights became %v", w)
	}
	w := c.Graph.Values[v].Const.F
	for i, want := range []float64{math.Tanh(2), math.Tanh(-0.5)} {
		if want /= math.Tanh(2) + 1e-5; math.Abs(float64(w[i])-want) > 1e-6 {
			t.Errorf("weight %d is %v, want %v", i, w[i], want)
		}
	}
	if s := c.Params[1].Scale[0]; s > 1/127.4 || s < 1/127.6 {
		t.Errorf("scale %v is not of the transformed weights", s)
	}
	if r, err := exec.New(t.Context(), c.Float, exec.Config{}); err != nil {
		t.Error(err)
	} else {
		r.Close()
	}
}

// What shares a scale has one that holds the values of all.
func TestSharedScales(t *testing.T) {
	for _, s := range []scheme.QScheme{{Bits: 8}, {Bits: 8, Symmetric: true}} {
		r, err := recipe.Preset("qdq")
		if err != nil {
			t.Fatal(err)
		}
		r.Activation.Scheme, r.SharedScales = s, true
		b := graphtest.New(t)
		x := b.Input("x", 1, 1, 2, 2)
		conv := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
		one := b.Node("p", conv, x, b.Const("p.weight", []float32{3}, 1, 1, 1, 1))
		other := b.Node("q", conv, x, b.Const("q.weight", []float32{-1}, 1, 1, 1, 1))
		p, err := prepare.Prepare(b.Outputs(b.Node("sum", graph.Add{}, one, other)), r)
		if err != nil {
			t.Fatal(err)
		}
		c, err := calibrate.Run(context.Background(), p, items([]float32{-1, 0, 1, 2}), 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]scheme.QParams{}
		for i, q := range c.Quantizers {
			found[q.Name] = c.Params[i]
		}
		a, d := found["p_post_act_fake_quantizer"], found["q_post_act_fake_quantizer"]
		if a.Scale[0] != d.Scale[0] || a.ZeroPoint[0] != d.ZeroPoint[0] {
			t.Errorf("%+v and %+v", a, d)
		}
		y := []float32{-3, 6} // the wider of the two
		a.FakeQuantize(y, y, []int{2}, scheme.PyTorch)
		if math.Abs(float64(y[0]+3)) > float64(a.Scale[0]) || math.Abs(float64(y[1]-6)) > float64(a.Scale[0]) || a.Scale[0] > 0.05 {
			t.Errorf("%+v: -3 and 6 become %v", a, y)
		}
		if in := found["x_post_act_fake_quantizer"]; in.Scale[0] == a.Scale[0] {
			t.Error("the input shares too")
		}
	}
}

// The recipe's choice of MQBench's reading reaches the observers.
func TestExactReading(t *testing.T) {
	x := []float32{-1, 0.25, 0.5, 8}
	scale := func(exact bool) float32 {
		p := pass(t, 1)
		p.Recipe.MQBenchExact = exact
		p.Quantizers[0].Observer, p.Quantizers[0].EMARatio, p.Quantizers[0].ObserverOptions.Deviations = "clip_std", 0, 0.5
		c, err := calibrate.Run(context.Background(), p, items(x), 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		return c.Params[0].Scale[0]
	}
	if sound, exact := scale(false), scale(true); !(sound < exact) {
		t.Errorf("scale %v, MQBench's %v: the one clips, the other widens", sound, exact)
	}
}
