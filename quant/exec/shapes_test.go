package exec

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
)

// TestOtherShapes runs the conformance models on first inputs of other shapes, empty ones too: what is
// built runs, or New says why not; nothing panics and no kernel leaves its memory.
func TestOtherShapes(t *testing.T) {
	dirs := shared.Glob(t, "test_*", "onnx-node")
	slices.Sort(dirs)
	r := rand.New(rand.NewPCG(61, 62))
	sizes := []int{0, 1, 1, 2, 3, 3, 5, 8}
	ran := 0
	for _, dir := range dirs {
		c := newCase(t, dir)
		first := c.model.Graph.Inputs
		if len(first) == 0 {
			continue
		}
		c.freeze(t)
		for range 6 {
			shape := make([]int, len(first[0].Dims))
			for i := range shape {
				shape[i] = int(first[0].Dims[i].Value)
				if r.IntN(3) > 0 {
					shape[i] = sizes[r.IntN(len(sizes))]
				}
			}
			g, err := onnx.ToGraph(c.model, onnx.Options{Shapes: map[string][]int{first[0].Name: shape}})
			if err != nil {
				continue
			}
			runner, err := New(t.Context(), g, Config{Pool: Compiled})
			if err != nil {
				t.Logf("%s %v: %v", filepath.Base(dir), shape, err)
				continue
			}
			var in [][]float32
			for _, v := range g.Inputs {
				in = append(in, make([]float32, graph.Len(g.Values[v].Shape)))
			}
			if err := runner.Run(t.Context(), in...); err != nil {
				t.Errorf("%s %v: %v", filepath.Base(dir), shape, err)
			}
			for i := range g.Outputs {
				if got := len(runner.Output(i)); got != graph.Len(g.Values[g.Outputs[i]].Shape) {
					t.Errorf("%s %v: output %d has %d numbers", filepath.Base(dir), shape, i, got)
				}
			}
			runner.Close()
			ran++
		}
	}
	t.Logf("%d networks ran", ran)
	if ran < 500 {
		t.Errorf("only %d networks ran", ran)
	}
}

// A tensor without elements costs no time, whatever its other dimensions.
func TestEmptyTensorsTakeNoTime(t *testing.T) {
	for _, op := range []graph.Op{graph.LRN{Size: 3, Alpha: 0.1, Beta: 0.75, Bias: 1}, graph.Softmax{Axis: 1}, graph.Relu{}, graph.Transpose{Perm: []int{2, 0, 1, 3}}} {
		b := graph.NewBuilder("empty")
		x := b.Input("x", graph.Float32, 1<<26, 0, 5, 5)
		g, err := b.Done(b.Node("y", op, x))
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(t.Context(), g, Config{})
		if err != nil {
			t.Fatal(err)
		}
		took := time.Hour
		for range 5 { // the best, as the machine may be busy
			begin := time.Now()
			if err := r.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			took = min(took, time.Since(begin))
		}
		if took > time.Second {
			t.Errorf("%s takes %v", op.Type(), took)
		}
		r.Close()
	}
}
