// Package warm makes a browser ready for a user's file. It compiles a function of the core when it is first
// called, which is half the time of opening a first network; the Worker that waits for a file has nothing
// else to do.
package warm

import (
	"runtime"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Up takes a little network through all that lies between a file and its first output: reading, planning,
// packing, emitting kernels and running them, in float, fake-quantized and on integers that dot multiplies.
func Up(pool *engine.Pool, dot call.Dot) error {
	m, err := onnx.Decode(network())
	if err != nil {
		return err
	}
	g, err := graph.Build(m, graph.Options{})
	if err != nil {
		return err
	}
	float, quants := lift.Lift(g)
	for _, c := range []exec.Config{{Pool: pool}, {Pool: pool, Quant: quants}, {Pool: pool, Quant: quants, Integer: true, Dot: dot}} {
		if err := run(float, c); err != nil {
			return err
		}
	}
	clear(make([]byte, heap))
	runtime.GC()
	return nil
}

// heap is the bytes that opening a small network takes. A browser makes memory as it is first touched, a
// millisecond for each MiB; what has been touched and collected is there.
const heap = 32 << 20

func run(g *graph.Graph, c exec.Config) error {
	r, err := exec.New(g, c)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Run(make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))); err != nil {
		return err
	}
	r.Output(0)
	return nil
}
