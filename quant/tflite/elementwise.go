package tflite

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// reluTo1 is no activation function of the schema: it is the operator RELU_0_TO_1.
const reluTo1 = -1

// activated applies a fused activation function.
func (n *node) activated(x string, function int) string {
	clip := func(lo, hi float32) string { return n.emit("Clip", []string{x, n.float("lo", lo), n.float("hi", hi)}) }
	switch function {
	case 0:
		return x
	case 1:
		return n.emit("Relu", []string{x})
	case 2:
		return clip(-1, 1)
	case 3:
		return clip(0, 6)
	case 4:
		return n.emit("Tanh", []string{x})
	case reluTo1:
		return clip(0, 1)
	}
	n.fail(errActivation)
	return x
}

// layout gives the data inputs in one layout: planar where the result has rank 4 and one of them is there planar,
// so that fewer transpositions are needed, else that of the file.
func (n *node) layout(inputs ...int) (names []string, planar bool) {
	for _, k := range inputs {
		x := n.in(k)
		if n.err != nil {
			return nil, false
		}
		v := n.values[n.inputs[k]]
		planar = planar || len(x.shape) == 4 && v.planar != "" && !x.constant()
	}
	planar = planar && len(n.result(0).shape) == 4
	for _, k := range inputs {
		// What is not constant and of a lower rank would need axes put in and transposed.
		if x := n.in(k); len(x.shape) != 4 && !x.constant() && len(x.shape) > 0 {
			planar = false
		}
	}
	for _, k := range inputs {
		switch x := n.in(k); {
		case !planar || len(x.shape) == 0 || n.err != nil:
			names = append(names, n.plain(k))
		case len(x.shape) == 4:
			names = append(names, n.planar(k))
		default:
			names = append(names, n.raised(k))
		}
	}
	return names, planar
}

// raised is a constant of a lower rank as it broadcasts to planar tensors: [C] as [C,1,1].
func (n *node) raised(k int) string {
	x := n.in(k)
	to := append(slices.Repeat([]int{1}, 4-len(x.shape)), x.shape...)
	channel := to[3]
	if channel*to[1]*to[2] == channel { // only channels, whose order is the same
		return n.emit("Reshape", []string{n.plain(k), n.ints("shape", 1, channel, 1, 1)})
	}
	plain := n.emit("Reshape", []string{n.plain(k), n.ints("shape", to...)})
	return n.emit("Transpose", []string{plain}, onnx.Ints("perm", toPlanar...))
}

// unary is an operator that works element by element, as one ONNX operator or several one after the other.
func unary(ops ...string) func(*node) {
	return func(n *node) {
		x, planar := n.layout(0)
		for _, op := range ops {
			x = []string{n.emit(op, x)}
		}
		n.set(0, x[0], planar)
	}
}

// copied is QUANTIZE and DEQUANTIZE: the codes are those that the tensors' own scales make.
func copied(n *node) {
	x, planar := n.layout(0)
	if n.err == nil {
		n.set(0, n.emit("Identity", x), planar)
	}
}

func clipped(function int) func(*node) {
	return func(n *node) {
		x, planar := n.layout(0)
		if n.err == nil {
			n.set(0, n.activated(x[0], function), planar)
		}
	}
}

// arithmetic is an operator over inputs that broadcast; more are operators applied to its result.
func arithmetic(op string, more ...string) func(*node) {
	return func(n *node) {
		inputs := []int{0, 1}
		if op == "Where" {
			inputs = append(inputs, 2)
		}
		x, planar := n.layout(inputs...)
		y := n.emit(op, x)
		for _, op := range more {
			y = n.emit(op, []string{y})
		}
		if slices.Contains([]string{"Add", "Sub", "Mul", "Div"}, op) {
			y = n.activated(y, n.options.byte(0, 0))
		}
		n.set(0, y, planar)
	}
}

func addN(n *node) {
	var all []int
	for k := range n.inputs {
		all = append(all, k)
	}
	x, planar := n.layout(all...)
	n.set(0, n.emit("Sum", x), planar)
}

func square(n *node) {
	x, planar := n.layout(0)
	n.set(0, n.emit("Mul", append(x, x...)), planar)
}

func squaredDifference(n *node) {
	x, planar := n.layout(0, 1)
	d := n.emit("Sub", x)
	n.set(0, n.emit("Mul", []string{d, d}), planar)
}

func leakyRelu(n *node) {
	x, planar := n.layout(0)
	n.set(0, n.emit("LeakyRelu", x, onnx.Real("alpha", n.options.float(0, 0))), planar)
}

func prelu(n *node) {
	x, planar := n.layout(0, 1)
	n.set(0, n.emit("PRelu", x), planar)
}

func gelu(n *node) {
	x, planar := n.layout(0)
	approximate := "none"
	if n.options.bool(0, false) {
		approximate = "tanh"
	}
	n.set(0, n.emit("Gelu", x, onnx.Text("approximate", approximate)), planar)
}

// along is the axis of a value in the layout it has.
func along(axis int, planar bool) int {
	if planar {
		return slices.Index(toPlanar, axis)
	}
	return axis
}

func softmax(n *node) {
	x, planar := n.layout(0)
	if beta := n.options.float(0, 1); beta != 1 {
		x = []string{n.emit("Mul", []string{n.first(x), n.float("beta", beta)})}
	}
	n.set(0, n.emit("Softmax", x, onnx.Int("axis", n.last(planar))), planar)
}

func logSoftmax(n *node) {
	x, planar := n.layout(0)
	n.set(0, n.emit("LogSoftmax", x, onnx.Int("axis", n.last(planar))), planar)
}

// last is the last axis of input 0.
func (n *node) last(planar bool) int { return along(max(len(n.in(0).shape)-1, 0), planar) }

// first is the first of names, "" after an error.
func (n *node) first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// l2Normalization divides by the length of each vector of channels, which counts as 1e-6 at least.
func l2Normalization(n *node) {
	x, planar := n.layout(0)
	length := n.emit("ReduceL2", append(x[:len(x):len(x)], n.ints("axes", n.last(planar))), onnx.Int("keepdims", 1))
	length = n.emit("Max", []string{length, n.float("least", 1e-6)})
	n.set(0, n.activated(n.emit("Div", append(x, length)), n.options.byte(0, 0)), planar)
}

// localResponseNormalization sums over 2·radius+1 channels where ONNX takes their mean.
func localResponseNormalization(n *node) {
	radius := n.options.int(0, 0)
	if radius < 0 || radius > math.MaxInt16 {
		n.fail(errRadius)
		return
	}
	n.set(0, n.emit("LRN", []string{n.planar(0)},
		onnx.Int("size", 2*radius+1), onnx.Real("bias", n.options.float(1, 0)),
		onnx.Real("alpha", n.options.float(2, 0)*float32(2*radius+1)), onnx.Real("beta", n.options.float(3, 0))), true)
}

// cast turns elements into those of the result's type.
func cast(n *node) {
	x, planar := n.layout(0)
	n.set(0, n.emit("Cast", x, onnx.Int("to", int(typeOf(n.result(0).typ)))), planar)
}
