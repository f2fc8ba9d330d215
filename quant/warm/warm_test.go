package warm

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/onnx"
)

// The network runs in all three ways, and on integers it calls the kernels that quantized networks spend
// their time in.
func TestUp(t *testing.T) {
	if err := Up(nil, call.DotI16); err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Decode(network())
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(m, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, quants := lift.Lift(g)
	for _, n := range g.Nodes {
		switch n.Op.(type) {
		case graph.QuantizeLinear, graph.DequantizeLinear:
			t.Errorf("node %q stays behind", n.Name)
		}
	}
	r, err := exec.New(g, exec.Config{Quant: quants, Integer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	timings, err := r.Profile(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []call.ID{call.Q8GEMM, call.Q8DWConv, call.Q8Add, call.Q8Mul, call.Q8MaxPool, call.Q8AvgPool, call.Q8Quantize, call.Q8Dequantize} {
		if !slices.ContainsFunc(timings, func(c exec.Timing) bool { return c.Kernel == k }) {
			t.Errorf("kernel %d is not called", k)
		}
	}
}
