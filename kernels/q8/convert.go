package q8

import "github.com/quantscope/quantscope/kernels/f32"

// Lookup is y = Table[x], element by element: any function of one 8-bit activation (SiLU, sigmoid,
// tanh, hard-swish, requantization of a Concat's inputs), made by NewTable. Y may be X where they
// have the same strides. Dimensions come in any order, at most 6 that do not merge.
type Lookup struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int  // bytes, as many as Shape
	Table              uint32 // address of 256 bytes: entry i is for the byte i, as it is stored
}

// Quantize is y = clamp(rhe(x·(1/Scale)) + Zero, Lo, Hi), or with Div clamp(rhe(x/Scale) + Zero, Lo, Hi):
// the rules of PyTorch and of ONNX; NaN gives Lo. Dimensions come in any order, at most 6 that do
// not merge; it is fast where both sides are contiguous along one.
type Quantize struct {
	Signed             bool   // storage
	X                  uint32 // float32
	Y                  uint32 // bytes
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	Lo, Hi             int32
	Div                bool
}

// Dequantize is y = float32(x−Zero)·Scale, then the posts. Dimensions come in any order, at most 5
// that do not merge; it is fast where both sides are contiguous along one.
type Dequantize struct {
	Signed             bool   // storage
	X                  uint32 // bytes
	Y                  uint32 // float32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	C                  int        // channels, for posts that have them; else 1
	Post               []f32.Post // over pieces of whole pixels; the channels must be contiguous
}

// Copy copies bytes from X to Y, which do not overlap: Concat of equal scales, Split, Slice, the
// inside of Pad, changes of layout. Dimensions come in any order, at most 6 that do not merge.
type Copy struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
}

// Fill sets bytes to a value: halos. Dimensions come in any order.
type Fill struct {
	Y        uint32
	Shape    []int
	YStrides []int // bytes, as many as Shape
	Value    byte  // as it is stored
}
