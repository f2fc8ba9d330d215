package exec_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestLookingChangesNothing: whatever is kept or observed, the outputs of random networks are the same bits,
// on floats, fake-quantized and on integers. A value that an integer run does not have is refused by name.
func TestLookingChangesNothing(t *testing.T) {
	kept, refused := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 83))
		n := &network{Builder: graphtest.New(t), t: t, rule: []scheme.Rule{scheme.PyTorch, scheme.ONNX}[seed%2]}
		n.grow(r)
		items := n.spread(1)
		n.calibrate(r, items)
		for _, run := range []struct {
			g *graph.Graph
			c exec.Config
		}{{n.Graph, exec.Config{}}, {n.quantized(), exec.Config{}}, {n.quantized(), exec.Config{Integer: true}}} {
			g, c := run.g, run.c
			c.Pool = exec.Compiled
			want := n.outputs(g, c, items[0])
			for range 3 {
				var keep, observe []graph.ValueID
				for _, node := range n.Graph.Nodes {
					v := node.Outputs[0]
					if r.IntN(3) == 0 {
						one := c
						one.Keep = []graph.ValueID{v}
						if _, err := exec.Need(t.Context(), g, one); err == nil {
							keep = append(keep, v)
							kept++
						} else if name := n.Graph.Values[v].Name; !c.Integer || !strings.Contains(err.Error(), fmt.Sprintf("value %q cannot be read", name)) {
							t.Errorf("seed %d: %v", seed, err)
						} else {
							refused++
						}
					}
					if !c.Integer && r.IntN(3) == 0 {
						observe = append(observe, v)
					}
				}
				looked := c
				looked.Keep, looked.Observe = keep, observe
				for i, got := range n.outputs(g, looked, items[0]) {
					n.same(fmt.Sprintf("seed %d, integer %t: output %d", seed, c.Integer, i), got, want[i], nil)
				}
			}
		}
	}
	t.Logf("%d values kept, %d refused", kept, refused)
	if kept < 500 || refused == 0 {
		t.Errorf("only %d values kept, %d refused", kept, refused)
	}
}

// outputs runs g, the network as it is or quantized, once.
func (n *network) outputs(g *graph.Graph, c exec.Config, item [][]float32) (outputs [][]float32) {
	n.t.Helper()
	r, err := exec.New(n.t.Context(), g, c)
	if err != nil {
		n.t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(n.t.Context(), item...); err != nil {
		n.t.Fatal(err)
	}
	for i := range n.Graph.Outputs {
		outputs = append(outputs, r.Output(i))
	}
	return outputs
}

// TestLongSums: a layer whose sums could leave 32 bits runs on floats and says so, where a channel's exact
// bound is beyond them; one as long whose weights are small stays on integers.
func TestLongSums(t *testing.T) {
	const k = 40000
	for name, c := range map[string]struct {
		weight  float32
		integer bool
	}{"large weights": {1, false}, "small weights": {0.5, true}} {
		t.Run(name, func(t *testing.T) {
			n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
			data := make([]float32, 2*k)
			for i := range data {
				data[i] = c.weight
			}
			x := n.u8(n.Input("x", 1, k), 1./32, 0)
			w := n.quantize(n.Const("w", data, 2, k), 1./250, 0, 0, 255)
			n.Outputs(n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, w))
			r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			f := n.forms(r)[0]
			if f.Integer != c.integer || !c.integer && !strings.Contains(f.Why, "sums of 2 of its channels, of 40000 products each") {
				t.Errorf("%+v", f)
			}
			item := make([]float32, k)
			for i := range item {
				item[i] = 255. / 32
			}
			if err := r.Run(t.Context(), item); err != nil {
				t.Fatal(err)
			}
			if got, want := r.Output(0)[0], k*255./32*c.weight; got < want*0.99 || got > want*1.01 {
				t.Errorf("the sum is %v, want %v", got, want)
			}
		})
	}
}
