package refine_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
)

func quiet(string, int, int) {}

// coarse is a recipe with few bits, so that rounding shifts means.
func coarse(t *testing.T, backend string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(backend)
	if err != nil {
		t.Fatal(err)
	}
	if backend == "config2" {
		r.Weight.Scheme.Bits = 4
	}
	r.Data.Batch = 3
	return r
}

// normed is a network with batch normalisation, layers without a bias, and a sum.
func normed(t *testing.T) (*graph.Graph, calibrate.Items) {
	b := graphtest.New(t)
	x := b.Node("r0", graph.Relu{}, b.BatchNorm("bn", b.Conv("stem", b.Input("x", 1, 3, 9, 9), 8, 3)))
	y := b.Node("r1", graph.Relu{}, b.Conv("bare", x, 8, 1))
	x = b.Node("sum", graph.Add{}, x, y)
	x = b.Node("flat", graph.Reshape{Shape: []int{1, 8}}, b.Node("pool", graph.GlobalAveragePool{}, x))
	g := b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("fc.weight", 5, 8), b.Random("fc.bias", 5)))
	return g, items(b, 8)
}

// shifts are the greatest distance between the means of a network's outputs by channel and the float
// network's, and the SQNR of the outputs.
func shifts(t *testing.T, c *calibrate.Calibrated, data calibrate.Items) (most, sqnr float64) {
	t.Helper()
	r, err := exec.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	float, err := exec.New(t.Context(), c.Float, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer float.Close()
	var s report.Signal
	var by []float64
	for i := range data.Len {
		x, _ := data.Inputs(i)
		if err := errors.Join(r.Run(t.Context(), x...), float.Run(t.Context(), x...)); err != nil {
			t.Fatal(err)
		}
		f, q := float.Output(0), r.Output(0)
		s.Add(f, q)
		by = append(by, make([]float64, len(f)-len(by))...)
		for k := range f {
			by[k] += (float64(q[k]) - float64(f[k])) / float64(data.Len)
		}
	}
	for _, x := range by {
		most = max(most, math.Abs(x))
	}
	return most, s.SQNR()
}

func TestBiasesTakeBackTheShift(t *testing.T) {
	for _, backend := range []string{"config2", "snpe", "vitis", "cv18xx"} {
		g, data := normed(t)
		r := coarse(t, backend)
		before, err := refine.Run(context.Background(), g, r, data, 2, quiet)
		if err != nil {
			t.Fatal(err)
		}
		logits, nodes := slices.Clone(before.Graph.Nodes), len(before.Graph.Values)
		shift, sqnr := shifts(t, before, data)
		for _, method := range []string{recipe.Empirical, recipe.Analytic} {
			r.Refine.Biases = method
			c, err := refine.Run(context.Background(), g, r, data, 2, quiet)
			if err != nil {
				t.Fatal(err)
			}
			after, better := shifts(t, c, data)
			t.Logf("%s, %s: means shifted by %.4f, before %.4f; %.1f dB, before %.1f dB", backend, method, after, shift, better, sqnr)
			if backend == "config2" && (method == recipe.Empirical && after > shift/100 || after > shift/2 || better < sqnr+1) {
				t.Errorf("%s, %s: means are shifted by %g, before %g", backend, method, after, shift)
			}
			if better < sqnr-1 {
				t.Errorf("%s, %s: %.1f dB, before %.1f", backend, method, better, sqnr)
			}
			if len(c.Graph.Nodes) != len(c.Float.Nodes) || len(c.Graph.Values) != len(c.Float.Values) {
				t.Errorf("%s: the float network has other nodes", backend)
			}
		}
		if !reflect.DeepEqual(before.Graph.Nodes, logits) || len(before.Graph.Values) != nodes {
			t.Error("the network that came in was changed")
		}
	}
}

// Refined networks are the same on any number of workers, and what is unknown is named.
func TestRunIsTheSameOnTwoWorkers(t *testing.T) {
	g, data := chain(t)
	r := coarse(t, "config2")
	r.Refine = recipe.Refine{Equalize: true, Biases: recipe.Empirical}
	var got [2]*calibrate.Calibrated
	for i := range got {
		var err error
		stage, last := "", 0
		var stages []string
		if got[i], err = refine.Run(context.Background(), g, r, data, i+1, func(name string, done, total int) {
			if name != stage {
				stages, stage, last = append(stages, name), name, 0
			}
			if done < last || done > total {
				t.Errorf("%s: %d of %d after %d", name, done, total, last)
			}
			last = done
		}); err != nil || !slices.Equal(stages, []string{refine.StageCalibrate, refine.StageRefine}) {
			t.Fatal(stages, err)
		}
	}
	if !reflect.DeepEqual(got[0], got[1]) {
		t.Error("two workers give another network")
	}
	plain := coarse(t, "config2")
	before, err := refine.Run(context.Background(), g, plain, data, 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	_, was := shifts(t, before, data)
	if _, is := shifts(t, got[0], data); is < was+3 {
		t.Errorf("%.1f dB, unrefined %.1f", is, was)
	}
	r.Refine.Biases = "magic"
	if err := r.Validate(); err == nil {
		t.Error("magic is valid")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r.Refine.Biases = recipe.Empirical
	if _, err := refine.Run(ctx, g, r, data, 1, quiet); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
