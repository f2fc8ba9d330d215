package export

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// [Q] What MQBench's exporter for ONNX_QNN does to integers, which mqbenchExact asks for.

const noteMQBenchIntegers = "As MQBench writes them, biases lose their fraction, and a weight that rounds to a code beyond uint8 wraps around."

// wrapped are the codes (rhe(w/s) + z) mod 256, for uint8 and one scale.
func wrapped(t *graph.Tensor, p scheme.QParams) *graph.Tensor {
	out := &graph.Tensor{DType: graph.Uint8, Shape: t.Shape, I: make([]int64, len(t.F))}
	for i, x := range t.F {
		q := math.RoundToEven(float64(x/p.Scale[0])) + float64(p.ZeroPoint[0])
		out.I[i] = int64(uint8(int64(q)))
	}
	return out
}

// truncated are the codes b/s without their fraction, as biasCodes.
func truncated(b, scale []float32) (codes []int64, over int) {
	codes = make([]int64, len(b))
	for i, x := range b {
		q := float64(x / scale[i%len(scale)])
		if !(math.Abs(q) <= math.MaxInt32) {
			return nil, i
		}
		codes[i] = int64(q)
	}
	return codes, -1
}
