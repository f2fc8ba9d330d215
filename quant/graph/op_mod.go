package graph

import (
	"errors"
	"math"
)

// Mod is the remainder of a/b, the inputs broadcast as numpy does: of integers with the sign of b or, with
// Fmod, with that of a, which floats need. ONNX operator Mod.
type Mod struct{ Fmod bool }

// Type is the ONNX operator name.
func (Mod) Type() string { return "Mod" }

// Infer gives the broadcast shape.
func (m Mod) Infer(in []Value) ([]Value, error) {
	out, err := inferBinary(in)
	if err == nil && out[0].DType == Float32 && !m.Fmod {
		err = errors.New("floats need fmod = 1")
	}
	return out, err
}

// Fold computes in float32, or in the integer type.
func (m Mod) Fold(in []*Tensor) ([]*Tensor, error) {
	for _, d := range in[1].I {
		if d == 0 {
			return nil, errors.New("an integer is divided by zero")
		}
	}
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return float32(math.Mod(float64(a), float64(b))) },
		func(a, b int64) int64 {
			r := a % b
			if !m.Fmod && r != 0 && (r < 0) != (b < 0) {
				r += b
			}
			return r
		})
}
