package lower

import (
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Scatter writes x, in ONNX order, to dst as lay says.
func Scatter(dst []float32, lay plan.Layout, x []float32) {
	blocks(lay, func(b block) {
		for c := range b.planes {
			at := b.at + c
			for _, v := range x[b.first+c*b.plane:][:b.n] {
				dst[at] = v
				at += b.step
			}
		}
	})
}

// Gather reads a value, laid out as lay says, into ONNX order: into dst, which has its length.
func Gather(dst, src []float32, lay plan.Layout) {
	blocks(lay, func(b block) {
		d0, d1, d2, d3 := b.rows(dst)
		d1, d2, d3 = d1[:len(d0)], d2[:len(d0)], d3[:len(d0)]
		at := b.at
		if b.planes == 1 {
			for i := range d0 {
				d0[i] = src[at]
				at += b.step
			}
			return
		}
		for i := range d0 {
			s := (*[4]float32)(src[at:])
			d0[i], d1[i], d2[i], d3[i] = s[0], s[1], s[2], s[3]
			at += b.step
		}
	})
}

// GatherCodes is Gather of a value that is stored as codes, with the number that each byte stands for.
func GatherCodes(dst []float32, src []byte, number *[256]float32, lay plan.Layout) {
	blocks(lay, func(b block) {
		d0, d1, d2, d3 := b.rows(dst)
		d1, d2, d3 = d1[:len(d0)], d2[:len(d0)], d3[:len(d0)]
		at := b.at
		if b.planes == 1 {
			for i := range d0 {
				d0[i] = number[src[at]]
				at += b.step
			}
			return
		}
		for i := range d0 {
			s := (*[4]byte)(src[at:])
			d0[i], d1[i], d2[i], d3[i] = number[s[0]], number[s[1]], number[s[2]], number[s[3]]
			at += b.step
		}
	})
}

// block is n elements of each of one or four planes, which lie side by side where channels come last.
type block struct {
	first, plane int // in ONNX order: the first element, and how far apart the planes are
	n            int // elements of a plane that follow each other
	planes       int // 1 or 4
	at, step     int // in the buffer, in elements: the first plane's first, and how far apart a plane's are
}

// rows are those of a block of one or four planes in a tensor in ONNX order; of one plane all four are the same.
func (b block) rows(x []float32) (r0, r1, r2, r3 []float32) {
	last := b.planes / 4 // 1 of four
	r0 = x[b.first:][:b.n]
	r1 = x[b.first+last*b.plane:][:len(r0)]
	r2 = x[b.first+2*last*b.plane:][:len(r0)]
	r3 = x[b.first+3*last*b.plane:][:len(r0)]
	return r0, r1, r2, r3
}

// cached is so many elements of an image with channels last as are read while all of them stay in the cache.
const cached = 8192

// blocks calls f for blocks that make up all elements. Of an image with channels last it goes over some rows at a time, all
// channels of each: so much of it fits a cache.
func blocks(lay plan.Layout, f func(block)) {
	if graph.Len(lay.Shape) == 0 {
		return
	}
	off := lay.Offset / lay.Width
	if lay.Order == plan.InOrder {
		f(block{n: graph.Len(lay.Shape), planes: 1, at: off, step: 1})
		return
	}
	image, row, pixel := lay.Stride[0]/lay.Width, lay.Stride[2]/lay.Width, lay.Stride[3]/lay.Width
	channels, height, width := lay.Shape[1], lay.Shape[2], lay.Shape[3]
	rows := 1
	if row == width*pixel { // rows follow each other without a halo
		rows = min(height, max(1, cached/row))
	}
	for n := range lay.Shape[0] {
		for y := 0; y < height; y += rows {
			b := block{plane: height * width, n: min(rows, height-y) * width, step: pixel}
			for c := 0; c < channels; c += b.planes {
				b.planes = 1
				if c+4 <= channels {
					b.planes = 4
				}
				b.first, b.at = (n*channels+c)*b.plane+y*width, off+n*image+y*row+c
				f(b)
			}
		}
	}
}
