package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// window is what the attributes of a convolution or pooling say of the windows.
type window struct {
	kernel, strides, dilations [2]int
	pads                       [4]int
}

// window decodes the window over input 0 [N,C,H,W] with auto_pad resolved. kernel is what a weight
// tells; zero where the attribute kernel_shape must.
func (s *source) window(kernel [2]int, dilated bool) window {
	if err := graph.Planar(s.in[0]); err != nil {
		s.fail(err)
		return window{}
	}
	w := window{kernel: s.pair("kernel_shape", kernel), strides: s.pair("strides", [2]int{1, 1}), dilations: [2]int{1, 1}}
	if dilated {
		w.dilations = s.pair("dilations", w.dilations)
	}
	for i := range 2 {
		// The span of a window, and how far it moves, must stay far from overflow.
		if w.kernel[i] < 1 || w.kernel[i] > maxWindow || w.strides[i] > maxWindow || w.dilations[i] > maxWindow {
			s.fail(fmt.Errorf("kernel_shape %v, strides %v, dilations %v: each must be in [1, %d]", w.kernel, w.strides, w.dilations, maxWindow))
			return w
		}
	}
	if v, ok := s.spatial("pads", 0); ok && len(v) != 4 {
		s.fail(fmt.Errorf("attribute \"pads\" has %d entries: 2-D only, that is 4 of them", len(v)))
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
		w.pads = [4]int{}
		return
	case "SAME_UPPER", "SAME_LOWER":
	default:
		s.fail(fmt.Errorf("auto_pad %q is not known", mode))
		return
	}
	if s.err != nil {
		return
	}
	for i := range 2 {
		n := s.in[0].Shape[2+i]
		out := (n + w.strides[i] - 1) / w.strides[i]
		total := max(0, (out-1)*w.strides[i]+w.dilations[i]*(w.kernel[i]-1)+1-n)
		if total > maxWindow {
			s.fail(fmt.Errorf("auto_pad %s pads by %d, over %d", mode, total, maxWindow))
			return
		}
		w.pads[i], w.pads[2+i] = halves(total, mode == "SAME_UPPER")
	}
}

// halves splits total in two, the odd one at the end or at the beginning.
func halves(total int, oddAtEnd bool) (before, after int) {
	if oddAtEnd {
		return total / 2, total - total/2
	}
	return total - total/2, total / 2
}
