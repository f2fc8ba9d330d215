package tflite

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// flat is the name of input k's elements in the order of the file, whatever the shape they have there. Where
// there is one pixel or one channel, both layouts have the same order.
func (n *node) flat(k int) string {
	x := n.in(k)
	if n.err != nil {
		return ""
	}
	v := n.values[n.inputs[k]]
	if len(x.shape) == 4 && v.plain == "" && v.planar != "" {
		fixed := func(axis int) bool { return x.shape[axis] == 1 && (x.open == nil || !x.open[axis]) }
		if fixed(3) || fixed(1) && fixed(2) {
			return v.planar
		}
	}
	return n.plain(k)
}

// long is input k as the 64-bit integers that ONNX wants of shapes.
func (n *node) long(k int) string {
	x := n.in(k)
	if n.err != nil {
		return ""
	}
	if x.constant() {
		return n.ints("sizes", n.list(k, "the list")...)
	}
	return n.emit("Cast", []string{n.plain(k)}, onnx.Int("to", int(onnx.Int64)))
}

func reshape(n *node) {
	y := n.result(0)
	if n.err != nil {
		return
	}
	var to string
	switch given := n.options.ints(0); {
	case len(y.shape) == 0:
		to = n.ints("shape")
	case n.has(1) && (n.in(1).constant() || !slices.Equal(n.in(1).shape, []int{0})):
		to = n.long(1)
	case given != nil:
		to = n.ints("shape", given...)
	default:
		to = n.sizes("shape", y, y.shape[len(y.shape)-1])
	}
	n.moved(0, n.emit("Reshape", []string{n.flat(0), to}), false)
}

func squeeze(n *node) {
	rank := len(n.in(0).shape)
	inputs := []string{n.plain(0)}
	if axes := n.options.ints(0); len(axes) > 0 {
		for i, a := range axes {
			axes[i] = n.axis(a, rank)
		}
		inputs = append(inputs, n.ints("axes", axes...))
	}
	n.moved(0, n.emit("Squeeze", inputs), false)
}

func expandDims(n *node) {
	axis := n.list(1, "the axis")
	if n.err == nil && len(axis) != 1 {
		n.fail(fmt.Errorf("it has %d axes, want 1", len(axis)))
	}
	n.moved(0, n.emit("Unsqueeze", []string{n.plain(0), n.ints("axes", axis...)}), false)
}

// transpose puts axes in another order. From and to planar nothing may be left to do.
func transpose(n *node) {
	x := n.in(0)
	order := n.list(1, "the order of axes")
	if n.err != nil {
		return
	}
	if len(order) != len(x.shape) {
		n.fail(fmt.Errorf("the order of axes %v is not for input %q %v", order, x.name, x.shape))
		return
	}
	for i, a := range order {
		if a = n.axis(a, len(order)); slices.Contains(order[:i], a) {
			n.fail(fmt.Errorf("the order of axes %v names one twice", order))
		}
		order[i] = a
	}
	if n.err != nil {
		return
	}
	v := n.values[n.inputs[0]]
	if len(order) == 4 && slices.Equal(order, toPlain) && v.planar == "" {
		// The input has the channels first: the result's planar form.
		n.moved(0, n.emit("Identity", []string{n.plain(0)}), true)
		return
	}
	var from string
	if len(order) == 4 && v.planar != "" {
		from = v.planar
		for i, a := range order {
			order[i] = along(a, true)
		}
	} else {
		from = n.plain(0)
	}
	if slices.IsSorted(order) {
		n.moved(0, n.emit("Identity", []string{from}), false)
		return
	}
	n.moved(0, n.emit("Transpose", []string{from}, onnx.Ints("perm", order...)), false)
}

// concatenation has its activation function second.
func concatenation(n *node) {
	var all []int
	for k := range n.inputs {
		all = append(all, k)
	}
	axis := n.axis(n.options.int(0, 0), len(n.result(0).shape))
	if x, planar := n.layout(all...); n.err == nil {
		y := n.emit("Concat", x, onnx.Int("axis", along(axis, planar)))
		n.set(0, n.activated(y, n.options.byte(1, 0)), planar)
	}
}

func pack(n *node) {
	y := n.result(0)
	axis := n.axis(n.options.int(1, 0), len(y.shape))
	axes := n.ints("axes", axis)
	var parts []string
	for k := range n.inputs {
		parts = append(parts, n.emit("Unsqueeze", []string{n.plain(k), axes}))
	}
	n.set(0, n.emit("Concat", parts, onnx.Int("axis", axis)), false)
}

func unpack(n *node) {
	axis := n.axis(n.options.int(1, 0), len(n.in(0).shape))
	ones := slices.Repeat([]int{1}, len(n.outputs))
	axes := n.ints("axes", axis)
	for k, part := range n.parts(n.plain(0), axis, ones) {
		n.set(k, n.emit("Squeeze", []string{part, axes}), false)
	}
}

