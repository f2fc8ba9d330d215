// Package warm makes a browser ready for a user's file. It compiles a function of the core when it is first
// called, which is half the time of opening a first network; the Worker that waits for a file has nothing
// else to do.
package warm

import (
	"context"
	"runtime"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/onnx"
)

// heap is the bytes that opening a small network takes. A browser makes memory as it is first touched, a
// millisecond for each MiB; what has been touched and collected is there.
const heap = 48 << 20

// Up takes a little network through all that lies between a file and its first output: reading, planning,
// packing, emitting kernels and running them, in float, fake-quantized and on integers that dot multiplies.
func Up(pool *engine.Pool, dot call.Dot) error {
	file, err := network()
	if err != nil {
		return err
	}
	for _, a := range []arithmetic{float, simulated, integer} {
		if err := run(context.Background(), file, a, exec.Config{Pool: pool, Dot: dot}); err != nil {
			return err
		}
	}
	clear(make([]byte, heap))
	runtime.GC()
	return nil
}

// arithmetic is what a network computes in.
type arithmetic string

const (
	float     arithmetic = "float"
	simulated arithmetic = "simulated"
	integer   arithmetic = "integer"
)

// run does what a file needs until its first output is there.
func run(ctx context.Context, file []byte, a arithmetic, c exec.Config) error {
	r, err := open(ctx, file, a, c)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Run(ctx, make([]float32, 3*side*side)); err != nil {
		return err
	}
	r.Output(0)
	return nil
}

func open(ctx context.Context, file []byte, a arithmetic, c exec.Config) (*exec.Runner, error) {
	m, err := onnx.Decode(file)
	if err != nil {
		return nil, err
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		return nil, err
	}
	g, quantizers := lift.Lift(g)
	if a != float {
		g, c.Integer = graph.Quantize(g, quantizers).Graph, a == integer
	}
	return exec.New(ctx, g, c)
}
