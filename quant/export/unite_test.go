package export

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// A weight that several modules share is in a file once under mqbenchExact, where each has a copy, as it is without; and the
// file does what the fake-quantized network does. A copy that is quantized otherwise is there by itself.
func TestCopiesAreWrittenOnce(t *testing.T) {
	quantized := func(exact bool) (*calibrate.Calibrated, [][]float32) {
		n := newNet(1, 32)
		w, v, bias := n.weight("w", 0, 32, 32), n.weight("v", 0, 32, 32), n.weight("bias", 0, 32)
		for range 4 {
			n.then("MatMul", []string{w}).then("Tanh", nil).then("Gemm", []string{v, bias}, onnx.Flag("transB", true)).then("Tanh", nil)
		}
		r := preset(t, "config1", 8, 8)
		r.MQBenchExact = exact
		return calibrated(t, n.build(t), r)
	}
	written := func(format string, c *calibrate.Calibrated) []byte {
		files, _, err := Export(t.Context(), format, "net", c)
		if err != nil {
			t.Fatal(err)
		}
		return files[0].Bytes
	}
	for _, format := range []string{"qdq", "qoperator"} {
		one, _ := quantized(false)
		c, inputs := quantized(true)
		if len(c.Quantizers) <= len(one.Quantizers) {
			t.Fatal("the modules are not copied")
		}
		once, copies := written(format, one), written(format, c)
		if len(copies) != len(once) {
			t.Errorf("%s: %d bytes with copies, %d without", format, len(copies), len(once))
		}
		got := orttest.Run(t, "node", copies, []int{1, 32}, slices.Concat(inputs...), "all")
		within(t, format, fakeQuantized(t, c, inputs), got, 60)
		for i, q := range c.Quantizers {
			if q.Weight { // of one copy
				c.Params[i].Scale = slices.Clone(c.Params[i].Scale)
				c.Params[i].Scale[0] *= 2
				break
			}
		}
		if other := written(format, c); len(other) < len(once)+32*32 {
			t.Errorf("%s: %d bytes with a copy of other codes, %d without", format, len(other), len(once))
		}
	}
}
