package graph

// PadMode says what the new elements of Pad are.
type PadMode uint8

// Modes of Pad: Value everywhere; the mirror image without the edge; the edge; the other end.
const (
	PadConstant PadMode = iota
	PadReflect
	PadEdge
	PadWrap
)

// Pad adds Before[a] and After[a] elements to axis a, neither negative: package onnx reads a negative pad as
// a Slice before. ONNX operator Pad, opset 2 (attributes) and 11 on (inputs, which are dropped).
type Pad struct {
	Mode          PadMode
	Before, After []int
	Value         float32
}

// Type is the ONNX operator name.
func (Pad) Type() string { return "Pad" }

// Infer adds the pads.
func (p Pad) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if len(p.Before) != len(x.Shape) || len(p.After) != len(x.Shape) {
		return nil, Misfit("input %q %v does not have %d axes", x.Name, x.Shape, len(p.Before))
	}
	shape := make([]int, len(x.Shape))
	for a, n := range x.Shape {
		b, e := p.Before[a], p.After[a]
		limit := MaxElements
		switch {
		case p.Mode == PadReflect:
			limit = max(n-1, 0)
		case p.Mode == PadWrap:
			limit = n
		case p.Mode == PadEdge && n == 0:
			limit = 0
		}
		if b < 0 || e < 0 || b > limit || e > limit {
			return nil, Misfit("axis %d of input %q %v cannot be padded by %d and %d in mode %v", a, x.Name, x.Shape, b, e, p.Mode)
		}
		shape[a] = n + b + e
	}
	return one(x.DType, shape...), nil
}

// String is the ONNX attribute value.
func (m PadMode) String() string {
	switch m {
	case PadConstant:
		return "constant"
	case PadReflect:
		return "reflect"
	case PadEdge:
		return "edge"
	}
	return "wrap"
}

// PerItem holds where the first axis is not padded.
func (p Pad) PerItem(_ []Value, carry []bool) bool {
	return alone(carry) && p.Before[0] == 0 && p.After[0] == 0
}

// Moves is true.
func (Pad) Moves() bool { return true }
