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

// Gather reads a value, laid out as lay says, into ONNX order.
func Gather(src []float32, lay plan.Layout) []float32 {
	x := make([]float32, graph.Len(lay.Shape))
	rows(lay, func(i, n, at, step int) {
		row := x[i:][:n]
		for k := range row {
			row[k] = src[at]
			at += step
		}
	})
	return x
}

// rows calls f for stretches of elements that follow each other in ONNX order: the first one's index, how
// many they are, and where they are in the buffer, in elements: the first one and how far apart they are.
func rows(lay plan.Layout, f func(i, n, at, step int)) {
	if graph.Len(lay.Shape) == 0 {
		return
	}
	off := lay.Offset / lay.Width
	if lay.Order == plan.InOrder {
		f(0, graph.Len(lay.Shape), off, 1)
		return
	}
	image, row, pixel, i := lay.Stride[0]/lay.Width, lay.Stride[2]/lay.Width, lay.Stride[3]/lay.Width, 0
	for n := range lay.Shape[0] {
		for c := range lay.Shape[1] {
			for y := range lay.Shape[2] {
				f(i, lay.Shape[3], off+n*image+c+y*row, pixel)
				i += lay.Shape[3]
			}
		}
	}
}
