package main

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
)

// layer is a convolution of square windows with an output of out×out pixels; depthwise where dw.
// A fully connected layer is one of 1×1 pixel.
type layer struct {
	dw             bool
	out, cin, cout uint32
	k, stride      uint32
	count          int // of such layers in the network
}

func (l layer) String() string {
	if l.dw {
		return fmt.Sprintf("dw%dx%d/%d %d²×%d", l.k, l.k, l.stride, l.out, l.cout)
	}
	return fmt.Sprintf("%dx%d/%d %d²×%d→%d", l.k, l.k, l.stride, l.out, l.cin, l.cout)
}

func (l layer) flop() float64 {
	f := 2 * float64(l.out*l.out) * float64(l.k*l.k) * float64(l.cout)
	if l.dw {
		return f
	}
	return f * float64(l.cin)
}

// in is the input's pixels a side, halo included.
func (l layer) in() uint32 { return (l.out-1)*l.stride + l.k }

// arithmetic is a family of kernels under test.
type arithmetic struct {
	kernels []call.ID
	chains  int     // sums that hide how long an instruction takes, and fit in registers
	step    float64 // operations of
	limit   func(sum asm.I32x4, x, w asm.I8x16) asm.I32x4
	bytes   uint32            // of an activation
	weights func(l layer) int // bytes, packed
	conv    func(l layer, p places) call.Call
}

// places are addresses: input, weights, output, and of tables of rows and runs where a window has
// more than one pixel; scratch is scratchBytes.
type places struct{ x, w, y, rows, runs, scratch uint32 }

const scratchBytes = 1 << 20

// floats are the kernels of package f32.
func floats() arithmetic {
	inf := float32(math.Inf(1))
	winograd := func(l layer) bool { return !l.dw && l.k == 3 && l.stride == 1 && l.cin%4 == 0 && l.cout%4 == 0 }
	return arithmetic{
		kernels: []call.ID{call.F32IGEMM, call.F32DWConv, call.F32Winograd}, bytes: 4, chains: 12, step: 8,
		limit: func(sum asm.I32x4, x, w asm.I8x16) asm.I32x4 {
			return sum.F32x4().Mul(x.I32x4().F32x4()).Add(w.I32x4().F32x4()).I32x4()
		},
		weights: func(l layer) int {
			if l.dw {
				return 4 * f32.PackedDWLen(int(l.k), int(l.k), int(l.cout))
			}
			if winograd(l) {
				return 4 * f32.PackedWinogradLen(2, int(l.cin), int(l.cout))
			}
			return 4 * f32.PackedLen(int(l.k*l.k*l.cin), int(l.cout))
		},
		conv: func(l layer, p places) call.Call {
			pix := 4 * l.cin
			if l.dw {
				return f32.DWConv{
					X: p.x, XRow: pix * l.in(), XPix: pix, W: p.w, Y: p.y, YRow: pix * l.out, YPix: pix, N: 1, OH: l.out, OW: l.out,
					C: l.cout, KH: l.k, KW: l.k, StrideH: l.stride, StrideW: l.stride, DilH: 1, DilW: 1, Hi: 6,
				}.Call()
			}
			if winograd(l) {
				return f32.Winograd{
					Side: 2,
					X:    p.x, XRow: pix * l.in(), XPix: pix, U: p.w, Y: p.y, YRow: 4 * l.cout * l.out, YPix: 4 * l.cout, N: 1, OH: l.out, OW: l.out,
					C: l.cin, O: l.cout, Scratch: p.scratch, Lo: -inf, Hi: inf,
				}.Call()
			}
			return f32.GEMM{
				A: p.x, Rows: p.rows, LDA: pix, Runs: l.k, RunTable: p.runs, RunLen: l.k * l.cin, B: p.w, C: p.y, LDC: 4 * l.cout,
				M: l.out * l.out, N: l.cout, Lo: -inf, Hi: inf,
			}.Call()
		},
	}
}

