package graph

// InstanceNormalization is (x - mean)/sqrt(variance + Epsilon)·scale + bias, mean and variance being over
// the space of each image and channel. Inputs x [N,C,…], scale and bias, each [C]. ONNX operator
// InstanceNormalization.
type InstanceNormalization struct{ Epsilon float32 }

// Type is the ONNX operator name.
func (InstanceNormalization) Type() string { return "InstanceNormalization" }

// Infer gives the shape of x.
func (InstanceNormalization) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 3, 3); err != nil {
		return nil, err
	}
	x := in[0]
	if len(x.Shape) < 3 {
		return nil, Misfit("input %q has shape %v: no space to normalize over", x.Name, x.Shape)
	}
	for _, v := range in[1:] {
		if len(v.Shape) != 1 || v.Shape[0] != x.Shape[1] {
			return nil, Misfit("input %q has shape %v, want [%d]", v.Name, v.Shape, x.Shape[1])
		}
	}
	return like(x), nil
}

// PerItem holds for the items of input 0.
func (InstanceNormalization) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
