package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// window is what the attributes of a convolution or pooling say of the windows, for each axis of space; pads
// has all the befores first.
type window struct{ kernel, strides, dilations, pads []int }

// window decodes the window over the space of input 0 [N,C,…] with auto_pad resolved. kernel is what a weight
// tells; nil where the attribute kernel_shape must.
func (s *source) window(kernel []int, dilated bool) window {
	space := len(s.in[0].Shape) - 2
	if space < 1 || space > maxSpace {
		s.fail(fmt.Errorf("input %q has rank %d, shape %v: 1-D to 3-D only, that is [N,C,…] with one to three axes behind",
			s.in[0].Name, len(s.in[0].Shape), s.in[0].Shape))
		return window{}
	}
	ones := slices.Repeat([]int{1}, space)
	w := window{
		kernel: s.spatial("kernel_shape", kernel, space), strides: s.spatial("strides", ones, space),
		dilations: ones, pads: make([]int, 2*space),
	}
	if dilated {
		w.dilations = s.spatial("dilations", ones, space)
	}
	if s.err == nil && len(w.kernel) != space {
		s.fail(fmt.Errorf("kernel_shape %v is not for an input %q %v", w.kernel, s.in[0].Name, s.in[0].Shape))
	}
	if s.err != nil {
		return w
	}
	for i := range space {
		// The span of a window, and how far it moves, must stay far from overflow.
		if w.kernel[i] < 1 || w.kernel[i] > maxWindow || w.strides[i] > maxWindow || w.dilations[i] > maxWindow {
			s.fail(fmt.Errorf("kernel_shape %v, strides %v, dilations %v: each must be in [1, %d]", w.kernel, w.strides, w.dilations, maxWindow))
			return w
		}
	}
	if v, ok := s.list("pads"); ok && len(v) != len(w.pads) {
		s.fail(fmt.Errorf("attribute \"pads\" has %d entries for %d axes of space", len(v), space))
	} else if ok {
		for i, n := range v {
			if n < 0 || n > maxWindow {
				s.fail(fmt.Errorf("attribute \"pads\" is %v, outside [0, %d]", v, maxWindow))
				return w
			}
			w.pads[i] = int(n)
		}
	}
	return w
}

// maxSpace bounds the axes of space.
const maxSpace = 3

// spatial is an ints attribute with an entry in [1, MaxElements] for each axis of space.
func (s *source) spatial(name string, otherwise []int, space int) []int {
	v, ok := s.list(name)
	if !ok {
		return otherwise
	}
	if len(v) != space {
		s.fail(fmt.Errorf("attribute %q has %d entries for %d axes of space", name, len(v), space))
		return otherwise
	}
	out := make([]int, space)
	for i, n := range v {
		if n < 1 || n > graph.MaxElements {
			s.fail(fmt.Errorf("attribute %q is %v, outside [1, %d]", name, brief(v), graph.MaxElements))
			return otherwise
		}
		out[i] = int(n)
	}
	return out
}

// maxWindow bounds kernel, stride, dilation and padding.
const maxWindow = 1 << 20

// autoPad resolves auto_pad of a convolution or pooling: SAME gives ceil(size/stride) outputs, the odd
// element of padding at the end (UPPER) or the beginning (LOWER).
func (s *source) autoPad(w *window) {
	mode := s.text("auto_pad", "NOTSET")
	switch mode {
	case "NOTSET", "":
		return
	case "VALID":
		clear(w.pads)
		return
	case "SAME_UPPER", "SAME_LOWER":
	default:
		s.fail(fmt.Errorf("auto_pad %q is not known", mode))
		return
	}
	if s.err != nil {
		return
	}
	space := len(w.kernel)
	for i := range space {
		n := s.in[0].Shape[2+i]
		out := (n + w.strides[i] - 1) / w.strides[i]
		total := max(0, (out-1)*w.strides[i]+w.dilations[i]*(w.kernel[i]-1)+1-n)
		if total > maxWindow {
			s.fail(fmt.Errorf("auto_pad %s pads by %d, over %d", mode, total, maxWindow))
			return
		}
		w.pads[i], w.pads[space+i] = halves(total, mode == "SAME_UPPER")
	}
}

// halves splits total in two, the odd one at the end or at the beginning.
func halves(total int, oddAtEnd bool) (before, after int) {
	if oddAtEnd {
		return total / 2, total - total/2
	}
	return total - total/2, total / 2
}
