package main

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
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

func (l layer) weights() uint32 {
	if l.dw {
		return uint32(f32.PackedDWLen(int(l.k), int(l.k), int(l.cout)))
	}
	return uint32(f32.PackedLen(int(l.k*l.k*l.cin), int(l.cout)))
}

// arrange lays out an arena in which all layers share input, weights and output, and returns its
// beginning, tables and program, its length, and the address of each layer's call.
func arrange(layers []layer) (image []byte, total uint32, records []uint32) {
	var x, w, tables uint32
	for _, l := range layers {
		x, w = max(x, 4*l.in()*l.in()*l.cin), max(w, 4*l.weights())
		tables += 4 * (l.out*l.out + l.k)
	}
	program := uint32(len(layers)) * 256
	input := (tables + program + 127) / 64 * 64
	weights := input + (x+63)/64*64
	output := weights + (w+63)/64*64
	total = output
	var calls []call.Call
	table := func(n uint32, offset func(i uint32) uint32) uint32 {
		at := uint32(len(image))
		for i := range n {
			image = binary.LittleEndian.AppendUint32(image, offset(i))
		}
		return at
	}
	inf := float32(math.Inf(1))
	for _, l := range layers {
		total = max(total, output+4*l.out*l.out*l.cout)
		pix, row := 4*l.cin, 4*l.cin*l.in()
		if l.dw {
			calls = append(calls, f32.DWConv{
				X: input, XRow: row, XPix: pix, W: weights, Y: output, YRow: pix * l.out, YPix: pix, N: 1, OH: l.out, OW: l.out,
				C: l.cout, KH: l.k, KW: l.k, StrideH: l.stride, StrideW: l.stride, DilH: 1, DilW: 1, Hi: 6,
			}.Call())
			continue
		}
		g := f32.GEMM{A: input, LDA: pix, Runs: l.k, RunLen: l.k * l.cin, B: weights, C: output, LDC: 4 * l.cout, M: l.out * l.out, N: l.cout, Lo: -inf, Hi: inf}
		if l.k > 1 {
			g.RunTable = 4 + table(l.k, func(i uint32) uint32 { return i * row })
			g.Rows = 4 + table(g.M, func(m uint32) uint32 { return m/l.out*l.stride*row + m%l.out*l.stride*pix })
		}
		calls = append(calls, g.Call())
	}
	encoded, offsets := call.Encode(calls)
	for i := range offsets {
		offsets[i] += 4 + uint32(len(image))
	}
	image = append([]byte{0, 0, 0, 0}, append(image, encoded...)...) // address 0 would mean no table
	return image, total, offsets
}
