package q8

import "github.com/quantscope/quantscope/kernels/ref"

// Params are what a stored byte means: (q − Zero)·Scale, Zero being that of the storage.
type Params struct {
	Scale float32
	Zero  int32
}

// NewTable tabulates f for Lookup: entry i is, as it is stored, clamp(rhe(f((i−zx)·sx)/sy) + zy, lo, hi)
// with every operation rounded to float32; NaN gives lo. This is what DequantizeLinear, the operator
// and QuantizeLinear give, and ONNX Runtime's operators that look up (QLinearSigmoid,
// QLinearLeakyRelu, QLinearConcat) where its f has the same bits.
func NewTable(signed bool, x, y Params, lo, hi int32, f func(x float32) float32) [256]byte {
	var table [256]byte
	for i := range table {
		v := int32(i)
		if signed {
			v = int32(int8(i))
		}
		table[i] = ref.QRound(f(float32(v-x.Zero)*x.Scale)/y.Scale, y.Zero, lo, hi)
	}
	return table
}

// RequantizeTable is the table of a change of scale and zero point, as a Concat's inputs need it.
func RequantizeTable(signed bool, x, y Params) [256]byte {
	lo := -int32(flip(signed) & 128)
	return NewTable(signed, x, y, lo, lo+255, func(x float32) float32 { return x })
}
