package graph

import "fmt"

// inferTruth is Infer of operators that compare two inputs.
func inferTruth(in []Value) ([]Value, error) {
	out, err := inferBinary(in)
	if err != nil {
		return nil, err
	}
	return one(Bool, out[0].Shape...), nil
}

// inferLogic is Infer of operators on two inputs of truth values.
func inferLogic(in []Value) ([]Value, error) {
	out, err := inferBinary(in)
	if err == nil && out[0].DType != Bool {
		err = fmt.Errorf("inputs %q and %q have type %v, want bool", in[0].Name, in[1].Name, out[0].DType)
	}
	return out, err
}

// foldTruth computes a truth value of each two elements of constants, which broadcast.
func foldTruth(a, b *Tensor, float func(a, b float32) bool, integer func(a, b int64) bool) ([]*Tensor, error) {
	shape, err := Broadcast(a.Shape, b.Shape)
	if err != nil {
		return nil, err
	}
	x := view(a, shape, spread(a.Shape, shape), 0)
	y := view(b, shape, spread(b.Shape, shape), 0)
	out := &Tensor{DType: Bool, Shape: shape, I: make([]int64, Len(shape))}
	for i := range out.I {
		if x.DType == Float32 && float(x.F[i], y.F[i]) || x.DType != Float32 && integer(x.I[i], y.I[i]) {
			out.I[i] = 1
		}
	}
	return []*Tensor{out}, nil
}
