package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// inferBlocks checks the inputs of a DequantizeLinear with blocks: scale and zero point have the axes of x.
func (q DequantizeLinear) inferBlocks(in []Value) error {
	x, s := in[0], in[1]
	if q.Axis >= len(x.Shape) {
		return fmt.Errorf("axis %d is outside input %q %v", q.Axis, x.Name, x.Shape)
	}
	want := slices.Clone(x.Shape)
	want[q.Axis] = (want[q.Axis] + q.Block - 1) / q.Block
	if s.DType != Float32 || !slices.Equal(s.Shape, want) {
		return fmt.Errorf("scale %q (%v, %v) does not fit blocks of %d along axis %d of input %q %v: want float %v", s.Name, s.DType, s.Shape, q.Block, q.Axis, x.Name, x.Shape, want)
	}
	if z := in[min(2, len(in)-1)]; Present(in, 2) && (z.DType != x.DType || !slices.Equal(z.Shape, want)) {
		return fmt.Errorf("zero point %q (%v, %v) does not fit scale %q %v and type %v", z.Name, z.DType, z.Shape, s.Name, s.Shape, x.DType)
	}
	if x.Const == nil || s.Const == nil || Present(in, 2) && in[2].Const == nil {
		return fmt.Errorf("input %q has blocks of %d indices with a scale each, which only constants may have", x.Name, q.Block)
	}
	return nil
}

// foldBlocks dequantizes in float32, and notes the parameters where they are those of blocks of inputs.
func (q DequantizeLinear) foldBlocks(in []*Tensor) ([]*Tensor, error) {
	x := in[0]
	out := &Tensor{DType: Float32, Shape: x.Shape, F: make([]float32, Len(x.Shape))}
	inner := Len(x.Shape[q.Axis+1:])
	blocks := in[1].Shape[q.Axis]
	for i := range out.F {
		row, k := i/inner/x.Shape[q.Axis], i/inner%x.Shape[q.Axis]/q.Block
		at, zero, v := (row*blocks+k)*inner+i%inner, int64(0), int64(0)
		if x.Codes != nil {
			v = int64(x.Codes[i]) + x.DType.codeShift()
		} else {
			v = x.I[i]
		}
		if len(in) > 2 && in[2] != nil {
			zero = in[2].I[at]
		}
		out.F[i] = float32(v-zero) * in[1].F[at]
	}
	out.Params = q.blockParams(in)
	return []*Tensor{out}, nil
}

// blockParams are the parameters as a quantizer of weights has them: Axis 0 or 1 in blocks along the other, the same
// at all places of a kernel. It is nil for others.
func (q DequantizeLinear) blockParams(in []*Tensor) *scheme.QParams {
	if q.Axis > 1 || len(in[0].Shape) < 2 {
		return nil
	}
	p := &scheme.QParams{Axis: 1 - q.Axis, Along: q.Axis, Block: q.Block}
	p.QMin, p.QMax = in[0].DType.Range()
	p.Scale, p.ZeroPoint = make([]float32, p.Scales(in[0].Shape)), make([]int32, p.Scales(in[0].Shape))
	seen := make([]bool, len(p.Scale))
	for i, at := range p.Spread(in[0].Shape) {
		zero := int32(0)
		if len(in) > 2 && in[2] != nil {
			zero = int32(in[2].I[i])
		}
		if seen[at] && (p.Scale[at] != in[1].F[i] || p.ZeroPoint[at] != zero) {
			return nil
		}
		p.Scale[at], p.ZeroPoint[at], seen[at] = in[1].F[i], zero, true
	}
	return p
}
