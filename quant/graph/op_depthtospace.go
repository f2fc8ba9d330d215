package graph

// DepthToSpace makes [N,C/Block²,H·Block,W·Block] of [N,C,H,W]: the Block² channels of one output channel
// become a square of pixels. They lie C/Block² apart (mode DCR) or, with Inner, side by side (mode CRD).
// ONNX operator DepthToSpace.
type DepthToSpace struct {
	Block int
	Inner bool
}

// Type is the ONNX operator name.
func (DepthToSpace) Type() string { return "DepthToSpace" }

// Infer checks that Block² divides the channels.
func (d DepthToSpace) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := Planar(x); err != nil {
		return nil, err
	}
	if d.Block < 1 || x.Shape[1]%(d.Block*d.Block) != 0 {
		return nil, Misfit("input %q %v does not have squares of %d channels", x.Name, x.Shape, d.Block)
	}
	return one(Float32, x.Shape[0], x.Shape[1]/(d.Block*d.Block), x.Shape[2]*d.Block, x.Shape[3]*d.Block), nil
}

// PerItem holds for the items of input 0.
func (DepthToSpace) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Moves is true.
func (DepthToSpace) Moves() bool { return true }
