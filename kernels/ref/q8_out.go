package ref

import "math"

// QOut is what becomes of an exact sum: see q8.Out. Bytes are those of the storage: int8 where Signed.
type QOut struct {
	Signed       bool
	Zero, Lo, Hi int32
	Table        []byte       // nil for none
	Epilogue     []EpilogueOp // of floats
}

// Byte is clamp(rhe(float32(acc)·m) + Zero, Lo, Hi) by the table, as it is stored.
func (o QOut) Byte(acc int32, m float32) byte {
	y := QRound(float32(acc)*m, o.Zero, o.Lo, o.Hi)
	if o.Table != nil {
		return o.Table[y]
	}
	return y
}

// QRound is clamp(rhe(p) + zero, lo, hi) as it is stored; NaN gives lo.
func QRound(p float32, zero, lo, hi int32) byte {
	if !(p > float32(lo-zero)) {
		return byte(lo)
	}
	if p >= float32(hi-zero) {
		return byte(hi)
	}
	return byte(int32(math.RoundToEven(float64(p))) + zero)
}

// QValue is the number a byte stands for before its zero point is taken off.
func QValue(b byte, signed bool) int32 {
	if signed {
		return int32(int8(b))
	}
	return int32(b)
}
