package graph

import "fmt"

// Transpose puts axis Perm[a] of the input at axis a. ONNX operator Transpose.
type Transpose struct {
	Perm []int
}

// Type is the ONNX operator name.
func (Transpose) Type() string { return "Transpose" }

// Infer permutes the shape.
func (t Transpose) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if len(t.Perm) != len(x.Shape) {
		return nil, Misfit("perm %v does not fit input %q %v", t.Perm, x.Name, x.Shape)
	}
	seen := make([]bool, len(t.Perm))
	shape := make([]int, len(t.Perm))
	for i, p := range t.Perm {
		if p < 0 || p >= len(seen) || seen[p] {
			return nil, fmt.Errorf("perm %v is not an order of the axes 0 to %d of input %q", t.Perm, len(seen)-1, x.Name)
		}
		seen[p] = true
		shape[i] = x.Shape[p]
	}
	return one(x.DType, shape...), nil
}

// Fold copies the elements in their new order.
func (t Transpose) Fold(in []*Tensor) ([]*Tensor, error) {
	from := strides(in[0].Shape)
	shape, steps := make([]int, len(t.Perm)), make([]int, len(t.Perm))
	for i, p := range t.Perm {
		shape[i], steps[i] = in[0].Shape[p], from[p]
	}
	return []*Tensor{view(in[0], shape, steps, 0)}, nil
}

// PerItem holds where the first axis stays the first.
func (t Transpose) PerItem(_ []Value, carry []bool) bool { return alone(carry) && t.Perm[0] == 0 }

// Moves is true.
func (Transpose) Moves() bool { return true }
