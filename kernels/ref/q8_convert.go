package ref

// QQuantize is clamp(rhe(x·(1/scale)) + zero, lo, hi), the rule of PyTorch, or with div
// clamp(rhe(x/scale) + zero, lo, hi), that of ONNX, as it is stored; NaN gives lo.
func QQuantize(x, scale float32, div bool, zero, lo, hi int32) byte {
	if div {
		return QRound(x/scale, zero, lo, hi)
	}
	return QRound(x*(1/scale), zero, lo, hi)
}

// QDequantize is (x-zero)·scale of a stored byte.
func QDequantize(x byte, signed bool, zero int32, scale float32) float32 {
	return float32(QValue(x, signed)-zero) * scale
}
