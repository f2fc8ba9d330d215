package prepare_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/prepare"
)

// Every shared network is prepared and calibrated for every backend, on an item of noise.
func TestModelsOnEveryBackend(t *testing.T) {
	for _, file := range shared.Glob(t, "*.onnx", "models") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			g := network.Decode(t, b)
			random := rand.New(rand.NewPCG(3, 4))
			item := make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))
			for i := range item {
				item[i] = float32(random.NormFloat64())
			}
			for _, backend := range backend.Names() {
				p, err := prepare.Prepare(g, preset(t, backend))
				if err != nil {
					t.Errorf("%s: %v", backend, err)
					continue
				}
				items := calibrate.Items{Len: 1, Inputs: func(int) ([][]float32, error) { return [][]float32{item}, nil }}
				c, err := calibrate.Run(context.Background(), p, items, 1, func(_, _ int) {})
				if err != nil {
					t.Errorf("%s: %v", backend, err)
					continue
				}
				weights := 0
				for i, q := range c.Quantizers {
					if q.Weight {
						weights++
					}
					if n := len(c.Params[i].Scale); n == 0 || (c.Params[i].Axis < 0) != (n == 1) && q.Axis < 0 {
						t.Errorf("%s: %s has %d scales along axis %d", backend, q.Name, n, c.Params[i].Axis)
					}
				}
				t.Logf("%s: %d weights, %d activations", backend, weights, len(c.Quantizers)-weights)
			}
		})
	}
}
