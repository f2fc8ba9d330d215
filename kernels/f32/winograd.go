package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Winograd is a 3×3 convolution of stride 1, dilation 1 and one group, channels last, with 16 products
// for each 2×2 outputs and input channel where GEMM has 36, or 36 for each 4×4 where it has 144: faster still, but less exact by
// a digit. With tiles of 3×3 it is a 4×4 convolution, with 36 products where GEMM has 144. The input has its padding around it as a halo: X is the address of the first element the first output reads,
// channel 0. Nothing outside of the windows is read. C and O are multiples of 4.
//
// Bits: see ref.Winograd.
type Winograd struct {
	Side             uint32 // of a tile of outputs, 2, 4 or, of 4×4 kernels, 3
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	U                uint32 // weights and biases as PackWinograd lays them out
	Y                uint32 // address of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32 // bytes
	N, OH, OW, C, O  uint32 // images, output rows and columns, input and output channels
	Scratch          uint32 // WinogradScratch bytes for each thread
	Lo, Hi           float32
	Epilogue         []call.EpilogueOp // over pixels of the output
}

const winogradMost = 30 // tiles of a unit: enough that reading the weights does not show

// tile is the side of a tile of outputs.
type tile int

// window is the side of a tile's window, products how many there are for each pair of channels.
func (t tile) window() int   { return int(t) + t.taps() - 1 }
func (t tile) products() int { return t.window() * t.window() }

// taps is the side of the kernels.
func (t tile) taps() int { return ref.WinogradTaps(int(t)) }

// count is how many tiles lie along n outputs.
func (t tile) count(n uint32) uint32 { return (n + uint32(t) - 1) / uint32(t) }

// bytes is how much of a cache of the second level the transformed tiles of a unit may take: the larger matrices of weights
// are read less often.
func (t tile) bytes() uint32 { return uint32(t) * 128 << 10 }

// tiles is how many tiles a unit has: full tiles of rows of the matrix products.
func (t tile) tiles(c, o uint32) uint32 {
	return min(max(t.bytes()/(uint32(t.products())*4*(c+o))/gemmMR, 1)*gemmMR, winogradMost)
}

// winogradHead is the bytes of a thread's scratch memory before the tiles: the arguments of its
// matrix products.
func winogradHead() int { return (4*len(kernel.Words(gemmArgs[uint32]{})) + 63) / 64 * 64 }

// WinogradScratch is the bytes of scratch memory that a thread needs.
func WinogradScratch(side int, c, o uint32) int {
	t := tile(side)
	return winogradHead() + t.products()*4*int(t.tiles(c, o)*(c+o))
}

// Call is the kernel call. Its units are groups of tiles.
func (w Winograd) Call() call.Call {
	t := tile(w.Side)
	tiles, tw, th := t.tiles(w.C, w.O), t.count(w.OW), t.count(w.OH)
	all := w.N * th * tw
	return call.Call{Kernel: map[tile]call.ID{2: call.F32Winograd, 3: call.F32Winograd3, 4: call.F32Winograd4}[t], Units: (all + tiles - 1) / tiles, Args: kernel.Words(winogradArgs[uint32]{
		X: kernel.Image[uint32]{At: w.X, Img: w.XImg, Row: w.XRow, Pix: w.XPix}, U: w.U, Y: kernel.Image[uint32]{At: w.Y, Img: w.YImg, Row: w.YRow, Pix: w.YPix},
		OH: w.OH, OW: w.OW, C: w.C, O: w.O, TW: tw, TH: th, All: all, Tiles: tiles,
		Scratch: w.Scratch, ScratchBytes: uint32(WinogradScratch(int(w.Side), w.C, w.O)), Lo: math.Float32bits(w.Lo), Hi: math.Float32bits(w.Hi),
	}), Epilogue: w.Epilogue}
}

// winogradArgs are the arguments of the kernel, named as in Winograd: besides columns, rows and number of the tiles,
// and how many a unit has.
type winogradArgs[W any] struct {
	X                                                               kernel.Image[W]
	U                                                               W
	Y                                                               kernel.Image[W]
	OH, OW, C, O, TW, TH, All, Tiles, Scratch, ScratchBytes, Lo, Hi W
	Epilogue                                                        kernel.Tail
}

// PackedWinogradLen is the floats of the weights and biases as PackWinograd lays them out.
func PackedWinogradLen(side, c, o int) int { return tile(side).products() * PackedLen(c, o) }

// WinogradBias is with which of the matrices the biases lie.
func WinogradBias(side int) int { return tile(side).window() + 1 }

// PackWinograd lays weights [o][c][taps][taps] out for Winograd: the transformed matrices [c×o] one
// after the other as PackB does, the biases with one of them. bias has o values, nil means zeros; dst
// has PackedWinogradLen floats.
func PackWinograd(dst []float32, side, c, o int, bias, weights []float32) {
	size, kernel := PackedLen(c, o), tile(side).taps()*tile(side).taps()
	var matrix [36]float32
	u := matrix[:tile(side).window()*tile(side).window()]
	clear(dst)
	if bias != nil {
		for n, x := range bias[:o] {
			dst[WinogradBias(side)*size+n/gemmNR*gemmNR*(c+1)+n%gemmNR] = x
		}
	}
	for first := 0; first < o; first += gemmNR { // a panel at a time, so that what lies together is written together
		panel := first * (c + 1)
		for ch := range c {
			at := panel + gemmNR*(ch+1)
			for n := range min(gemmNR, o-first) {
				ref.WinogradWeights(u, side, weights[kernel*((first+n)*c+ch):])
				for i, x := range u {
					dst[i*size+at+n] = x
				}
			}
		}
	}
}
