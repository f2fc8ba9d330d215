//go:build js && wasm

// Command bench is the float network runner as one more engine in the benchmark of browser engines:
// it gives a page quantscope.start(threads), which says how many run by now, quantscope.warm(), quantscope.load(
// Uint8Array, variant) and quantscope.run(Float32Array). Variants are fp32, and for QDQ files fake (fake-quantized in
// float), int8 (the integer engine) and plain (the integer engine without relaxed SIMD).
package main

import (
	"context"
	"syscall/js"
	"unsafe"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/warm"
)

func main() {
	var pool *engine.Pool
	var runner *exec.Runner
	var input []float32
	array := js.Global().Get("Uint8Array")
	js.Global().Set("quantscope", map[string]any{
		"start": js.FuncOf(func(_ js.Value, args []js.Value) any {
			if pool == nil {
				pool = engine.NewPool(args[0].Int())
			}
			return pool.Started()
		}),
		"warm": js.FuncOf(func(js.Value, []js.Value) any {
			if err := warm.Up(pool, engine.ProbeDot()); err != nil {
				return err.Error()
			}
			return nil
		}),
		"load": js.FuncOf(func(_ js.Value, args []js.Value) any {
			b := make([]byte, args[0].Length())
			js.CopyBytesToGo(b, args[0])
			r, n, err := load(b, args[1].String(), pool)
			if err != nil {
				return err.Error()
			}
			runner, input = r, make([]float32, n)
			return nil
		}),
		"run": js.FuncOf(func(_ js.Value, args []js.Value) any {
			js.CopyBytesToGo(bytesOf(input), array.New(args[0].Get("buffer")))
			if err := runner.Run(context.Background(), input); err != nil {
				return err.Error()
			}
			y := runner.Output(0)
			out := array.New(4 * len(y))
			js.CopyBytesToJS(out, bytesOf(y))
			return js.Global().Get("Float32Array").New(out.Get("buffer"))
		}),
		"profile": js.FuncOf(func(js.Value, []js.Value) any { return profile(runner) }),
	})
	select {}
}

func load(b []byte, variant string, pool *engine.Pool) (*exec.Runner, int, error) {
	m, err := onnx.Decode(b)
	if err != nil {
		return nil, 0, err
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		return nil, 0, err
	}
	c := exec.Config{Integer: variant == "int8" || variant == "plain", Pool: pool}
	if variant == "int8" {
		c.Dot = engine.ProbeDot()
	}
	if variant != "fp32" {
		float, quantizers := lift.Lift(g)
		g = graph.Quantize(float, quantizers).Graph
	}
	r, err := exec.New(context.Background(), g, c)
	if err != nil {
		return nil, 0, err
	}
	return r, graph.Len(g.Values[g.Inputs[0]].Shape), nil
}

// bytesOf is the memory of x, little endian as WebAssembly's.
func bytesOf(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// profile gives the page the time of every kernel call, in microseconds: the least of many short
// measurements, since a machine that does other things too disturbs the longer ones.
func profile(r *exec.Runner) any {
	timings, err := r.Profile(3)
	for range 15 {
		if err != nil {
			return err.Error()
		}
		var again []exec.Timing
		again, err = r.Profile(3)
		for i := range again {
			timings[i].Time = min(timings[i].Time, again[i].Time)
		}
	}
	list := make([]any, len(timings))
	for i, t := range timings {
		list[i] = map[string]any{"node": t.Node, "op": t.Op, "kernel": int(t.Kernel), "twin": t.Twin, "us": float64(t.Time.Nanoseconds()) / 1000}
	}
	return list
}
