package tflite

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

var (
	errActivation = errors.New("the fused activation function is not supported")
	errRadius     = errors.New("the radius is not possible")
)

// The orders of axes that turn TensorFlow's weights into ONNX's: [O,H,W,I] to [O,I,H,W], depthwise [1,H,W,O] to
// [O,1,H,W], and transposed [O,H,W,I] to [I,O,H,W].
var (
	convOrder       = toPlanar
	depthwiseOrder  = []int{3, 0, 1, 2}
	transposedOrder = []int{3, 0, 1, 2}
)

// weight is input k as a weight, with its axes in the order of ONNX. One that is computed is transposed.
func (n *node) weight(k int, order []int) string {
	x := n.in(k)
	switch {
	case n.err != nil:
		return ""
	case len(x.shape) != 4:
		n.fail(fmt.Errorf("weight %q %v is not of rank 4", x.name, x.shape))
		return ""
	case !x.constant():
		return n.emit("Transpose", []string{n.plain(k)}, onnx.Ints("perm", order...))
	}
	name, err := n.constant(n.inputs[k], order)
	if err != nil {
		n.fail(err)
	}
	return name
}

// windows are the attributes of a convolution or pooling of strides that stand in the options as they do in
// all of them: padding, then width, then height.
func (n *node) windows() []onnx.Attr {
	pad := "SAME_UPPER"
	if n.options.byte(0, 0) != 0 {
		pad = "VALID"
	}
	return []onnx.Attr{onnx.Text("auto_pad", pad), onnx.Ints("strides", n.options.int(2, 0), n.options.int(1, 0))}
}

func conv2D(n *node) {
	x, w := n.in(0), n.in(1)
	if n.err != nil {
		return
	}
	group := 1
	if len(x.shape) == 4 && len(w.shape) == 4 && w.shape[3] > 0 && x.shape[3]%w.shape[3] == 0 {
		group = max(x.shape[3]/w.shape[3], 1)
	}
	attrs := append(n.windows(), onnx.Ints("dilations", n.options.int(5, 1), n.options.int(4, 1)), onnx.Int("group", group))
	n.convolve(n.weight(1, convOrder), n.options.byte(3, 0), attrs)
}

func depthwiseConv2D(n *node) {
	x := n.in(0)
	if n.err != nil {
		return
	}
	if len(x.shape) != 4 {
		n.fail(fmt.Errorf("input %q %v is not of rank 4", x.name, x.shape))
		return
	}
	attrs := append(n.windows(), onnx.Ints("dilations", n.options.int(6, 1), n.options.int(5, 1)), onnx.Int("group", x.shape[3]))
	n.convolve(n.weight(1, depthwiseOrder), n.options.byte(4, 0), attrs)
}

func (n *node) convolve(weight string, function int, attrs []onnx.Attr) {
	inputs := []string{n.planar(0), weight}
	if n.has(2) {
		inputs = append(inputs, n.plain(2))
	}
	n.set(0, n.activated(n.emit("Conv", inputs, attrs...), function), true)
}

// transposeConv has the output's size, the weight, the input and perhaps a bias. With padding SAME the size is
// the input's by the stride; what the window then has too much is cut off, half of it in front.
func transposeConv(n *node) {
	w := n.in(1)
	if n.err != nil {
		return
	}
	if len(w.shape) != 4 || len(n.in(2).shape) != 4 {
		n.fail(fmt.Errorf("weight %q %v and input %q %v must have rank 4", w.name, w.shape, n.in(2).name, n.in(2).shape))
		return
	}
	inputs := []string{n.planar(2), n.weight(1, transposedOrder)}
	if n.has(3) {
		inputs = append(inputs, n.plain(3))
	}
	strides := []int{n.options.int(2, 0), n.options.int(1, 0)}
	pads, more := make([]int, 4), make([]int, 2)
	var sizes []int
	if n.in(0).constant() {
		if sizes = n.list(0, "the output's shape"); n.err == nil && len(sizes) != 4 {
			n.fail(fmt.Errorf("the output's shape %v is not of rank 4", sizes[:min(len(sizes), 9)]))
		}
	}
	for i := range 2 {
		kernel := w.shape[1+i]
		cut := 0
		if n.options.byte(0, 0) == 0 {
			cut = max(kernel-strides[i], 0)
		}
		more[i] = max(strides[i]-kernel, 0)
		if n.err == nil && sizes != nil {
			least := strides[i]*(n.in(2).shape[1+i]-1) + kernel
			cut, more[i] = max(least-sizes[1+i], 0), max(sizes[1+i]-least, 0)
		}
		pads[i], pads[2+i] = cut/2, cut-cut/2
	}
	y := n.emit("ConvTranspose", inputs, onnx.Ints("strides", strides...), onnx.Ints("pads", pads...), onnx.Ints("output_padding", more...))
	n.set(0, n.activated(y, n.options.byte(3, 0)), true)
}

// fullyConnected multiplies vectors by a weight [out,in]. All axes of the input but the last are items.
func fullyConnected(n *node) {
	x, w, y := n.in(0), n.in(1), n.result(0)
	if n.err != nil {
		return
	}
	if n.options.byte(1, 0) != 0 {
		n.fail(errors.New("the weight is stored in shuffled blocks, which is not supported"))
		return
	}
	if len(w.shape) != 2 {
		n.fail(fmt.Errorf("weight %q %v is not of rank 2", w.name, w.shape))
		return
	}
	in := n.flat(0)
	if len(x.shape) != 2 || x.shape[1] != w.shape[1] {
		in = n.emit("Reshape", []string{in, n.ints("rows", -1, w.shape[1])})
	}
	inputs := []string{in, n.plain(1)}
	if n.has(2) {
		inputs = append(inputs, n.plain(2))
	}
	out := n.emit("Gemm", inputs, onnx.Int("transB", 1))
	if len(y.shape) != 2 && len(y.shape) > 0 {
		out = n.emit("Reshape", []string{out, n.sizes("shape", y, w.shape[0])})
	}
	n.set(0, n.activated(out, n.options.byte(0, 0)), false)
}

// sizes are a tensor's sizes but for one that the file leaves open, with the last one given.
func (n *node) sizes(role string, x *tensor, last int) string {
	to := append([]int(nil), x.shape...)
	for i := range to {
		if x.open != nil && x.open[i] {
			to[i] = -1
		}
	}
	to[len(to)-1] = last
	return n.ints(role, to...)
}

// batchMatMul multiplies matrices, either of which it may transpose first.
func batchMatMul(n *node) {
	names := []string{n.plain(0), n.plain(1)}
	for k := range names {
		if rank := len(n.in(k).shape); n.options.bool(k, false) && rank >= 2 {
			order := make([]int, rank)
			for i := range order {
				order[i] = i
			}
			order[rank-2], order[rank-1] = rank-1, rank-2
			names[k] = n.emit("Transpose", []string{names[k]}, onnx.Ints("perm", order...))
		}
	}
	n.set(0, n.emit("MatMul", names), false)
}

// pool is a pooling; the mean is of the elements under the window, without padding.
func pool(op string) func(*node) {
	return func(n *node) {
		attrs := append(n.windows(), onnx.Ints("kernel_shape", n.options.int(4, 0), n.options.int(3, 0)))
		y := n.emit(op, []string{n.planar(0)}, attrs...)
		n.set(0, n.activated(y, n.options.byte(5, 0)), true)
	}
}