// split has the axis first.
func split(n *node) {
	axis := n.one(0, "the axis")
	x := n.in(1)
	axis = n.axis(axis, len(x.shape))
	if n.err != nil {
		return
	}
	n.apart(1, axis, slices.Repeat([]int{x.shape[axis] / len(n.outputs)}, len(n.outputs)))
}

func splitV(n *node) {
	x, sizes := n.in(0), n.list(1, "the sizes")
	axis := n.axis(n.one(2, "the axis"), len(x.shape))
	if n.err != nil {
		return
	}
	// One size may be -1: what is left.
	if i := slices.Index(sizes, -1); i >= 0 {
		sizes[i] = x.shape[axis]
		for k, s := range sizes {
			if k != i {
				sizes[i] -= s
			}
		}
	}
	n.apart(0, axis, sizes)
}

// apart makes the outputs of parts of input k.
func (n *node) apart(k, axis int, sizes []int) {
	if len(sizes) != len(n.outputs) {
		n.fail(fmt.Errorf("it splits into %d and has %d outputs", len(sizes), len(n.outputs)))
	}
	if x, planar := n.layout(k); n.err == nil {
		for i, part := range n.parts(x[0], along(axis, planar), sizes) {
			n.set(i, part, planar)
		}
	}
}

// parts splits a value.
func (n *node) parts(x string, axis int, sizes []int) []string {
	inputs := []string{x, n.ints("split", sizes...)}
	if n.err != nil {
		return nil
	}
	outputs := make([]string, len(sizes))
	for i := range outputs {
		outputs[i] = n.names.Fresh(n.name + "_part")
	}
	n.translator.node("Split", n.name, inputs, outputs, onnx.Int("axis", axis))
	return outputs
}

// one is input k, which must be one constant integer.
func (n *node) one(k int, what string) int {
	list := n.list(k, what)
	if n.err == nil && len(list) != 1 {
		n.fail(fmt.Errorf("%s is %d numbers, want 1", what, len(list)))
	}
	if n.err != nil {
		return 0
	}
	return list[0]
}

// inPlanar puts a list with an entry for each axis in the order of planar axes.
func inPlanar(list []int, planar bool) []int {
	if !planar {
		return list
	}
	out := make([]int, len(list))
	for i, a := range toPlanar {
		out[i] = list[a]
	}
	return out
}

// edges are the paddings of input 1, [rank,2], in the order of ONNX: all the befores, then all the afters.
func (n *node) edges(planar bool) []int {
	list, rank := n.list(1, "the paddings"), len(n.in(0).shape)
	if n.err == nil && len(list) != 2*rank {
		n.fail(fmt.Errorf("it has %d paddings for rank %d", len(list), rank))
	}
	if n.err != nil {
		return nil
	}
	before, after := make([]int, rank), make([]int, rank)
	for i := range rank {
		before[i], after[i] = list[2*i], list[2*i+1]
	}
	return append(inPlanar(before, planar), inPlanar(after, planar)...)
}

// pad is PAD and PADV2, which has the value.
func pad(n *node) {
	x, planar := n.layout(0)
	edges := n.edges(planar)
	inputs := append(x, n.ints("pads", edges...))
	if n.has(2) {
		value := n.plain(2)
		if len(n.in(2).shape) > 0 {
			value = n.emit("Reshape", []string{value, n.ints("scalar")})
		}
		inputs = append(inputs, value)
	}
	n.set(0, n.emit("Pad", inputs), planar)
}

func mirrorPad(n *node) {
	x, planar := n.layout(0)
	edges := n.edges(planar)
	mode := "reflect"
	if n.options.byte(0, 0) == 1 {
		// Symmetric repeats the edge itself, which by one element is the edge and no more.
		mode = "edge"
		if slices.ContainsFunc(edges, func(e int) bool { return e > 1 }) {
			n.fail(errors.New("symmetric padding by more than one element is not supported"))
		}
	}
	n.set(0, n.emit("Pad", append(x, n.ints("pads", edges...)), onnx.Text("mode", mode)), planar)
}

// slice begins somewhere and has sizes, of which -1 is what is left.
func slice(n *node) {
	begin, size, rank := n.list(1, "the beginning"), n.list(2, "the sizes"), len(n.in(0).shape)
	if n.err == nil && (len(begin) != rank || len(size) != rank) {
		n.fail(fmt.Errorf("beginning %v and sizes %v are not for rank %d", begin, size, rank))
	}
	if n.err != nil {
		return
	}
	end := make([]int, rank)
	for i := range end {
		if end[i] = begin[i] + size[i]; size[i] < 0 {
			end[i] = farEnd
		}
	}
	x, planar := n.layout(0)
	n.set(0, n.cut(n.first(x), inPlanar(begin, planar), inPlanar(end, planar), slices.Repeat([]int{1}, rank)), planar)
}

// farEnd is behind the last element of every axis.
const farEnd = 1<<31 - 1

