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
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if len(t.Perm) != len(x.Shape) {
		return nil, fmt.Errorf("perm %v does not fit input %q %v", t.Perm, x.Name, x.Shape)
	}
	seen := make([]bool, len(t.Perm))
	shape := make([]int, len(t.Perm))
	for i, p := range t.Perm {
		if p < 0 || p >= len(seen) || seen[p] {
			return nil, fmt.Errorf("perm %v is no permutation", t.Perm)
		}
		seen[p] = true
		shape[i] = x.Shape[p]
	}
	return one(x.DType, shape...), nil
}
