package graph

import (
	"fmt"
	"slices"
)

// Window is what slides over the axes of space, which are those behind the first two.
type Window struct {
	Kernel, Strides, Dilations []int // for each axis of space
	Pads                       []int // before each axis of space, then behind each: top, left, bottom, right
}

// Windowed is an Op that slides a window.
type Windowed interface {
	Op
	Window() Window
	// WithWindow is the operator with another window, which may slide over more axes of space: the new ones come first.
	WithWindow(w Window) Op
}

func (c Conv) Window() Window          { return Window{c.Kernel, c.Strides, c.Dilations, c.Pads} }
func (c ConvTranspose) Window() Window { return Window{c.Kernel, c.Strides, c.Dilations, c.Pads} }
func (p MaxPool) Window() Window       { return Window{p.Kernel, p.Strides, p.Dilations, p.Pads} }
func (p AveragePool) Window() Window   { return Window{p.Kernel, p.Strides, p.Dilations, p.Pads} }

func (c Conv) WithWindow(w Window) Op {
	c.Kernel, c.Strides, c.Dilations, c.Pads = w.Kernel, w.Strides, w.Dilations, w.Pads
	return c
}

func (c ConvTranspose) WithWindow(w Window) Op {
	c.OutputPadding = slices.Concat(make([]int, max(len(w.Kernel)-len(c.Kernel), 0)), c.OutputPadding)
	c.Kernel, c.Strides, c.Dilations, c.Pads = w.Kernel, w.Strides, w.Dilations, w.Pads
	return c
}

func (p MaxPool) WithWindow(w Window) Op {
	p.Kernel, p.Strides, p.Dilations, p.Pads = w.Kernel, w.Strides, w.Dilations, w.Pads
	return p
}

func (p AveragePool) WithWindow(w Window) Op {
	p.Kernel, p.Strides, p.Dilations, p.Pads = w.Kernel, w.Strides, w.Dilations, w.Pads
	return p
}

// checkWindow checks what an operator says of the windows that slide over the space of x [N,C,…]: kernel,
// strides and dilations have an entry for each axis of space, and pads two, all the befores first.
func checkWindow(x Value, kernel, strides, dilations, pads []int) error {
	n := len(kernel)
	if n < 1 || n > 3 || len(strides) != n || len(dilations) != n || len(pads) != 2*n {
		return fmt.Errorf("kernel %v, strides %v, dilations %v and pads %v do not go together: windows of one to three dimensions are known",
			brief(kernel), brief(strides), brief(dilations), brief(pads))
	}
	if len(x.Shape) != 2+n {
		return fmt.Errorf("input %q has rank %d, shape %v: a kernel %v slides over tensors of rank %d", x.Name, len(x.Shape), x.Shape, kernel, 2+n)
	}
	for a := range n {
		if kernel[a] < 1 || strides[a] < 1 || dilations[a] < 1 || pads[a] < 0 || pads[n+a] < 0 {
			return fmt.Errorf("kernel %v, strides %v, dilations %v and pads %v are not possible", kernel, strides, dilations, pads)
		}
	}
	return nil
}

// slide counts the whole windows along one axis.
func slide(n, kernel, stride, dilation, before, after int) (int, error) {
	room := n + before + after - dilation*(kernel-1) - 1
	if n < 1 || room < 0 {
		return 0, Misfit("a window of %d (dilation %d) does not fit in %d with padding %d and %d", kernel, dilation, n, before, after)
	}
	return room/stride + 1, nil
}

// weightShape checks weight w [·,·,kernel…].
func weightShape(w Value, kernel []int) error {
	ok := len(w.Shape) == 2+len(kernel)
	for a := 0; ok && a < len(kernel); a++ {
		ok = w.Shape[2+a] == kernel[a]
	}
	if !ok {
		return fmt.Errorf("weight %q %v does not have kernel_shape %v", w.Name, w.Shape, kernel)
	}
	return nil
}

// biasShape checks optional input i to be one number for each of n channels.
func biasShape(in []Value, i, n int) error {
	if Present(in, i) && (len(in[i].Shape) != 1 || in[i].Shape[0] != n) {
		return fmt.Errorf("bias %q has shape %v, want [%d]", in[i].Name, in[i].Shape, n)
	}
	return nil
}
