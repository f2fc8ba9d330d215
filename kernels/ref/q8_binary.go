package ref

// QBinary is what an element-wise function of two bytes has for scales and zero points. The bytes are
// those of the storage: int8 where Signed.
type QBinary struct {
	Signed                 bool
	AScale, BScale, YScale float32
	AZero, BZero, YZero    int32
	Lo, Hi                 int32
}

// QAdd is clamp(rhe((sa·(a-za) + sb·(b-zb))/sy) + zy, lo, hi): two products, a sum and a quotient, each
// rounded to float32. It is what DequantizeLinear, Add and QuantizeLinear give one after the other.
//
// ONNX Runtime's QLinearAdd has three orders of its own. Without SIMD (its WebAssembly build) it is
// this one, but rounds after zy is added, so that a tie goes to the even byte, not to the even
// distance from zy. On x86 it is a·(sa/sy) + b·(sb/sy) + (zy - za·(sa/sy) - zb·(sb/sy)), with fused
// multiply-add where there is AVX2; on ARM it has multipliers of 22 bits in integers. Results near a
// tie may therefore differ by one.
func (p QBinary) QAdd(a, b byte) byte {
	x := float32(float32(QValue(a, p.Signed)-p.AZero) * p.AScale)
	y := float32(float32(QValue(b, p.Signed)-p.BZero) * p.BScale)
	return QRound((x+y)/p.YScale, p.YZero, p.Lo, p.Hi)
}

// QMul is clamp(rhe(float32((a-za)·(b-zb))·m) + zy, lo, hi) with m = sa·sb/sy from the left, each
// operation rounded to float32. ONNX Runtime's QLinearMul has the same product and the same m; some
// of its builds round after zy is added, which differs in ties where zy is odd.
func (p QBinary) QMul(a, b byte) byte {
	m := p.AScale * p.BScale / p.YScale
	product := (QValue(a, p.Signed) - p.AZero) * (QValue(b, p.Signed) - p.BZero)
	return QRound(float32(product)*m, p.YZero, p.Lo, p.Hi)
}
