package graph

import "math"

// QuantizeLinear is saturate(round(x/scale) + zero_point), half to even. Inputs x, scale, optional
// zero_point; scale has one element or, along Axis, one per channel. The output has type To. ONNX
// operator QuantizeLinear, opset 10 to 21, without blocks.
type QuantizeLinear struct {
	Axis int // not negative; no meaning where scale has one element
	To   DType
}

// Type is the ONNX operator name.
func (QuantizeLinear) Type() string { return "QuantizeLinear" }

// Infer gives the shape of x.
func (q QuantizeLinear) Infer(in []Value) ([]Value, error) {
	if err := inferScale(in, q.Axis, Float32, q.To); err != nil {
		return nil, err
	}
	return one(q.To, in[0].Shape...), nil
}

// Fold quantizes; what is not a number becomes the zero point.
func (q QuantizeLinear) Fold(in []*Tensor) ([]*Tensor, error) {
	x, lo, hi := in[0], float32(q.To.min()), float32(q.To.max())
	out := &Tensor{DType: q.To, Shape: x.Shape, I: make([]int64, len(x.F))}
	at := channel(x.Shape, q.Axis, len(in[1].F))
	for i, v := range x.F {
		c := at(i)
		zero := float32(0)
		if len(in) > 2 && in[2] != nil {
			zero = float32(in[2].I[c])
		}
		r := float32(math.RoundToEven(float64(v/in[1].F[c]))) + zero
		if r != r {
			r = zero
		}
		out.I[i] = int64(min(max(r, lo), hi))
	}
	return []*Tensor{out}, nil
}

// channel maps an element's index to its index along axis, or to 0 where there is one scale.
func channel(shape []int, axis, scales int) func(i int) int {
	if scales == 1 {
		return func(int) int { return 0 }
	}
	inner, n := Len(shape[axis+1:]), shape[axis]
	return func(i int) int { return i / inner % n }
}

// PerItem holds where there is one scale, or one for each channel of an item.
func (q QuantizeLinear) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && (Len(in[1].Shape) == 1 || q.Axis > 0)
}
