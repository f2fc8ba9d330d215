package onnx

import "math"

// Half is the float32 of IEEE binary16 bits; exact, subnormals and NaN payloads included.
func Half(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exp {
	case 0:
		// frac·2^-24, a float32 that is not subnormal.
		f := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// Brain is the float32 of bfloat16 bits: its upper half.
func Brain(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }
