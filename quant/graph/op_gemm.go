package graph

import "fmt"

// Gemm is Alpha·A'·B' + Beta·C with A' = A or its transpose [M,K], B' [K,N], and optional C broadcast
// to [M,N]. ONNX operator Gemm, opset 6 to 13.
type Gemm struct {
	Alpha, Beta    float32
	TransA, TransB bool
}

// Type is the ONNX operator name.
func (Gemm) Type() string { return "Gemm" }

// Infer gives [M,N].
func (g Gemm) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	a, b := in[0].Shape, in[1].Shape
	if len(a) != 2 || len(b) != 2 {
		return nil, fmt.Errorf("inputs %q %v and %q %v are not matrices", in[0].Name, a, in[1].Name, b)
	}
	m, k, k2, n := a[0], a[1], b[0], b[1]
	if g.TransA {
		m, k = k, m
	}
	if g.TransB {
		k2, n = n, k2
	}
	if k != k2 {
		return nil, Misfit("inputs %q %v and %q %v do not multiply (transA %t, transB %t)", in[0].Name, a, in[1].Name, b, g.TransA, g.TransB)
	}
	if Present(in, 2) {
		s, err := Broadcast([]int{m, n}, in[2].Shape)
		if err != nil || len(s) != 2 || s[0] != m || s[1] != n {
			return nil, Misfit("input %q %v does not broadcast to [%d %d]", in[2].Name, in[2].Shape, m, n)
		}
	}
	return one(Float32, m, n), nil
}

// PerItem holds where the items are rows of A.
func (g Gemm) PerItem(_ []Value, carry []bool) bool { return !g.TransA && alone(carry) }
