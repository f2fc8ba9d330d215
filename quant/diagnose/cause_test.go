package diagnose_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// depthwise is one channel by itself, k×k.
func depthwise(c, k int) graph.Conv {
	return graph.Conv{Kernel: []int{k, k}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4), Group: c}
}

// scaled multiplies channel c of n of a constant.
func scaled(b *graphtest.Builder, v graph.ValueID, c, n int, by float32) graph.ValueID {
	w := b.Graph.Values[v].Const.F
	for i := range w {
		if i/(len(w)/n) == c {
			w[i] *= by
		}
	}
	return v
}

// sick is a network with one thing wrong.
type sick struct {
	name   string
	recipe string
	change func(r *recipe.Recipe)
	build  func(b *graphtest.Builder, x graph.ValueID) graph.ValueID // x is [1,4,8,8]
	data   func(item int, x []float32)                               // changes random numbers
	layer  string
	cause  diagnose.Cause
	told   []string
}

// TestCauses has a network for every cause, which is named with its numbers.
func TestCauses(t *testing.T) {
	for _, s := range []sick{
		{
			name: "spread", recipe: "config2", layer: "dw", cause: diagnose.ChannelSpread, told: []string{"4 channels", "3 of them"},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				return b.Conv("out", b.Node("dw", depthwise(4, 3), x, scaled(b, b.Random("dw.weight", 4, 1, 3, 3), 2, 4, 400)), 3, 1)
			},
			// The last layer reads mostly what is narrow.
			data: func(_ int, x []float32) {
				for i := range x[:64] {
					x[128+i] *= 1e-3
				}
			},
		},
		{
			name: "dead", recipe: "config2", layer: "dw", cause: diagnose.DeadChannels, told: []string{"1 of its 4 input channels is zero"},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				return b.Conv("out", b.Node("dw", depthwise(4, 3), x, scaled(b, b.Random("dw.weight", 4, 1, 3, 3), 2, 4, 100)), 3, 1)
			},
			data: func(_ int, x []float32) { clear(x[128:192]) },
		},
		{
			name: "outliers", recipe: "config1", layer: "out", cause: diagnose.Outliers, told: []string{"99.8 %", "relu_out"},
			change: func(r *recipe.Recipe) {
				r.Activation.Scheme.Bits, r.Activation.Observer, r.Activation.EMARatio = 3, "minmax", 0
			},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				return b.Conv("last", b.Node("relu", graph.Relu{}, b.Conv("out", b.Node("mid", graph.LeakyRelu{Alpha: 1}, x), 6, 1)), 3, 1)
			},
			data: func(_ int, x []float32) { // tails like those of a logarithm
				for i, v := range x {
					x[i] = float32(math.Copysign(-math.Log(1-math.Abs(float64(v))), float64(v)))
				}
			},
		},
		{
			name: "clipping", recipe: "config1", layer: "out", cause: diagnose.Clipping, told: []string{"lie beyond its codes"},
			change: func(r *recipe.Recipe) {
				r.Activation.Observer, r.Activation.EMARatio, r.Activation.ObserverOptions.Threshold = "percentile", 0, 0.7
			},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID { return b.Conv("out", x, 3, 1) },
		},
		{
			name: "few items", recipe: "config1", layer: "out", cause: diagnose.FewItems, told: []string{"2 calibration items"},
			change: func(r *recipe.Recipe) { r.Data.Calibration = 2 },
			build:  func(b *graphtest.Builder, x graph.ValueID) graph.ValueID { return b.Conv("out", x, 3, 1) },
			data: func(item int, x []float32) {
				if item > 1 {
					for i := range x {
						x[i] *= 5
					}
				}
			},
		},
		{
			name: "zero point", recipe: "tensorrt", layer: "out", cause: diagnose.ZeroPoint, told: []string{"50 % of its range", "zero in its middle"},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID { return b.Conv("out", x, 3, 1) },
			data: func(_ int, x []float32) {
				for i := range x {
					x[i] = max(x[i], -x[i])
				}
			},
		},
		{
			name: "SiLU", recipe: "qdq", layer: "silu", cause: diagnose.SplitSiLU, told: []string{"cut in two"},
			change: func(r *recipe.Recipe) {
				own := r.Activation
				own.Scheme = scheme.QScheme{Bits: 4}
				r.Overrides = []recipe.Override{{Name: "silu", Activation: &own}}
			},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				return b.Conv("out", b.Node("silu", graph.Mul{}, x, b.Node("sigmoid", graph.Sigmoid{}, x)), 3, 1)
			},
			data: func(_ int, x []float32) {
				for i := range x {
					x[i] = 2 + x[i]/2
				}
			},
		},
		{
			name: "placement", recipe: "snpe", layer: "sum", cause: diagnose.Placement, told: []string{"snpe", "Add"},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				y := b.Node("relu", graph.Relu{}, x)
				return b.Node("sum", graph.Add{}, b.Conv("first", y, 4, 1), y)
			},
		},
		{
			name: "bias overflow", recipe: "config2", layer: "out", cause: diagnose.BiasOverflow, told: []string{"1 of its 3 channels", "32 bits"},
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				w := b.Random("out.weight", 3, 4, 1, 1)
				for i := range b.Graph.Values[w].Const.F {
					b.Graph.Values[w].Const.F[i] *= 1e-6
				}
				one := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4), Group: 1}
				return b.Node("out", one, x, w, b.Const("out.bias", []float32{5, 0, 0.001}, 3))
			},
		},
		{
			name: "rounding", recipe: "config1", layer: "mid", cause: diagnose.Rounding, told: []string{"2 bits for its weights"},
			change: func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 2 },
			build: func(b *graphtest.Builder, x graph.ValueID) graph.ValueID {
				return b.Conv("out", b.Conv("mid", b.Conv("first", x, 4, 1), 4, 1), 3, 1)
			},
		},
	} {
		t.Run(s.name, func(t *testing.T) {
			b := graphtest.New(t)
			g := b.Outputs(s.build(b, b.Input("x", 1, 4, 8, 8)))
			r := preset(t, s.recipe)
			r.Data.Calibration, r.Data.Batch = 20, 4
			if s.change != nil {
				s.change(&r)
			}
			var data [][][]float32
			for i := range r.Data.Calibration + 6 {
				item := b.Item()
				if s.data != nil {
					s.data(i, item[0])
				}
				data = append(data, item)
			}
			l := &diagnose.Lab{Graph: g, Calibration: given(data[:r.Data.Calibration]...).Items, Items: given(data[r.Data.Calibration:]...), Workers: 1}
			d, err := diagnose.Diagnose(context.Background(), l, r, diagnose.Plan{Progress: func(string, int, int, time.Duration) {}})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Layer == s.layer && f.Cause == s.cause })
			if i < 0 {
				t.Fatalf("%s of %s is not among %+v", s.cause, s.layer, d.Findings)
			}
			t.Log(d.Findings[i].Sentence)
			for _, want := range s.told {
				if !strings.Contains(d.Findings[i].Sentence, want) {
					t.Errorf("%q is not in %q", want, d.Findings[i].Sentence)
				}
			}
			if main := d.Findings[i].Cause; s.cause != diagnose.DeadChannels && s.cause != diagnose.BiasOverflow && s.cause != diagnose.SplitSiLU && d.Findings[0].Layer == s.layer && d.Findings[0].Cause != main {
				t.Errorf("%s is told before", d.Findings[0].Cause)
			}
			for _, f := range d.Findings {
				if f.Noise < 0 || f.Noise > 1 || f.Gain < 0 || !strings.HasSuffix(f.Sentence, ".") {
					t.Errorf("%+v", f)
				}
			}
			for i, f := range d.Fixes {
				if i > 0 && f.Gain > d.Fixes[0].Gain+1.01/6 || f.Recipe.Validate() != nil || f.Outcome.Items != 6 {
					t.Errorf("fix %+v", f)
				}
			}
		})
	}
}

