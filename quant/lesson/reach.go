package lesson

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// reach is which products make up the elements of a layer's output.
type reach struct {
	inner, channels int // an element's channel is element / inner % channels
	visit           func(element int, product func(x, w int))
}

// channel is the output channel of an element.
func (r reach) channel(element int) int { return element / r.inner % r.channels }

// reachOf gives for every element of node n's output, one item in ONNX order, the elements of input and weight
// that are multiplied for it. Padding multiplies nothing.
func reachOf(g *graph.Graph, n graph.Node) (reach, error) {
	x, w, y := g.Values[n.Inputs[0]].Shape, g.Values[n.Inputs[1]].Shape, g.Values[n.Outputs[0]].Shape
	switch op := n.Op.(type) {
	case graph.Conv:
		return window(x, y, op.Group, w[1], func(o, c int) int { return o*w[1] + c }, op.Kernel, func(a, out, k int) (int, bool) {
			return out*op.Strides[a] + k*op.Dilations[a] - op.Pads[a], true
		}), nil
	case graph.ConvTranspose:
		per := w[1] // output channels of a group
		return window(x, y, op.Group, x[1]/op.Group, func(o, c int) int { return (o/per*(x[1]/op.Group)+c)*per + o%per }, op.Kernel, func(a, out, k int) (int, bool) {
			at := out + op.Pads[a] - k*op.Dilations[a]
			return at / op.Strides[a], at >= 0 && at%op.Strides[a] == 0
		}), nil
	case graph.Gemm:
		m, k, cols := y[0], w[0], y[1]
		if op.TransB {
			k = w[1]
		}
		return matrix(cols, k, func(row, i int) int {
			if op.TransA {
				return i*m + row
			}
			return row*k + i
		}, func(i, col int) int {
			if op.TransB {
				return col*k + i
			}
			return i*cols + col
		}), nil
	case graph.MatMul:
		if len(w) == 2 {
			return matrix(w[1], w[0], func(row, i int) int { return row*w[0] + i }, func(i, col int) int { return i*w[1] + col }), nil
		}
	}
	return reach{}, fmt.Errorf("the arithmetic of a %s with a weight of shape %v is not written out: choose another layer", n.Op.Type(), w)
}

// matrix is the reach of a product of matrices with so many columns and so many products in a sum.
func matrix(cols, k int, x func(row, i int) int, w func(i, col int) int) reach {
	return reach{1, cols, func(e int, product func(x, w int)) {
		for i := range k {
			product(x(e/cols, i), w(i, e%cols))
		}
	}}
}

// window is the reach of a convolution of any number of axes of space from x [1,C,S…] to y [1,O,S…], in groups that
// read so many channels each. kernel says where the weights of an output channel and one of its input channels
// begin, in kernels; from is the place along an axis that output and kernel position read, if there is one.
func window(x, y []int, groups, channels int, kernel func(o, c int) int, size []int, from func(axis, out, k int) (int, bool)) reach {
	in, out := x[2:], y[2:]
	plane, area, positions := graph.Len(in), graph.Len(out), graph.Len(size)
	per := y[1] / groups // output channels of a group
	return reach{area, y[1], func(e int, product func(x, w int)) {
		o := e / area % y[1]
		for c := range channels {
		kernel:
			for k := range positions {
				at, step, left, place := 0, 1, k, e%area
				for a := len(size) - 1; a >= 0; a-- {
					i, ok := from(a, place%out[a], left%size[a])
					if !ok || i < 0 || i >= in[a] {
						continue kernel
					}
					at += i * step
					step *= in[a]
					left /= size[a]
					place /= out[a]
				}
				product((o/per*channels+c)*plane+at, kernel(o, c)*positions+k)
			}
		}
	}}
}
