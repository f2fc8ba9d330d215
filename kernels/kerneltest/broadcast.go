package kerneltest

// Broadcast gives the strides of an operand of shape in for an output of shape out by the rule of
// NumPy and ONNX: aligned at the last dimension, a dimension that is missing or 1 is repeated. in
// must broadcast to out.
func Broadcast(out, in, strides []int) []int {
	s := make([]int, len(out))
	for i := range in {
		if in[i] != 1 {
			s[len(out)-len(in)+i] = strides[i]
		}
	}
	return s
}
