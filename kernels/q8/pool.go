package q8

// Pool is a pooling layer, channels last. The window of output (oy, ox) starts at input row
// oy·StrideH − PadT and column ox·StrideW − PadL; only taps inside the H×W image are read, so that
// no halo is needed, and one that is there does not matter. OH and OW are the caller's (ceil_mode).
type Pool struct {
	Signed                 bool   // storage
	X                      uint32 // address of image 0, row 0, pixel 0, channel 0, without halo
	XImg, XRow, XPix       uint32 // bytes from image to image, row to row, pixel to pixel
	Y                      uint32
	YImg, YRow, YPix       uint32
	N, H, W, C, OH, OW     uint32
	KH, KW                 uint32
	StrideH, StrideW       uint32
	DilH, DilW             uint32 // 1: dense
	PadT, PadL, PadB, PadR uint32
}

// MaxPool takes the greatest byte of each window; y has the scale and zero point of x. A window
// without taps gives the least byte.
type MaxPool struct{ Pool }

// AvgPool is y = clamp(rhe(float32(Σ(x−zx))·M) + zy, lo, hi) with an exact sum and
// M = sx/(sy·count), each operation rounded to float32, as ONNX Runtime's QLinearGlobalAveragePool
// orders them; see ref.QAvgPool. GlobalAveragePool is a window of the whole image. |Σ| is below 2³¹
// for windows of less than 2²³ taps.
type AvgPool struct {
	Pool
	XScale, YScale float32
	XZero, YZero   int32
	Lo, Hi         int32
	CountPad       bool // count_include_pad: taps in the padding count, as zeros
}
