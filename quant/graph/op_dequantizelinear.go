package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/scheme"
)

// DequantizeLinear is (x - zero_point)·scale. Inputs x (int8, uint8, int16, uint16, int32), scale,
// optional zero_point of x's type; scale has one element or, along Axis, one per channel, or x's axes, of which
// Axis has an element for each Block indices. ONNX operator DequantizeLinear, opset 10 to 21. Blocks are those of
// constants only.
type DequantizeLinear struct {
	Axis  int // not negative; no meaning where scale has one element
	Block int // 0 for none
}

// Type is the ONNX operator name.
func (DequantizeLinear) Type() string { return "DequantizeLinear" }

// Infer gives the shape of x.
func (q DequantizeLinear) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 2, 3); err != nil {
		return nil, err
	}
	switch in[0].DType {
	case Int8, Uint8, Int16, Uint16, Int32:
	default:
		return nil, fmt.Errorf("input %q has type %v, which is no quantized type", in[0].Name, in[0].DType)
	}
	if q.Block > 0 {
		return one(Float32, in[0].Shape...), q.inferBlocks(in)
	}
	if err := inferScale(in, q.Axis, in[0].DType, in[0].DType); err != nil {
		return nil, err
	}
	return one(Float32, in[0].Shape...), nil
}

// inferScale checks the inputs that QuantizeLinear and DequantizeLinear share: x of type from, scale,
// zero_point of type zero.
func inferScale(in []Value, axis int, from, zero DType) error {
	if err := Arity(in, 2, 3); err != nil {
		return err
	}
	x, s := in[0], in[1]
	if x.DType != from {
		return fmt.Errorf("input %q has type %v, want %v", x.Name, x.DType, from)
	}
	if s.DType != Float32 {
		return fmt.Errorf("scale %q has type %v, want float", s.Name, s.DType)
	}
	n, _ := Elements(s.Shape)
	if len(s.Shape) > 1 || n != 1 && (axis >= len(x.Shape) || n != x.Shape[axis]) {
		return fmt.Errorf("scale %q %v does not fit axis %d of input %q %v", s.Name, s.Shape, axis, x.Name, x.Shape)
	}
	if Present(in, 2) {
		z := in[2]
		if m, _ := Elements(z.Shape); z.DType != zero || len(z.Shape) > 1 || m != n {
			return fmt.Errorf("zero point %q (%v, %v) does not fit scale %q %v and type %v", z.Name, z.DType, z.Shape, s.Name, s.Shape, zero)
		}
	}
	return nil
}

// Fold dequantizes in float32, and notes the parameters: an integer run wants the integers back.
func (q DequantizeLinear) Fold(in []*Tensor) ([]*Tensor, error) {
	x := in[0]
	if q.Block > 0 {
		return q.foldBlocks(in)
	}
	out := &Tensor{DType: Float32, Shape: x.Shape, F: make([]float32, Len(x.Shape)), Codes: x.Codes}
	p := q.params(in)
	for c, run := range p.Groups(x.Shape, len(out.F)) {
		scale, zero, y := in[1].F[c], int64(0), out.F[run.From:run.To]
		if len(in) > 2 && in[2] != nil {
			zero = in[2].I[c]
		}
		if x.Codes != nil {
			dequantize(y, x.Codes[run.From:run.To], int32(zero-x.DType.codeShift()), scale)
			continue
		}
		for i, v := range x.I[run.From:run.To] {
			y[i] = float32(v-zero) * scale
		}
	}
	out.Params = p
	return []*Tensor{out}, nil
}

// dequantize is a call for each channel: a browser runs what it has optimized from the next call on.
//
//go:noinline
func dequantize(y []float32, codes []int8, zero int32, scale float32) {
	for i, q := range codes {
		y[i] = float32(int32(q)-zero) * scale
	}
}

func (q DequantizeLinear) params(in []*Tensor) *scheme.QParams {
	p := &scheme.QParams{Scale: in[1].F, ZeroPoint: make([]int32, len(in[1].F)), Axis: -1}
	p.QMin, p.QMax = in[0].DType.Range()
	if len(p.Scale) > 1 {
		p.Axis = q.Axis
	}
	for i := range p.ZeroPoint {
		if len(in) > 2 && in[2] != nil {
			p.ZeroPoint[i] = int32(in[2].I[i])
		}
	}
	return p
}

// PerItem holds where there is one scale, or one for each channel of an item.
func (d DequantizeLinear) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && (Len(in[1].Shape) == 1 || d.Axis > 0 && d.Block == 0)
}
