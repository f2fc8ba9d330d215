package graph

// LRN is local response normalization across channels: x/(Bias + Alpha/Size·sum of x² over Size channels)
// to the power of Beta, the window of channel c being c-⌊(Size-1)/2⌋ to c+⌈(Size-1)/2⌉ as far as there are
// channels. x is [N,C,…]. ONNX operator LRN.
type LRN struct {
	Size              int
	Alpha, Beta, Bias float32
}

// Type is the ONNX operator name.
func (LRN) Type() string { return "LRN" }

// Infer gives the shape of the input.
func (l LRN) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	if x := in[0]; len(x.Shape) < 2 {
		return nil, Misfit("input %q has shape %v: no channel axis", x.Name, x.Shape)
	}
	return like(in[0]), nil
}

// PerItem holds for the items of input 0.
func (LRN) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
