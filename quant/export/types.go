package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// storage is the integer type that holds the codes of p: unsigned where the lowest is 0.
func storage(p scheme.QParams) graph.DType {
	switch {
	case p.QMin == 0 && p.QMax <= 255:
		return graph.Uint8
	case p.QMin == 0:
		return graph.Uint16
	case p.QMin >= -128 && p.QMax <= 127:
		return graph.Int8
	}
	return graph.Int16
}

// bounds are the least and the greatest value of an integer type of storage.
func bounds(t graph.DType) (lo, hi int32) {
	switch t {
	case graph.Uint8:
		return 0, 255
	case graph.Uint16:
		return 0, 65535
	case graph.Int8:
		return -128, 127
	}
	return -32768, 32767
}

// saturates tells whether QuantizeLinear's own saturation keeps codes within the range of p. A
// narrow range, which leaves out the lowest code of the type only, counts as kept: a value beyond
// calibration then becomes -128 where the fake-quantized run has -127, which is what engines that
// take such models do, and no Clip comes between a layer and its quantizer.
func saturates(p scheme.QParams) bool {
	lo, hi := bounds(storage(p))
	return p.QMax == hi && (p.QMin == lo || p.QMin == lo+1)
}

// clipOf keeps numbers within the range of p, which must have one scale: its bounds are the numbers
// of the lowest and the highest code, which quantize to exactly these codes again.
func clipOf(p scheme.QParams) graph.Clip {
	zero := float32(p.ZeroPoint[0])
	return graph.Clip{Lo: (float32(p.QMin) - zero) * p.Scale[0], Hi: (float32(p.QMax) - zero) * p.Scale[0]}
}

// scales is the tensor of scales: a scalar, or one for each channel.
func scales(p scheme.QParams) *graph.Tensor {
	return &graph.Tensor{DType: graph.Float32, Shape: perScale(p), F: p.Scale}
}

// blocks are the tensors of scales and zero points of a weight of this shape with blocks, as DequantizeLinear takes them.
func blocks(p scheme.QParams, shape []int) (scale, zero *graph.Tensor) {
	dims := slices.Clone(shape)
	dims[p.Along] = p.Blocks(shape)
	n := graph.Len(dims)
	scale = &graph.Tensor{DType: graph.Float32, Shape: dims, F: make([]float32, n)}
	zero = &graph.Tensor{DType: storage(p), Shape: dims, I: make([]int64, n)}
	for i, at := range p.Spread(shape) {
		scale.F[i], zero.I[i] = p.Scale[at], int64(p.ZeroPoint[at])
	}
	return scale, zero
}

// zeroPoints is the tensor of zero points, in the type of the codes.
func zeroPoints(p scheme.QParams) *graph.Tensor {
	t := &graph.Tensor{DType: storage(p), Shape: perScale(p), I: make([]int64, len(p.ZeroPoint))}
	for i, z := range p.ZeroPoint {
		t.I[i] = int64(z)
	}
	return t
}

func perScale(p scheme.QParams) []int {
	if p.Axis < 0 {
		return []int{}
	}
	return []int{len(p.Scale)}
}

// codes quantizes a constant.
func codes(t *graph.Tensor, p scheme.QParams, rule scheme.Rule) *graph.Tensor {
	q := make([]int32, len(t.F))
	p.Quantize(q, t.F, t.Shape, rule)
	out := &graph.Tensor{DType: storage(p), Shape: t.Shape, I: make([]int64, len(q))}
	for i, v := range q {
		out.I[i] = int64(v)
	}
	return out
}
