package train

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// learned64 calls f for each element of x with its code before that is limited, what it becomes, and its scale's number.
func learned64(op graph.LearnedFakeQuantize, in []tensor64, f func(i int, code, y float64, scale int)) {
	walk64(in[0].shape, func(i int, at []int) {
		k := in[1].index(at)
		s, z := in[1].x[k], in[2].x[in[2].index(at)]
		v := in[0].x[i] * (1 / s)
		if op.Rule == scheme.ONNX {
			v = in[0].x[i] / s
		}
		code := math.RoundToEven(v) + z
		f(i, code, (min(max(code, float64(op.QMin)), float64(op.QMax))-z)*s, k)
	})
}

func learnedFakeQuantize64(op graph.LearnedFakeQuantize, in []tensor64) []float64 {
	out := make([]float64, len(in[0].x))
	learned64(op, in, func(i int, _, y float64, _ int) { out[i] = y })
	return out
}

func learnedGradient64(of graph.LearnedFakeQuantizeGradient, in []tensor64) [][]float64 {
	dx, ds, dz := make([]float64, len(in[0].x)), make([]float64, len(in[1].x)), make([]float64, len(in[1].x))
	op := of.Of
	learned64(op, in, func(i int, code, y float64, k int) {
		dy := in[3].x[i]
		if code >= float64(op.QMin) && code <= float64(op.QMax) {
			if x := in[0].x[i]; x > float64(of.Within.Lo) && x < float64(of.Within.Hi) {
				dx[i] = dy
			}
			ds[k] += dy * (y - in[0].x[i])
		} else {
			ds[k] += dy * y
			dz[k] -= dy
		}
	})
	return [][]float64{dx, ds, dz}
}
