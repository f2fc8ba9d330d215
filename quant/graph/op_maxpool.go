package graph

// MaxPool is the maximum over windows of [N,C,…], of one to three axes; padding never wins. auto_pad is resolved into
// Pads. Ceil keeps a last window that hangs over the edge, if it begins inside the input or its
// leading padding. ONNX operator MaxPool, opset 1 to 12.
type MaxPool struct {
	Kernel, Strides, Dilations []int // for each axis of space
	Pads                       []int // before each axis of space, then behind each: top, left, bottom, right
	Ceil                       bool
}

// Type is the ONNX operator name.
func (MaxPool) Type() string { return "MaxPool" }

// Infer counts the windows.
func (p MaxPool) Infer(in []Value) ([]Value, error) {
	return inferPool(in, p.Kernel, p.Strides, p.Dilations, p.Pads, p.Ceil)
}

// PerItem holds for the items of input 0.
func (MaxPool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// NonNegative holds where it does for all inputs: each element is a maximum of elements.
func (MaxPool) NonNegative(in []bool) bool { return all(in) }

// Selects marks a Selector.
func (MaxPool) Selects() {}
