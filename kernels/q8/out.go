package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/f32"
)

// Out is what a kernel makes of the exact int32 sums of GEMM and DWConv, with a multiplier M per
// output channel that is packed with the weights:
//
//	bytes  y = clamp(rhe(float32(acc)·M) + Zero, Lo, Hi), then Table[y] if there is one
//	Float  y = float32(acc)·M, then the posts
//
// where float32(acc) rounds half to even, the product is rounded to float32 and M is
// sx·sw/sy, or sx·sw for floats. ReLU and ReLU6 raise Lo and lower Hi.
type Out struct {
	Float  bool       // y is float32, not a byte
	Zero   int32      // zero point of y
	Lo, Hi int32      // bounds of y: at most 0 and 255, or −128 and 127
	Table  uint32     // 0, or the address of 256 bytes as Lookup takes them
	Post   []f32.Post // of floats, over rows of the output
}

// words lays the output out for a kernel, which computes in the unsigned storage: bounds relative
// to the zero point as floats, what turns the sum with 1.5·2²³ into y, what turns unsigned storage
// into the machine's; then the posts.
func (o Out) words(signed bool) []uint32 {
	zero, flip := o.Zero, uint32(0)
	if signed {
		zero, flip = zero+128, 0x80808080
	}
	isFloat := uint32(0)
	if o.Float {
		isFloat = 1
	}
	words := []uint32{
		isFloat, math.Float32bits(float32(o.Lo - o.Zero)), math.Float32bits(float32(o.Hi - o.Zero)),
		uint32(roundBits - zero), flip, o.Table,
	}
	return append(words, f32.PostWords(o.Post)...)
}

// roundBits are the bits of 1.5·2²³: a float32 of magnitude below 2²² added to it is rounded half to
// even to a whole number, which is then the difference of the bits.
const roundBits = 0x4b400000
