package exec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// TestArenaIsSmall holds the arena to 1.3 times the weights and the largest pair of live activations:
// what one step reads and what it writes.
func TestArenaIsSmall(t *testing.T) {
	for _, file := range shared.Glob(t, "*.onnx", "models") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".onnx"), func(t *testing.T) {
			g := build(t, file)
			r, err := New(t.Context(), g, Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			need, err := Need(t.Context(), g, Config{})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.image.Bytes; need != got {
				t.Errorf("Need says %d bytes, New takes %d", need, got)
			}
			weights, pair := 0, 0
			for v := range g.Values {
				if g.Values[v].Const != nil {
					weights += plan.Elem * graph.Len(g.Values[v].Shape)
				}
			}
			for _, n := range g.Nodes {
				live := 0
				for _, v := range append(append([]graph.ValueID{}, n.Inputs...), n.Outputs...) {
					if v != graph.None && g.Values[v].Const == nil {
						live += plan.Elem * graph.Len(g.Values[v].Shape)
					}
				}
				pair = max(pair, live)
			}
			s := r.Stats()
			used, bound := s.Constants+s.Activations+s.Program, (weights+pair)*13/10
			t.Logf("%d KiB of %d KiB allowed: constants %d, activations %d, program %d", used>>10, bound>>10, s.Constants>>10, s.Activations>>10, s.Program>>10)
			if used > bound {
				t.Errorf("the arena takes %d bytes, more than %d", used, bound)
			}
		})
	}
}

func build(t *testing.T, file string) *graph.Graph {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g := network.Decode(t, b)
	return g
}
