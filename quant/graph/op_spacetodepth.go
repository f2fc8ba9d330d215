package graph

// SpaceToDepth makes [N,C·Block²,H/Block,W/Block] of [N,C,H,W]: a square of pixels becomes channels, those
// of one pixel side by side. ONNX operator SpaceToDepth.
type SpaceToDepth struct{ Block int }

// Type is the ONNX operator name.
func (SpaceToDepth) Type() string { return "SpaceToDepth" }

// Infer checks that Block divides height and width.
func (d SpaceToDepth) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := Planar(x); err != nil {
		return nil, err
	}
	if d.Block < 1 || x.Shape[2]%d.Block != 0 || x.Shape[3]%d.Block != 0 {
		return nil, Misfit("input %q %v does not divide into squares of %d", x.Name, x.Shape, d.Block)
	}
	return one(Float32, x.Shape[0], x.Shape[1]*d.Block*d.Block, x.Shape[2]/d.Block, x.Shape[3]/d.Block), nil
}

// PerItem holds for the items of input 0.
func (SpaceToDepth) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Moves is true.
func (SpaceToDepth) Moves() bool { return true }
