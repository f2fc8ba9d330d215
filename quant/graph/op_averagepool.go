package graph

import ()

// AveragePool is the mean over windows of [N,C,…], of one to three axes. The divisor is the number of elements inside the
// input or, with IncludePad, inside the padded input; never what Ceil lets hang over beyond that.
// auto_pad is resolved into Pads. ONNX operator AveragePool, opset 7 to 19.
type AveragePool struct {
	Kernel, Strides, Dilations []int // for each axis of space
	Pads                       []int // before each axis of space, then behind each: top, left, bottom, right
	Ceil, IncludePad           bool
}

// Type is the ONNX operator name.
func (AveragePool) Type() string { return "AveragePool" }

// Infer counts the windows.
func (p AveragePool) Infer(in []Value) ([]Value, error) {
	return inferPool(in, p.Kernel, p.Strides, p.Dilations, p.Pads, p.Ceil)
}

// PerItem holds for the items of input 0.
func (AveragePool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// NonNegative holds where it does for all inputs: each element is a mean of elements.
func (AveragePool) NonNegative(in []bool) bool { return all(in) }
