package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/call"
)

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
// M = sx/(sy·count), every operation rounded to float32, as ONNX Runtime's QLinearGlobalAveragePool
// orders them; see ref.QAvgPool. A count of zero gives zy, within its bounds. GlobalAveragePool is a
// window of the whole image. The sum is exact for windows of less than 2²³ taps.
type AvgPool struct {
	Pool
	XScale, YScale float32
	XZero, YZero   int32
	Lo, Hi         int32 // bounds of y
	CountPad       bool  // count_include_pad: taps in the padding count, as zeros
}

// poolChannels is how many channels a unit has at most.
const poolChannels = 128

// Words of a Pool.
const (
	poolX = 4 * iota
	poolXImg
	poolXRow
	poolXPix
	poolY
	poolYImg
	poolYRow
	poolYPix
	poolH
	poolW
	poolC
	poolOH
	poolOW
	poolKH
	poolKW
	poolStrideH
	poolStrideW
	poolDilH
	poolDilW
	poolPadT
	poolPadL
	poolPaddedH // H + PadB: the end of the rows that count with CountPad
	poolPaddedW
	poolCountPad
	poolLo // outLo to outFlip
	_
	_
	_
	poolXZero
	poolXScale
	poolYScale
)

// Call is the kernel call. Its units are the N·OH output rows times the groups of channels.
func (p MaxPool) Call() call.Call {
	shift := int32(flip(p.Signed) & 128)
	return p.call(call.Q8MaxPool, append([]uint32{0}, roundWords(p.Signed, -shift, -shift, 255-shift)...)...)
}

// Call is the kernel call. Its units are the N·OH output rows times the groups of channels.
func (p AvgPool) Call() call.Call {
	words := append([]uint32{0}, roundWords(p.Signed, p.YZero, p.Lo, p.Hi)...)
	if p.CountPad {
		words[0] = 1
	}
	zero := uint32(p.XZero + int32(flip(p.Signed)&128))
	return p.call(call.Q8AvgPool, append(words, zero, math.Float32bits(p.XScale), math.Float32bits(p.YScale))...)
}

func (p Pool) call(kernel call.ID, words ...uint32) call.Call {
	args := []uint32{
		p.X, p.XImg, p.XRow, p.XPix, p.Y, p.YImg, p.YRow, p.YPix, p.H, p.W, p.C, p.OH, p.OW, p.KH, p.KW,
		p.StrideH, p.StrideW, p.DilH, p.DilW, p.PadT, p.PadL, p.H + p.PadB, p.W + p.PadR,
	}
	units := p.N * p.OH * ((p.C + poolChannels - 1) / poolChannels)
	return call.Call{Kernel: kernel, Units: units, Args: append(args, words...)}
}
