package q8

import "github.com/quantscope/quantscope/kernels/call"

// DWConv is a depthwise convolution with one output channel per input channel, channels last, of
// the sums acc = bias + Σ (x−zx)·(w−zw). The input has its padding around it as a halo of zero
// points: X is the address of the first byte the first output reads, channel 0.
//
// Bits: acc is exact as long as |acc| < 2³¹. See Out for what becomes of it.
//
// Up to DWSlack bytes are read behind the last window.
type DWConv struct {
	Dot              call.Dot
	Wide             bool   // DWWeights.Wide
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	W                uint32 // as DWWeights.Pack lays them out
	Y                uint32 // address of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32 // bytes
	N, OH, OW, C     uint32 // images, output rows and columns, channels
	KH, KW           uint32
	StrideH, StrideW uint32
	DilH, DilW       uint32 // 1: dense
	Out
}

// DWSlack is how many bytes behind its last window a DWConv may read.
const DWSlack = 16

// DWWeights are the weights of a DWConv, to be packed.
type DWWeights struct {
	KH, KW, C int
	At        func(ky, kx, c int) int32 // −128…127 or 0…255
	Zero      []int32                   // zero points of the weights: C, or one for all; nil for zeros
	XZero     int32                     // zero point of the activations
	Bias      []int32                   // C, or nil for zeros
	M         []float32                 // C multipliers, or one for all
}

// Call is the kernel call. Its units are the N·OH output rows.
func (d DWConv) Call() call.Call { return call.Call{} }

// PackedLen is the bytes of the packed weights.
func (d DWConv) PackedLen() int { return int(d.KH * d.KW * d.C * 4) }
