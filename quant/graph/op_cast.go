package graph

import (
	"math"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Cast changes the type: a float is cut toward zero, an integer wraps, Bool is not zero. A run limits what it cuts
// to the range of the type, and makes 0 of NaN. ONNX operator Cast.
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

// Twin is the scalar twin of its kernel.
func (c Cast) Twin() ref.EpilogueOp {
	lo, hi := c.Limits()
	switch c.To {
	case Float32:
		return ref.Clamp(lo, hi)
	case Bool:
		return ref.NonZeroOp()
	}
	return ref.TruncOp(lo, hi)
}

// Limits are the least and the greatest number that a run makes: those of types of less than 32 bits.
func (c Cast) Limits() (lo, hi float32) {
	switch c.To {
	case Int8, Uint8, Int16, Uint16:
		return float32(c.To.min()), float32(c.To.max())
	}
	return float32(math.Inf(-1)), float32(math.Inf(1))
}
