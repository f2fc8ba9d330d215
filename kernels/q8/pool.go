package q8

import "github.com/quantscope/quantscope/kernels/call"

// Pool is a pooling layer, channels last. The window of output (oy, ox) starts at input row
// oy·StrideH − PadT and column ox·StrideW − PadL; only window positions inside the H×W image are read, so that
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
	_
	poolXZero
	poolXScale
	poolYScale
)

func (p Pool) call(kernel call.ID, words ...uint32) call.Call {
	args := []uint32{
		p.X, p.XImg, p.XRow, p.XPix, p.Y, p.YImg, p.YRow, p.YPix, p.H, p.W, p.C, p.OH, p.OW, p.KH, p.KW,
		p.StrideH, p.StrideW, p.DilH, p.DilW, p.PadT, p.PadL, p.H + p.PadB, p.W + p.PadR,
	}
	units := p.N * p.OH * ((p.C + poolChannels - 1) / poolChannels)
	return call.Call{Kernel: kernel, Units: units, Args: append(args, words...)}
}
