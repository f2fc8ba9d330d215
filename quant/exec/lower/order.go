package lower

import (
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Scatter writes x, in ONNX order, to dst as lay says.
func Scatter(dst []float32, lay plan.Layout, x []float32) {
	rows(lay, func(i, n, at, step int) {
		for _, v := range x[i:][:n] {
			dst[at] = v
			at += step
		}
	})
}

// Gather reads a value, laid out as lay says, into ONNX order: into dst, which has its length.
func Gather(dst, src []float32, lay plan.Layout) {
	rows(lay, func(i, n, at, step int) {
		row := dst[i:][:n]
		for k := range row {
			row[k] = src[at]
			at += step
		}
	})
}

// GatherCodes is Gather of a value that is stored as codes, with the number that each byte stands for.
func GatherCodes(dst []float32, src []byte, number *[256]float32, lay plan.Layout) {
	rows(lay, func(i, n, at, step int) {
		row := dst[i:][:n]
		for k := range row {
			row[k] = number[src[at]]
			at += step
		}
	})
}

// rows calls f for stretches of elements that follow each other in ONNX order: the first one's index, how
// many they are, and where they are in the buffer, in elements: the first one and how far apart they are. Of an image with
// channels last a row of pixels comes after the other, all channels of each: so much of it fits a cache.
func rows(lay plan.Layout, f func(i, n, at, step int)) {
	if graph.Len(lay.Shape) == 0 {
		return
	}
	off := lay.Offset / lay.Width
	if lay.Order == plan.InOrder {
		f(0, graph.Len(lay.Shape), off, 1)
		return
	}
	image, row, pixel := lay.Stride[0]/lay.Width, lay.Stride[2]/lay.Width, lay.Stride[3]/lay.Width
	channels, height, width := lay.Shape[1], lay.Shape[2], lay.Shape[3]
	for n := range lay.Shape[0] {
		for y := range height {
			for c := range channels {
				f(((n*channels+c)*height+y)*width, width, off+n*image+c+y*row, pixel)
			}
		}
	}
}
