package refine

import (
	"context"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// A network that is run stretch by stretch gives the bits it gives in one go.
func TestWalkIsTheWhole(t *testing.T) {
	for _, backend := range []string{"config2", "snpe", "tensorrt"} {
		b := graphtest.New(t)
		x := b.Node("r0", graph.Relu{}, b.BatchNorm("bn", b.Conv("stem", b.Input("x", 1, 3, 9, 9), 8, 3)))
		y := b.Conv("left", x, 8, 1)
		x = b.Node("sum", graph.Add{}, b.Node("silu", graph.SiLU{}, y), x)
		x = b.Node("both", graph.Concat{Axis: 1}, b.Conv("a", x, 3, 1), b.Node("pool", graph.MaxPool{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, x))
		g := b.Outputs(b.Conv("last", x, 4, 2))
		data := [][][]float32{b.Item(), b.Item(), b.Item()}
		items := calibrate.Items{Len: len(data), Inputs: func(i int) ([][]float32, error) { return data[i], nil }}
		r, err := recipe.Preset(backend)
		if err != nil {
			t.Fatal(err)
		}
		p, err := prepare.Prepare(g, r)
		if err != nil {
			t.Fatal(err)
		}
		c, err := calibrate.Run(context.Background(), p, items, 1, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWalk(c, items, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range c.Graph.Nodes {
			if _, ok := n.Op.(graph.Conv); ok {
				raw := n.Outputs[0]
				if err := w.to(context.Background(), i+1, raw); err != nil {
					t.Fatal(err)
				}
				w.quantize(raw)
			}
		}
		if err := w.to(context.Background(), len(c.Graph.Nodes)); err != nil {
			t.Fatal(err)
		}
		whole, err := exec.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		for i, x := range data {
			if err := whole.Run(t.Context(), x...); err != nil {
				t.Fatal(err)
			}
			got := w.held[i][c.Graph.Outputs[0]]
			if len(w.held[i]) != 1 {
				t.Errorf("%s: %d values are held at the end", backend, len(w.held[i]))
			}
			for k, want := range whole.Output(0) { // a normalisation by itself is not folded into the weights
				if d := got[k] - want; backend == "tensorrt" && d != 0 || max(d, -d) > 0.05*max(want, -want, 1) {
					t.Fatalf("%s: output %d is %g, in one go %g", backend, k, got[k], want)
				}
			}
		}
		if held := peak(c.Graph, lastReaders(c.Graph)); held < 4*8*7*7 {
			t.Errorf("%d bytes at most", held)
		}
	}
}
