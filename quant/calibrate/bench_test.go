package calibrate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// BenchmarkNetwork times networks on one thread, in seconds of the processor, the least of the runs: natively as the
// command runs them, and with GOOS=js GOARCH=wasm and -exec of lib/wasm/go_js_wasm_exec as a page does, in V8.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"squeezenet1_0", "mobilenetv2"} {
		g := network.Shared(b, name)
		r, x := rand.New(rand.NewPCG(1, 2)), make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		how, err := recipe.Preset("config1")
		if err != nil {
			b.Fatal(err)
		}
		p, err := prepare.Prepare(g, how)
		if err != nil {
			b.Fatal(err)
		}
		items := calibrate.Items{Len: 1, Inputs: func(int) ([][]float32, error) { return [][]float32{x}, nil }}
		c, err := calibrate.Run(b.Context(), p, items, 1, func(int, int) {})
		if err != nil {
			b.Fatal(err)
		}
		quantized := c.Quantized(calibrate.All).Graph
		for _, way := range []struct {
			name   string
			graph  *graph.Graph
			config exec.Config
		}{
			{"f32", g, exec.Config{}},
			{"int8", quantized, exec.Config{Integer: true, Dot: engine.ProbeDot()}},
		} {
			b.Run(name+"/"+way.name, func(b *testing.B) {
				run, err := exec.New(b.Context(), way.graph, way.config)
				if err != nil {
					b.Fatal(err)
				}
				defer run.Close()
				least := time.Duration(1 << 62)
				for b.Loop() {
					began := processor(b)
					if err := run.Run(b.Context(), x); err != nil {
						b.Fatal(err)
					}
					least = min(least, processor(b)-began)
				}
				b.ReportMetric(least.Seconds(), "s/run")
			})
		}
	}
}
