package graph

// Equal compares constants.
type Equal struct{}

// Type is the ONNX operator name.
func (Equal) Type() string { return "Equal" }

// Infer gives the broadcast shape, of Bool.
func (Equal) Infer(in []Value) ([]Value, error) {
	out, err := inferBinary(in)
	if err != nil {
		return nil, err
	}
	return one(Bool, out[0].Shape...), nil
}

// Fold compares.
func (Equal) Fold(in []*Tensor) ([]*Tensor, error) {
	shape, err := Broadcast(in[0].Shape, in[1].Shape)
	if err != nil {
		return nil, err
	}
	a := view(in[0], shape, spread(in[0].Shape, shape), 0)
	b := view(in[1], shape, spread(in[1].Shape, shape), 0)
	out := &Tensor{DType: Bool, Shape: shape, I: make([]int64, Len(shape))}
	for i := range out.I {
		if a.DType == Float32 && a.F[i] == b.F[i] || a.DType != Float32 && a.I[i] == b.I[i] {
			out.I[i] = 1
		}
	}
	return []*Tensor{out}, nil
}
