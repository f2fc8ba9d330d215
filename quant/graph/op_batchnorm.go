package graph

// BatchNormalization is (x - mean)/sqrt(var + Epsilon)·scale + bias over axis 1, in inference form.
// Inputs x [N,C,…], scale, bias, mean, var, each [C]. ONNX operator BatchNormalization, opset 6 to 15.
type BatchNormalization struct {
	Epsilon float32
}

// Type is the ONNX operator name.
func (BatchNormalization) Type() string { return "BatchNormalization" }

// Infer gives the shape of x.
func (BatchNormalization) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 5, 5); err != nil {
		return nil, err
	}
	x := in[0]
	if len(x.Shape) < 2 {
		return nil, Misfit("input %q has shape %v: no channel axis", x.Name, x.Shape)
	}
	for _, v := range in[1:] {
		if len(v.Shape) != 1 || v.Shape[0] != x.Shape[1] {
			return nil, Misfit("input %q has shape %v, want [%d]", v.Name, v.Shape, x.Shape[1])
		}
	}
	return like(x), nil
}

// PerItem holds for the items of input 0.
func (BatchNormalization) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
