package calibrate_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// pass is a network whose one activation quantizer sees the input as it is: a 1×1 convolution of
// four numbers.
func pass(t *testing.T, batch int) *prepare.Prepared {
	t.Helper()
	r, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	r.Data.Batch = batch
	b := graphtest.New(t)
	w := b.Const("conv.weight", []float32{2, -0.5}, 2, 1, 1, 1)
	y := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}, b.Input("x", 1, 1, 2, 2), w)
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A weight that holds what is no number is refused wherever it stands, by whatever observes it.
func TestBrokenWeights(t *testing.T) {
	for _, k := range observer.Kinds() {
		for i := range 2 {
			for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
				p := pass(t, 1)
				for q := range p.Quantizers {
					if p.Quantizers[q].Weight {
						p.Quantizers[q].Observer = k.Name
					}
				}
				w := p.Graph.Values[p.Graph.Nodes[0].Inputs[1]].Const
				w.F = []float32{1, 2}
				w.F[i] = bad
				_, err := calibrate.Run(context.Background(), p, items(make([]float32, 4)), 1, quiet)
				if err == nil || !strings.Contains(err.Error(), "weights of this layer are broken") {
					t.Errorf("%s, element %d is %v: %v", k.Name, i, bad, err)
				}
			}
		}
	}
}

func items(xs ...[]float32) calibrate.Items {
	return calibrate.Items{Len: len(xs), Inputs: func(i int) ([][]float32, error) { return xs[i : i+1], nil }}
}

func quiet(int, int) {}

// The moving average counts batches, not items, and the last may be smaller.
func TestAverageCountsBatches(t *testing.T) {
	data := items([]float32{-1, 0, 0, 1}, []float32{0, 0, 0, 2}, []float32{-3, 0, 0, 1})
	for _, workers := range []int{1, 2} {
		var seen []int
		c, err := calibrate.Run(context.Background(), pass(t, 2), data, workers, func(done, total int) { seen = append(seen, done, total) })
		if err != nil {
			t.Fatal(err)
		}
		// Batches: [-1, 2], [-3, 1].
		r, n := float32(0.9), float32(0.1)
		lo, hi := float32(-1*r)+float32(-3*n), float32(2*r)+float32(1*n)
		want, err := scheme.QScheme{Bits: 8}.FromRange([]float32{lo}, []float32{hi}, -1)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.Params[0], want) {
			t.Errorf("activation %+v, want %+v", c.Params[0], want)
		}
		weight := scheme.QParams{Scale: []float32{2 / 127.5, 0.5 / 127.5}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127, Axis: 0}
		if !reflect.DeepEqual(c.Params[1], weight) {
			t.Errorf("weight %+v, want %+v", c.Params[1], weight)
		}
		if want := []int{1, 3, 2, 3, 3, 3}; !reflect.DeepEqual(seen, want) {
			t.Errorf("progress %v, want %v", seen, want)
		}
	}
}

// What Exec gives makes a run the fake-quantized one: the kernels against the arithmetic of scheme,
// bit for bit, at every width and under both rules.
func TestExecQuantizes(t *testing.T) {
	x := []float32{-1, 0.3, 0.7, 1}
	for _, rule := range []scheme.Rule{scheme.PyTorch, scheme.ONNX} {
		for _, bits := range []int{2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16} {
			for _, symmetric := range []bool{false, true} {
				p := pass(t, 1)
				p.Recipe.Rule = rule
				for i := range p.Quantizers {
					p.Quantizers[i].Scheme = scheme.QScheme{Bits: bits, Symmetric: symmetric, PerChannel: p.Quantizers[i].Axis >= 0}
				}
				c, err := calibrate.Run(context.Background(), p, items(x), 1, quiet)
				if err != nil {
					t.Fatal(err)
				}
				qx, qw := make([]float32, 4), make([]float32, 2)
				c.Params[0].FakeQuantize(qx, x, []int{1, 1, 2, 2}, rule)
				c.Params[1].FakeQuantize(qw, []float32{2, -0.5}, []int{2, 1, 1, 1}, rule)
				for i, y := range output(t, c, x) {
					if want := qx[i%4] * qw[i/4]; y != want {
						t.Errorf("%s, %d bits, symmetric %v: output %d is %v, want %v", rule, bits, symmetric, i, y, want)
					}
				}
			}
		}
	}
}

func output(t *testing.T, c *calibrate.Calibrated, x []float32) []float32 {
	t.Helper()
	r, err := exec.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	return r.Output(0)
}

