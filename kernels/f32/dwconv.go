package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// DWConv is a depthwise convolution with one output channel per input channel, channels last.
// The input has its padding around it as a halo: X is the address of the first element the first
// output reads, channel 0. Nothing outside of the windows is read.
//
// Bits: each output starts from its bias and adds float32(x·w), kernel row ascending, then kernel
// column ascending, each sum rounded to float32; then clamp as in ref.DWConv.
type DWConv struct {
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	W                uint32 // weights and biases as PackDW lays them out
	Y                uint32 // address of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32 // bytes
	N, OH, OW, C     uint32 // images, output rows and columns, channels
	KH, KW           uint32
	StrideH, StrideW uint32
	DilH, DilW       uint32            // 1: dense
	Lo, Hi           float32           // clamp; −Inf and +Inf for none
	Epilogue         []call.EpilogueOp // over rows of the output
}

// Call is the kernel call. Its units are the N·OH output rows.
func (d DWConv) Call() call.Call {
	fake, epilogue := takeFake(d.Epilogue)
	return call.Call{Kernel: call.F32DWConv, Units: d.N * d.OH, Args: kernel.Words(dwArgs[uint32]{
		X: kernel.Image[uint32]{At: d.X, Img: d.XImg, Row: d.XRow, Pix: d.XPix}, W: d.W, Y: kernel.Image[uint32]{At: d.Y, Img: d.YImg, Row: d.YRow, Pix: d.YPix},
		OH: d.OH, OW: d.OW, C: d.C, KH: d.KH, KW: d.KW, StrideH: d.StrideH, StrideW: d.StrideW, DilH: d.DilH, DilW: d.DilW,
		Lo: math.Float32bits(d.Lo), Hi: math.Float32bits(d.Hi), Fake: fake,
	}), Epilogue: epilogue}
}

// dwArgs are the arguments of the kernel, named as in DWConv.
type dwArgs[W any] struct {
	X                                                       kernel.Image[W]
	W                                                       W
	Y                                                       kernel.Image[W]
	OH, OW, C, KH, KW, StrideH, StrideW, DilH, DilW, Lo, Hi W
	Fake                                                    fakeArgs[W]
	Epilogue                                                kernel.Tail
}

// PackedDWLen is the floats of the weights and biases as PackDW lays them out.
func PackedDWLen(kh, kw, c int) int { return (kh*kw + 1) * c }

// PackDW lays weights [c][kh][kw] out for DWConv: c biases, then for each kernel row and column c
// weights. bias has c values, nil means zeros; dst has PackedDWLen floats.
func PackDW(dst []float32, kh, kw, c int, bias, weights []float32) {
	clear(dst[:c])
	copy(dst[:c], bias)
	for position := range kh * kw {
		row, x := dst[(position+1)*c:][:c], weights[position:]
		for i := range row {
			row[i] = x[i*kh*kw]
		}
	}
}
