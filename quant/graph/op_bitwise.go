package graph

import "fmt"

// Bitwise computes on the bits of integers, the inputs broadcast as numpy does. ONNX operators BitwiseAnd, BitwiseOr,
// BitwiseXor, BitwiseNot.
type Bitwise uint8

// The operators.
const (
	BitwiseAnd Bitwise = iota
	BitwiseOr
	BitwiseXor
	BitwiseNot
)

// BitShift moves the bits of its first input, of an unsigned type, by as many as the second says, upwards or with Right downwards.
// ONNX operator BitShift.
type BitShift struct{ Right bool }

// Type is the ONNX operator name.
func (b Bitwise) Type() string {
	return [...]string{"BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"}[b&3]
}

// Type is the ONNX operator name.
func (BitShift) Type() string { return "BitShift" }

// Infer gives the broadcast shape.
func (b Bitwise) Infer(in []Value) ([]Value, error) {
	if b != BitwiseNot {
		return inferBits(in)
	}
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	if t := in[0].DType; t == Float32 || t == Bool {
		return nil, fmt.Errorf("input %q has type %v, want integers", in[0].Name, t)
	}
	return like(in[0]), nil
}

// Infer gives the broadcast shape.
func (BitShift) Infer(in []Value) ([]Value, error) { return inferBits(in) }

func inferBits(in []Value) ([]Value, error) {
	out, err := inferBinary(in)
	if err == nil && (out[0].DType == Float32 || out[0].DType == Bool) {
		err = fmt.Errorf("input %q has type %v, want integers", in[0].Name, out[0].DType)
	}
	return out, err
}

// PerItem holds where the inputs have the items as their first axis, or nothing there.
func (Bitwise) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }

// PerItem holds where the inputs have the items as their first axis, or nothing there.
func (BitShift) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }

// Fold computes in the integer type.
func (b Bitwise) Fold(in []*Tensor) ([]*Tensor, error) {
	if b == BitwiseNot {
		out := view(in[0], in[0].Shape, strides(in[0].Shape), 0)
		for i, v := range out.I {
			out.I[i] = out.DType.wrap(^v)
		}
		return []*Tensor{out}, nil
	}
	return foldBinary(in[0], in[1], nil, func(x, y int64) int64 {
		switch b {
		case BitwiseAnd:
			return x & y
		case BitwiseOr:
			return x | y
		}
		return x ^ y
	})
}

// Fold computes in the integer type; no bit is left where the shift is as wide as the type.
func (s BitShift) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldBinary(in[0], in[1], nil, func(x, n int64) int64 {
		switch {
		case n < 0 || n > 63:
			return 0
		case s.Right:
			return x >> n
		}
		return x << n
	})
}
