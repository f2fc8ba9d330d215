package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Out is what a kernel makes of the exact int32 sums of GEMM and DWConv, with a multiplier M per
// output channel that is packed with the weights:
//
//	bytes  y = clamp(rhe(float32(acc)·M) + Zero, Lo, Hi), then Table[y] if there is one
//	Float  y = float32(acc)·M, then the epilogue
//
// where float32(acc) rounds half to even, the product is rounded to float32 and M is
// sx·sw/sy, or sx·sw for floats. ReLU and ReLU6 raise Lo and lower Hi.
type Out struct {
	Float    bool              // y is float32, not a byte
	Far      bool              // see the function: otherwise GEMM may save a step
	Zero     int32             // zero point of y
	Lo, Hi   int32             // bounds of y: at most 0 and 255, or −128 and 127
	Table    uint32            // 0, or the address of 256 bytes as Lookup takes them
	Epilogue []call.EpilogueOp // of floats, over rows of the output
}

// outArgs are the arguments that say what an Out does, behind a kernel's own. Kernels compute in the unsigned storage.
type outArgs[W any] struct {
	Float      W // whether y is float32
	Round      roundArgs[W]
	Far, Table W
	Epilogue   kernel.Tail
}

// roundArgs say how sums become bytes: the lower bound relative to the zero point, as float32; what is taken from
// the bits of a sum with 1.5·2²³; four times the bounds; and what turns unsigned storage into the machine's.
type roundArgs[W any] struct{ Lo, Base, Least, Hi, Flips W }

// roundBits are the bits of 1.5·2²³: a float32 of magnitude below 2²² added to it is rounded half to
// even to a whole number, which is then the difference of the bits.
const roundBits = 0x4b400000

// flip turns unsigned storage into the machine's, and back, four bytes at a time.
func flip(signed bool) uint32 {
	if signed {
		return 0x80808080
	}
	return 0
}

// roundOf are the arguments of rounding between stored bounds lo and hi.
func roundOf(signed bool, zero, lo, hi int32) roundArgs[uint32] {
	shift := int32(flip(signed) & 128)
	return roundArgs[uint32]{
		Lo: math.Float32bits(float32(lo - zero)), Base: uint32(roundBits - zero - shift),
		Least: uint32(lo+shift) * 0x01010101, Hi: uint32(hi+shift) * 0x01010101, Flips: flip(signed),
	}
}

// args are those of the output.
func (o Out) args(signed bool) outArgs[uint32] {
	return outArgs[uint32]{Float: truth(o.Float), Round: roundOf(signed, o.Zero, o.Lo, o.Hi), Far: truth(o.Far), Table: o.Table}
}

// truth is 1 or 0.
func truth(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// Far reports whether a sum of k products and a bias, times its multiplier M, may be −2²³ or less, or no
// number.
func Far(k int, bias []int32, m []float32) bool {
	for i := range max(len(bias), len(m)) {
		sum := 255 * 255 * float64(k)
		if bias != nil {
			sum += math.Abs(float64(bias[i]))
		}
		if !(sum*math.Abs(float64(m[i%len(m)])) < 1<<23) {
			return true
		}
	}
	return false
}
