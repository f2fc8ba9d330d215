package graph

import "github.com/quantscope/quantscope/kernels/ref"

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

// Bounds are Lo and Hi.
func (c Clip) Bounds() (lo, hi float32) { return c.Lo, c.Hi }

// Twin is the scalar twin of its kernel.
func (c Clip) Twin() ref.EpilogueOp { return ref.Clamp(c.Lo, c.Hi) }

// NonNegative holds where nothing below zero passes.
func (c Clip) NonNegative([]bool) bool { return c.Lo >= 0 }