// integers are the kernels of package q8.
func integers(dot call.Dot) arithmetic {
	kernels, chains, step := []call.ID{call.Q8GEMM, call.Q8DWConv}, 12, 16.
	limit := func(sum asm.I32x4, x, w asm.I8x16) asm.I32x4 { return sum.Add(x.I16x8().DotS(sum.I16x8())) }
	if dot != call.DotI16 {
		kernels, chains, step = []call.ID{call.Q8GEMMRelaxed, call.Q8DWConvRelaxed}, 8, 32
		limit = func(sum asm.I32x4, x, w asm.I8x16) asm.I32x4 { return w.RelaxedDotAdd(x, sum) }
	}
	out := q8.Out{Zero: 3, Hi: 255}
	depthwise := func(l layer, p places) q8.DWConv {
		return q8.DWConv{
			Dot: dot, X: p.x, XRow: l.cin * l.in(), XPix: l.cin, W: p.w, Y: p.y, YRow: l.cin * l.out, YPix: l.cin, N: 1, OH: l.out, OW: l.out,
			C: l.cout, KH: l.k, KW: l.k, StrideH: l.stride, StrideW: l.stride, DilH: 1, DilW: 1, Out: out,
		}
	}
	return arithmetic{
		kernels: kernels, bytes: 1, chains: chains, step: step, limit: limit,
		weights: func(l layer) int {
			if l.dw {
				return depthwise(l, places{}).PackedLen()
			}
			return q8.GEMMWeights{Dot: dot, Runs: int(l.k), RunLen: int(l.k * l.cin), N: int(l.cout)}.PackedLen()
		},
		conv: func(l layer, p places) call.Call {
			if l.dw {
				return depthwise(l, p).Call()
			}
			return q8.GEMM{
				Dot: dot, A: p.x, Rows: p.rows, LDA: l.cin, Runs: l.k, RunTable: p.runs, RunLen: l.k * l.cin, B: p.w, C: p.y, LDC: l.cout,
				M: l.out * l.out, N: l.cout, Out: out,
			}.Call()
		},
	}
}

// arrange lays out an arena in which all layers share input, weights and output, and returns its
// beginning, tables and program, its length, and the address of each layer's call.
func arrange(layers []layer, a arithmetic) (image []byte, total uint32, records []uint32) {
	var x, w, y, tables uint32
	for _, l := range layers {
		x, w, y = max(x, a.bytes*l.in()*l.in()*l.cin), max(w, uint32(a.weights(l))), max(y, a.bytes*l.out*l.out*l.cout)
		tables += 4 * (l.out*l.out + l.k)
	}
	program := uint32(len(layers)) * 256
	input := (tables + program + 127) / 64 * 64
	p := places{x: input, w: input + (x+127)/64*64}
	p.y = p.w + (w+63)/64*64
	p.scratch = p.y + (y+127)/64*64
	var calls []call.Call
	table := func(n uint32, offset func(i uint32) uint32) uint32 {
		at := uint32(len(image))
		for i := range n {
			image = binary.LittleEndian.AppendUint32(image, offset(i))
		}
		return 4 + at
	}
	for _, l := range layers {
		p.runs, p.rows = 0, 0
		if pix, row := a.bytes*l.cin, a.bytes*l.cin*l.in(); l.k > 1 && !l.dw {
			p.runs = table(l.k, func(i uint32) uint32 { return i * row })
			p.rows = table(l.out*l.out, func(m uint32) uint32 { return m/l.out*l.stride*row + m%l.out*l.stride*pix })
		}
		calls = append(calls, a.conv(l, p))
	}
	encoded, offsets := call.Encode(calls)
	for i := range offsets {
		offsets[i] += 4 + uint32(len(image))
	}
	image = append([]byte{0, 0, 0, 0}, append(image, encoded...)...) // address 0 would mean no table
	return image, p.scratch + scratchBytes, offsets
}
