package calibrate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// BenchmarkLoad times stage by stage, in milliseconds of the clock and the least of the loads, how a file becomes a
// Runner: natively, with CGO_ENABLED=0 on wazero, and with GOOS=js GOARCH=wasm and -exec of lib/wasm/go_js_wasm_exec in V8.
func BenchmarkLoad(b *testing.B) {
	for _, name := range []string{"squeezenet1_0", "mobilenetv2", "efficientnet_b0_cifar10_bn"} {
		file := shared.Read(b, "models", name+".onnx")
		for _, integer := range []bool{false, true} {
			way := "f32"
			if integer {
				way = "int8"
			}
			b.Run(name+"/"+way, func(b *testing.B) { load(b, file, integer) })
		}
	}
}

func load(b *testing.B, file []byte, integer bool) {
	var began time.Time
	least := map[string]time.Duration{}
	stage := func(name string) {
		took := time.Since(began)
		if was, ok := least[name]; !ok || took < was {
			least[name] = took
		}
		began = time.Now()
	}
	must := func(err error) {
		if err != nil {
			b.Helper()
			b.Fatal(err)
		}
	}
	dot := engine.ProbeDot()
	var quantized *graph.Graph
	if integer {
		m, err := onnx.Decode(file)
		must(err)
		g, err := onnx.ToGraph(m, onnx.Options{})
		must(err)
		quantized = eightBits(b, g)
	}
	for b.Loop() {
		pool := engine.NewPool(1) // whose host keeps code: of every load its own
		began = time.Now()
		m, err := onnx.Decode(file)
		must(err)
		stage("decode-ms")
		g, err := onnx.ToGraph(m, onnx.Options{})
		must(err)
		stage("graph-ms")
		if integer {
			g = quantized
		}
		began = time.Now()
		p, err := plan.New(b.Context(), g, plan.Config{Integer: integer}, lower.Operators())
		must(err)
		stage("plan-ms")
		program, err := lower.Lower(b.Context(), p, lower.Config{Dot: dot, Threads: 1})
		must(err)
		stage("lower-ms")
		module := kernels.Module(call.Used(program.Calls), false)
		stage("module-ms")
		e, err := engine.New(module, uint32(program.Bytes), pool)
		must(err)
		stage("engine-ms")
		must(program.Write(b.Context(), e))
		stage("write-ms")
		e.Close()
		pool.Close()
	}
	for name, took := range least {
		b.ReportMetric(1000*took.Seconds(), name)
	}
}

// eightBits is g quantized by config1, calibrated on one item.
func eightBits(b *testing.B, g *graph.Graph) *graph.Graph {
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
	return c.Quantized(calibrate.All).Graph
}
