package graph

import ()

// Constant is a tensor out of nothing. ONNX operator Constant, and what Shape becomes.
type Constant struct{ Value *Tensor }

// Type is the ONNX operator name.
func (Constant) Type() string { return "Constant" }

// Infer gives the tensor's type and shape.
func (c Constant) Infer([]Value) ([]Value, error) { return one(c.Value.DType, c.Value.Shape...), nil }

// Fold gives the tensor.
func (c Constant) Fold([]*Tensor) ([]*Tensor, error) { return []*Tensor{c.Value}, nil }
