package graph

// QuantizeLinear is saturate(round(x/scale) + zero_point), half to even. Inputs x, scale, optional
// zero_point; scale has one element or, along Axis, one per channel. The output has type To. ONNX
// operator QuantizeLinear, opset 10 to 21; blocked quantization is refused.
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
