package graph

import ()

// Cast changes a constant's type: a float is cut toward zero, an integer wraps, Bool is not zero.
type Cast struct{ To DType }

// Type is the ONNX operator name.
func (Cast) Type() string { return "Cast" }

// Infer gives the shape of the input.
func (c Cast) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	return one(c.To, in[0].Shape...), nil
}

// Fold converts each element.
func (c Cast) Fold(in []*Tensor) ([]*Tensor, error) {
	x := in[0]
	out := &Tensor{DType: c.To, Shape: x.Shape}
	switch {
	case x.DType == Float32 && c.To == Float32:
		out.F = x.F
	case c.To == Float32:
		out.F = make([]float32, len(x.I))
		for i, v := range x.I {
			out.F[i] = float32(v)
		}
	case x.DType == Float32:
		out.I = make([]int64, len(x.F))
		for i, v := range x.F {
			switch {
			case c.To == Bool && v != 0:
				out.I[i] = 1
			case v > -1<<63 && v < 1<<63:
				out.I[i] = c.To.wrap(int64(v))
			}
		}
	default:
		out.I = make([]int64, len(x.I))
		for i, v := range x.I {
			if out.I[i] = c.To.wrap(v); c.To == Bool && v != 0 {
				out.I[i] = 1
			}
		}
	}
	return []*Tensor{out}, nil
}
