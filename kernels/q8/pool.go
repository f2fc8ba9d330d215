package q8

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

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

// poolArgs are the arguments of the kernels, named as in Pool: besides PaddedH, which is H + PadB, the end of the rows
// that count with CountPad, and what AvgPool has.
type poolArgs[W any] struct {
	X, Y                                                  kernel.Image[W]
	H, W, C, OH, OW, KH, KW, StrideH, StrideW, DilH, DilW W
	PadT, PadL, PaddedH, PaddedW, CountPad                W
	Round                                                 roundArgs[W]
	XZero, XScale, YScale                                 W
}

// args are those of the geometry.
func (p Pool) args() poolArgs[uint32] {
	return poolArgs[uint32]{
		X: kernel.Image[uint32]{At: p.X, Img: p.XImg, Row: p.XRow, Pix: p.XPix}, Y: kernel.Image[uint32]{At: p.Y, Img: p.YImg, Row: p.YRow, Pix: p.YPix},
		H: p.H, W: p.W, C: p.C, OH: p.OH, OW: p.OW, KH: p.KH, KW: p.KW, StrideH: p.StrideH, StrideW: p.StrideW, DilH: p.DilH, DilW: p.DilW,
		PadT: p.PadT, PadL: p.PadL, PaddedH: p.H + p.PadB, PaddedW: p.W + p.PadR,
	}
}

func (p Pool) call(id call.ID, arg poolArgs[uint32]) call.Call {
	return call.Call{Kernel: id, Units: p.N * p.OH * ((p.C + poolChannels - 1) / poolChannels), Args: kernel.Words(arg)}
}
