package graph

import (
	"math"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Clip is min(max(x, Lo), Hi). The bounds are constants, ∓the largest float32 where absent. ONNX
// operator Clip, opset 6 (attributes) and 11 on (inputs, which are dropped from the node).
type Clip struct{ Lo, Hi float32 }

// Type is the ONNX operator name.
func (Clip) Type() string { return "Clip" }

// Infer gives the shape of the input.
func (Clip) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeClip(s *source) (Op, []ValueID, error) {
	c := Clip{Lo: -math.MaxFloat32, Hi: math.MaxFloat32}
	if s.opset < 11 {
		c.Lo, c.Hi = s.float("min", c.Lo), s.float("max", c.Hi)
		return s.done(c, len(s.ids))
	}
	c.Lo, c.Hi = s.scalar(1, "min", c.Lo), s.scalar(2, "max", c.Hi)
	return s.done(c, 1)
}

// Twin is the scalar twin of its kernel.
func (c Clip) Twin() ref.Post { return ref.Clamp(c.Lo, c.Hi) }

// Encode writes the bounds as inputs.
func (c Clip) Encode(w *Writer, n Node) error {
	w.Plain(n, "Clip", []string{w.Scalar(n, "min", c.Lo), w.Scalar(n, "max", c.Hi)})
	return nil
}