// cut is a Slice over all axes.
func (n *node) cut(x string, begin, end, step []int) string {
	axes := make([]int, len(begin))
	for i := range axes {
		axes[i] = i
	}
	return n.emit("Slice", []string{x, n.ints("begin", begin...), n.ints("end", end...), n.ints("axes", axes...), n.ints("step", step...)})
}

func reverse(n *node) {
	rank := len(n.in(0).shape)
	begin, end, step := make([]int, rank), slices.Repeat([]int{farEnd}, rank), slices.Repeat([]int{1}, rank)
	for _, a := range n.list(1, "the axes") {
		if a = n.axis(a, rank); n.err == nil {
			begin[a], end[a], step[a] = -1, -farEnd, -1
		}
	}
	n.moved(0, n.cut(n.plain(0), begin, end, step), false)
}

func tile(n *node) { n.moved(0, n.emit("Tile", []string{n.plain(0), n.long(1)}), false) }

func broadcastTo(n *node) { n.moved(0, n.emit("Expand", []string{n.plain(0), n.long(1)}), false) }

// fill has the shape first.
func fill(n *node) { n.set(0, n.emit("Expand", []string{n.plain(1), n.long(0)}), false) }

func shape(n *node) {
	x := n.plain(0)
	y := n.emit("Shape", []string{x})
	if n.result(0).typ != int64Type {
		y = n.emit("Cast", []string{y}, onnx.Int("to", int(typeOf(n.result(0).typ))))
	}
	n.set(0, y, false)
}

func gather(n *node) {
	if n.options.int(1, 0) != 0 {
		n.fail(errors.New("batch_dims is not supported"))
	}
	axis := n.axis(n.options.int(0, 0), len(n.in(0).shape))
	n.moved(0, n.emit("Gather", []string{n.plain(0), n.plain(1)}, onnx.Int("axis", axis)), false)
}

// embeddingLookup has the indices first.
func embeddingLookup(n *node) {
	n.set(0, n.emit("Gather", []string{n.plain(1), n.plain(0)}), false)
}

func gatherND(n *node) { n.moved(0, n.emit("GatherND", []string{n.plain(0), n.long(1)}), false) }

// oneHot has the depth and both values as inputs of their own.
func oneHot(n *node) {
	one := n.ints("one", 1)
	values := n.emit("Concat", []string{
		n.emit("Reshape", []string{n.plain(3), one}), n.emit("Reshape", []string{n.plain(2), one}),
	}, onnx.Int("axis", 0))
	n.set(0, n.emit("OneHot", []string{n.plain(0), n.plain(1), values}, onnx.Int("axis", n.options.int(0, 0))), false)
}

func topK(n *node) {
	inputs := []string{n.plain(0), n.ints("k", n.one(1, "k"))}
	if n.err != nil {
		return
	}
	values, indices := n.names.Fresh(n.name+"_values"), n.names.Fresh(n.name+"_indices")
	n.translator.node("TopK", n.name, inputs, []string{values, indices})
	n.set(0, values, false)
	if len(n.outputs) > 1 {
		n.set(1, n.emit("Cast", []string{indices}, onnx.Int("to", int(typeOf(n.result(1).typ)))), false)
	}
}

// reduce has its axes as an input.
func reduce(op string) func(*node) {
	return func(n *node) {
		x := n.in(0)
		axes, keep := n.list(1, "the axes"), n.options.bool(0, false)
		if n.err != nil {
			return
		}
		for i, a := range axes {
			axes[i] = n.axis(a, len(x.shape))
		}
		// With the channels first the axes that stay may come in another order.
		planar := n.err == nil && len(x.shape) == 4 && n.values[n.inputs[0]].planar != ""
		if planar && !keep {
			var left []int
			for a := range 4 {
				if !slices.Contains(axes, a) {
					left = append(left, along(a, true))
				}
			}
			planar = slices.IsSorted(left)
		}
		in := ""
		if planar {
			in = n.planar(0)
			for i, a := range axes {
				axes[i] = along(a, true)
			}
		} else {
			in = n.plain(0)
		}
		y := n.emit(op, []string{in, n.ints("axes", axes...)}, onnx.Flag("keepdims", keep))
		n.set(0, y, planar && keep)
	}
}

// arg is the index of the greatest or least element along an axis.
func arg(op string) func(*node) {
	return func(n *node) {
		axis := n.axis(n.one(1, "the axis"), len(n.in(0).shape))
		y := n.emit(op, []string{n.plain(0)}, onnx.Int("axis", axis), onnx.Int("keepdims", 0))
		if t := n.result(0).typ; t != int64Type {
			y = n.emit("Cast", []string{y}, onnx.Int("to", int(typeOf(t))))
		}
		n.set(0, y, false)
	}
}

func cumSum(n *node) {
	n.set(0, n.emit("CumSum", []string{n.plain(0), n.plain(1)},
		onnx.Flag("exclusive", n.options.bool(0, false)), onnx.Flag("reverse", n.options.bool(1, false))), false)
}
