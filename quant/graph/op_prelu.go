package graph

import "slices"

// PRelu is x where x ≥ 0, else slope·x. Inputs x and slope, which broadcasts to x in one direction:
// usually [C,1,1]. ONNX operator PRelu, opset 7 to 16.
type PRelu struct{}

// Type is the ONNX operator name.
func (PRelu) Type() string { return "PRelu" }

// Infer gives the shape of x.
func (PRelu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	s, err := Broadcast(in[0].Shape, in[1].Shape)
	if err != nil || !slices.Equal(s, in[0].Shape) {
		return nil, Misfit("slope %q %v does not broadcast to input %q %v", in[1].Name, in[1].Shape, in[0].Name, in[0].Shape)
	}
	return like(in[0]), nil
}

// PerItem holds where the slope is the same for each item.
func (PRelu) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && spreads(in, carry, len(in[0].Shape))
}
