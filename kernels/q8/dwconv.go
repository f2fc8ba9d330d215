package q8

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// DWConv is a depthwise convolution with one output channel per input channel, channels last, of
// the sums acc = bias + Σ (x−zx)·(w−zw). The input has its padding around it as a halo of zero
// points: X is the address of the first byte the first output reads, channel 0. Nothing outside of
// the windows is read.
//
// Bits: acc is exact as long as |acc| < 2³¹. See Out for what becomes of it.
type DWConv struct {
	Dot              call.Dot
	Wide             bool   // DWWeights.Wide
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	W                uint32 // as Pack lays them out
	Y                uint32 // address of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32 // bytes
	N, OH, OW, C     uint32 // images, output rows and columns, channels
	KH, KW           uint32
	StrideH, StrideW uint32
	DilH, DilW       uint32 // 1: dense
	Out
}

// dwForm is how a call is computed, and its weights are packed: any window, or one of dwWindows.
type dwForm int

const dwAny dwForm = -1

// dwWindow is a window of k×k with a function of its own.
type dwWindow struct{ k, stride int }

func dwWindows() []dwWindow { return []dwWindow{{3, 1}, {3, 2}, {5, 1}, {5, 2}} }

// pairs says that two output rows can be made at once: the four input rows that they need are just a
// group of the relaxed dot product.
func (w dwWindow) pairs() bool { return w.k == 3 && w.stride == 1 }

// dwLanes is how many channels the special functions make at once: eight bytes.
const dwLanes = 8

func (d DWConv) form() dwForm {
	for i, w := range dwWindows() {
		if int(d.KH) == w.k && int(d.KW) == w.k && int(d.StrideW) == w.stride && d.DilW == 1 && d.C >= dwLanes {
			return dwForm(i)
		}
	}
	return dwAny
}

func (d DWConv) relaxed() bool { return d.Dot != call.DotI16 && !d.Wide && d.form() != dwAny }

// unitRows is how many output rows a unit has, but for the last of an image.
func (d DWConv) unitRows() uint32 {
	if d.relaxed() && dwWindows()[d.form()].pairs() && d.StrideH == 1 && d.DilH == 1 {
		return 2
	}
	return 1
}

// Call is the kernel call. Its units are the N·OH output rows, or pairs of them.
func (d DWConv) Call() call.Call {
	id := call.Q8DWConv
	switch {
	case d.relaxed():
		id = call.Q8DWConvRelaxed
	case d.Dot.Signed():
		id = call.Q8DWConvSigned
	}
	units := d.N * ((d.OH + d.unitRows() - 1) / d.unitRows())
	return call.Call{Kernel: id, Units: units, Args: kernel.Words(dwArgs[uint32]{
		X: kernel.Image[uint32]{At: d.X, Img: d.XImg, Row: d.XRow, Pix: d.XPix}, W: d.W, Y: kernel.Image[uint32]{At: d.Y, Img: d.YImg, Row: d.YRow, Pix: d.YPix},
		OH: d.OH, OW: d.OW, C: d.C, KH: d.KH, KW: d.KW, StrideH: d.StrideH, StrideW: d.StrideW, DilH: d.DilH, DilW: d.DilW,
		Form: uint32(d.form()), UnitRows: d.unitRows(), Out: d.args(d.Dot.Signed()),
	}), Epilogue: d.Epilogue}
}

// dwArgs are the arguments of the kernels, named as in DWConv: besides how it is computed, a dwForm, and the rows of a
// unit.
type dwArgs[W any] struct {
	X                                               kernel.Image[W]
	W                                               W
	Y                                               kernel.Image[W]
	OH, OW, C, KH, KW, StrideH, StrideW, DilH, DilW W
	Form, UnitRows                                  W
	Out                                             outArgs[W]
}
