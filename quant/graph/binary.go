package graph

import "fmt"

// inferBinary is Infer of the arithmetic operators on two inputs.
func inferBinary(in []Value) ([]Value, error) {
	if err := Arity(in, 2, 2); err != nil {
		return nil, err
	}
	if in[0].DType != in[1].DType {
		return nil, fmt.Errorf("inputs %q and %q have types %v and %v", in[0].Name, in[1].Name, in[0].DType, in[1].DType)
	}
	shape, err := Broadcast(in[0].Shape, in[1].Shape)
	if err != nil {
		return nil, fmt.Errorf("inputs %q and %q: %w", in[0].Name, in[1].Name, err)
	}
	return one(in[0].DType, shape...), nil
}
