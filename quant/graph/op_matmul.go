package graph

import (
	"fmt"
	"slices"
)

// MatMul is the matrix product of the last two axes, the others broadcast, as numpy.matmul: a vector
// on the left is a row, on the right a column, and that axis is dropped. ONNX operator MatMul.
type MatMul struct{}

// Type is the ONNX operator name.
func (MatMul) Type() string { return "MatMul" }

// Infer gives the broadcast leading axes, then [M,N].
func (MatMul) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	a, b := in[0].Shape, in[1].Shape
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("inputs %q %v and %q %v: a scalar does not multiply as a matrix", in[0].Name, a, in[1].Name, b)
	}
	row, column := len(a) == 1, len(b) == 1
	if row {
		a = []int{1, a[0]}
	}
	if column {
		b = []int{b[0], 1}
	}
	la, lb := len(a)-2, len(b)-2
	lead, err := Broadcast(a[:la], b[:lb])
	if err != nil || a[la+1] != b[lb] {
		return nil, Misfit("inputs %q %v and %q %v do not multiply", in[0].Name, in[0].Shape, in[1].Name, in[1].Shape)
	}
	out := slices.Clone(lead)
	if !row {
		out = append(out, a[la])
	}
	if !column {
		out = append(out, b[lb+1])
	}
	return one(Float32, out...), nil
}

// PerItem holds where the items lie along the rows of the first input, or along leading axes of both.
func (MatMul) PerItem(in []Value, carry []bool) bool {
	x, y := in[0].Shape, in[1].Shape
	switch {
	case carry[0] && carry[1]:
		return len(x) == len(y) && len(x) > 2
	case carry[0]:
		return len(x) > 1 && len(x) >= len(y) && (len(y) <= 2 || len(y) < len(x) || y[0] == 1)
	}
	return len(y) > 2 && (len(x) < len(y) || len(x) == len(y) && x[0] == 1)
}
