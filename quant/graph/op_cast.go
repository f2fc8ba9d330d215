package graph

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/onnx"
)

// cast changes a constant's type: a float is cut toward zero, an integer wraps, Bool is not zero.
type cast struct{ to DType }

// Type is the ONNX operator name.
func (cast) Type() string { return "Cast" }

func (cast) constantOnly() {}

// Infer gives the shape of the input.
func (c cast) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	return one(c.to, in[0].Shape...), nil
}

// decodeCast drops a cast between floating-point types, which are all float32 here.
func decodeCast(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	t := onnx.DataType(s.number("to", 0, 0, math.MaxInt32))
	to, ok := dtypeOf(t)
	if !ok {
		s.fail(fmt.Errorf("a cast to %v is not supported", t))
	}
	if s.opset >= 19 {
		s.flag("saturate", true) // of float8
	}
	if s.opset >= 24 {
		s.text("round_mode", "") // of float8
	}
	if s.err == nil && to == Float32 && s.in[0].DType == Float32 {
		s.b.casts.count(t)
		return nil, s.data(1), nil
	}
	return s.done(cast{to}, len(s.ids))
}

// Fold converts each element.
func (c cast) Fold(in []*Tensor) ([]*Tensor, error) {
	x := in[0]
	out := &Tensor{DType: c.to, Shape: x.Shape}
	switch {
	case x.DType == Float32 && c.to == Float32:
		out.F = x.F
	case c.to == Float32:
		out.F = make([]float32, len(x.I))
		for i, v := range x.I {
			out.F[i] = float32(v)
		}
	case x.DType == Float32:
		out.I = make([]int64, len(x.F))
		for i, v := range x.F {
			switch {
			case c.to == Bool && v != 0:
				out.I[i] = 1
			case v > -1<<63 && v < 1<<63:
				out.I[i] = c.to.wrap(int64(v))
			}
		}
	default:
		out.I = make([]int64, len(x.I))
		for i, v := range x.I {
			if out.I[i] = c.to.wrap(v); c.to == Bool && v != 0 {
				out.I[i] = 1
			}
		}
	}
	return []*Tensor{out}, nil
}