// A weight that only another scale saves: the fix that is offered first mends it, and its price is that of
// the scales.
func TestFixes(t *testing.T) {
	b := graphtest.New(t)
	w := scaled(b, b.Random("dw.weight", 4, 1, 3, 3), 2, 4, 1000)
	out := b.Conv("out", b.Node("dw", depthwise(4, 3), b.Input("x", 1, 4, 8, 8), w), 5, 1)
	g := b.Outputs(b.Node("flat", graph.Reshape{Shape: []int{1, 5}}, b.Node("pool", graph.GlobalAveragePool{}, out)))
	var data [][][]float32
	for range 40 {
		item := b.Item()
		for i := range item[0][128:192] {
			item[0][128+i] *= 1e-3
		}
		data = append(data, item)
	}
	r := preset(t, "config2")
	r.Data.Calibration, r.Data.Batch = 20, 4
	l := &diagnose.Lab{Graph: g, Calibration: given(data[:20]...).Items, Items: given(data[20:]...), Workers: 2}
	var told []int
	d, err := diagnose.Diagnose(context.Background(), l, r, diagnose.Plan{
		Progress: func(string, int, int, time.Duration) {}, Found: func(d *diagnose.Diagnosis) { told = append(told, len(d.Fixes)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Findings[0].Cause != diagnose.ChannelSpread || d.Findings[0].Layer != "dw" {
		t.Fatalf("%+v", d.Findings)
	}
	for _, f := range d.Fixes {
		t.Logf("%-60s %3.0f %% %6.1f dB %d bytes", f.Title, 100*f.Outcome.Share(), f.Outcome.SQNR, f.MoreBytes)
	}
	if first := d.Fixes[0]; d.Whole.Outcome.Share() > 0.85 || first.Outcome.Share() < 0.95 || first.GainSQNR < 6 {
		t.Errorf("%.0f %% of the answers are left, with %q %.0f %%", 100*d.Whole.Outcome.Share(), first.Title, 100*first.Outcome.Share())
	}
	i := slices.IndexFunc(d.Fixes, func(f diagnose.Fix) bool { return strings.HasSuffix(f.Title, "depthwise convolutions") })
	if i < 0 || d.Fixes[i].MoreBytes != 3*5 || d.Fixes[i].Gain <= 0 {
		t.Errorf("%+v", d.Fixes)
	}
	if !slices.IsSorted(told) || told[len(told)-1] != len(d.Fixes) {
		t.Errorf("told of %v fixes", told)
	}
	// What a fix promises is what its recipe gives, calibrated from the start.
	for _, f := range d.Fixes {
		again := &diagnose.Lab{Graph: g, Calibration: l.Calibration, Items: l.Items, Workers: 1}
		got, err := again.Try(context.Background(), f.Recipe, func(int, int) {})
		if err != nil || got.Outcome != f.Outcome || got.Bytes != f.Bytes {
			t.Errorf("%s: %+v, promised %+v (%v)", f.Title, got.Outcome, f.Outcome, err)
		}
	}
}
