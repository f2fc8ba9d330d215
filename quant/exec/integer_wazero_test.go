//go:build !js

package exec_test

import (
	"errors"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestSignedIntegers: where activations are stored as int8, as machines want it whose relaxed dot product is
// of signed bytes, the numbers are the same. wazero has no such instruction, so that these networks have
// no layers but the depthwise ones that do without.
func TestSignedIntegers(t *testing.T) {
	ran := 0
	for _, c := range integerCases() {
		n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
		n.Outputs(c.build(n)...)
		r, err := exec.New(t.Context(), n.quantized(), exec.Config{Integer: true, Dot: call.DotS8, Pool: engine.NewWazeroPool(1)})
		if err != nil { // it has layers
			continue
		}
		ran++
		plain, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range n.spread(3) {
			if err := errors.Join(r.Run(t.Context(), item...), plain.Run(t.Context(), item...)); err != nil {
				t.Fatal(err)
			}
			for i, v := range n.Graph.Outputs {
				n.same(c.name+", "+n.Graph.Values[v].Name, r.Output(i), plain.Output(i), nil)
			}
		}
		r.Close()
		plain.Close()
	}
	t.Logf("%d networks ran", ran)
	if ran < 25 {
		t.Errorf("only %d networks ran", ran)
	}
}