func TestBrokenValuesNameTheirTensor(t *testing.T) {
	nan := float32(math.NaN())
	_, err := calibrate.Run(context.Background(), pass(t, 2), items([]float32{0, 1, 2, 3}, []float32{0, nan, 2, 3}), 1, quiet)
	if !errors.Is(err, scheme.ErrRange) || !strings.Contains(err.Error(), `"x"`) || !strings.Contains(err.Error(), "preprocessing") {
		t.Errorf("NaN in an item: %v", err)
	}
	p := pass(t, 1)
	p.Graph.Values[p.Quantizers[1].Value].Const.F[1] = float32(math.Inf(-1))
	_, err = calibrate.Run(context.Background(), p, items([]float32{0, 1, 2, 3}), 1, quiet)
	if !errors.Is(err, scheme.ErrRange) || !strings.Contains(err.Error(), `"conv.weight"`) || !strings.Contains(err.Error(), "channel 1") {
		t.Errorf("infinite weight: %v", err)
	}
}

func TestStops(t *testing.T) {
	if _, err := calibrate.Run(context.Background(), pass(t, 1), items(), 1, quiet); err == nil {
		t.Error("no items accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	x := []float32{0, 1, 2, 3}
	_, err := calibrate.Run(ctx, pass(t, 1), items(x, x, x, x), 1, func(done, _ int) {
		if done == 2 {
			cancel()
		}
		if done > 2 {
			t.Error("went on after cancel")
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	broken := errors.New("truncated JPEG")
	bad := calibrate.Items{Len: 2, Inputs: func(int) ([][]float32, error) { return nil, broken }}
	if _, err := calibrate.Run(context.Background(), pass(t, 1), bad, 1, quiet); !errors.Is(err, broken) {
		t.Errorf("bad item: %v", err)
	}
}

// Weights with a scale for each block of inputs: the scale makes the greatest magnitude of a block the greatest number,
// as the fork's groups do, for layers that have their inputs first too, and the network runs with them.
func TestBlocksOfWeights(t *testing.T) {
	b := graphtest.New(t)
	x := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}, b.Input("x", 1, 10, 1, 1), b.Random("w", 6, 10, 1, 1))
	y := b.Node("fc", graph.MatMul{}, b.Node("flat", graph.Reshape{Shape: []int{1, 6}}, x), b.Random("m", 6, 3))
	g := b.Outputs(y)
	for _, kind := range []string{"fp4", "nf4", "learnable"} {
		r, err := recipe.Preset("weight_only")
		if err != nil {
			t.Fatal(err)
		}
		r.Weight.FakeQuant = kind
		r.Weight.Scheme = scheme.QScheme{Bits: 4, Symmetric: true, PerChannel: true, Block: 4}
		p, err := prepare.Prepare(g, r)
		if err != nil {
			t.Fatal(err)
		}
		c, err := calibrate.Run(context.Background(), p, items(make([]float32, 10)), 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct{ outputs, inputs, blocks int }{{6, 10, 3}, {3, 6, 2}} {
			q, w := c.Params[i], g.Values[c.Quantizers[i].Value].Const.F
			if len(q.Scale) != want.outputs*want.blocks {
				t.Fatalf("%s: %d scales of %s", kind, len(q.Scale), c.Quantizers[i].Name)
			}
			got := make([]float32, len(w))
			q.FakeQuantize(got, w, g.Values[c.Quantizers[i].Value].Shape, r.Rule)
			for o := range want.outputs {
				for k := range want.blocks {
					most, top := float32(0), q.Grid.Most()
					if top == 0 {
						top = 7.5
					}
					for in := 4 * k; in < min(4*k+4, want.inputs); in++ {
						at := o*want.inputs + in
						if i == 1 {
							at = in*want.outputs + o
						}
						most = max(most, w[at], -w[at])
						if s := q.Scale[o*want.blocks+k]; float64(got[at]-w[at]) > 2*float64(s) {
							t.Errorf("%s: %v becomes %v at scale %v", kind, w[at], got[at], s)
						}
					}
					if s := q.Scale[o*want.blocks+k]; s != most/top {
						t.Errorf("%s, %s: scale %v of output %d, block %d, want %v", kind, c.Quantizers[i].Name, s, o, k, most/top)
					}
				}
			}
		}
		for _, integer := range []bool{false, true} {
			e, err := exec.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{Integer: integer})
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Run(t.Context(), make([]float32, 10)); err != nil {
				t.Error(err)
			}
			e.Close()
		}
	}
}
