package ref

// Lookup is the rule of FakeQuant up to the code q, and then table[q-n]. NaN passes.
func Lookup(inv, zp, n, p float32, table []float32) EpilogueOp {
	return lookup(zp, n, p, table, func(x float32) float32 { return x * inv })
}

// LookupDiv is Lookup by the rule of ONNX.
func LookupDiv(s, zp, n, p float32, table []float32) EpilogueOp {
	return lookup(zp, n, p, table, func(x float32) float32 { return x / s })
}

func lookup(zp, n, p float32, table []float32, scaled func(x float32) float32) EpilogueOp {
	return each(func(x float32) float32 {
		if x != x {
			return x
		}
		return table[int(clamp(nearest(scaled(x))+zp, n, p)-n)]
	})
}
