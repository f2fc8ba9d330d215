package ref

// FakeQuant is the rule of PyTorch and MQBench (spec §1.2): q = nearest(x·inv) + zp, limited to
// [n, p], then (q-zp)·s, where inv is float32(1/s). Zero point and bounds are whole floats; the zero
// point is added after rounding. NaN passes.
func FakeQuant(inv, zp, n, p, s float32) EpilogueOp {
	return each(func(x float32) float32 { return (clamp(nearest(x*inv)+zp, n, p) - zp) * s })
}

// FakeQuantDiv is the rule of ONNX: x/s in place of x·inv.
func FakeQuantDiv(s, zp, n, p float32) EpilogueOp {
	return each(func(x float32) float32 { return (clamp(nearest(x/s)+zp, n, p) - zp) * s })
}

// Quantize is ONNX QuantizeLinear, the integer kept as a float: clamp(nearest(x/s) + zp, n, p).
func Quantize(s, zp, n, p float32) EpilogueOp {
	return each(func(x float32) float32 { return clamp(nearest(x/s)+zp, n, p) })
}

// Dequantize is ONNX DequantizeLinear on an integer kept as a float: (x-zp)·s.
func Dequantize(s, zp float32) EpilogueOp {
	return each(func(x float32) float32 { return (x - zp) * s })
}
