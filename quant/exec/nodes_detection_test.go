package exec_test

import (
	"math"

	"github.com/quantscope/quantscope/quant/onnx"
)

// twinCases are nodes that no kernel computes but the operator's scalar twin, and those that detectors have.
func twinCases() (cases []nodeCase) {
	type attrs = []onnx.Attr
	add := func(op string, opset int64, a attrs, inputs ...nodeInput) {
		cases = append(cases, nodeCase{op: op, opset: opset, attrs: a, inputs: inputs})
	}
	given := func(shape []int, x ...float64) nodeInput { return nodeInput{shape: shape, data: x} }
	image := floats(2, 3, 4, 5)
	for _, op := range []string{"Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh"} {
		add(op, 13, nil, image)
		add(op, 13, nil, given([]int{7}, 0, 1e-4, -7.5, 30, 1000, -31.4159, 3e7).clipped(op))
	}
	add("Asin", 13, nil, given([]int{7}, -1, -0.99, -1e-3, 0, 0.3, 0.9, 1))
	add("Acos", 13, nil, given([]int{7}, -1, -0.99, -1e-3, 0, 0.3, 0.9, 1))
	add("Atanh", 13, nil, given([]int{6}, -0.99, -1e-3, 0, 0.3, 0.9, 0.999))
	add("Acosh", 13, nil, given([]int{5}, 1, 1.001, 1.5, 20, 1e6))
	inf := math.Inf(1)
	special := given([]int{2, 3}, 0, inf, -inf, math.NaN(), -5, 3)
	add("IsNaN", 20, nil, special)
	add("IsInf", 20, nil, special)
	add("IsInf", 20, attrs{onnx.Int("detect_negative", 0)}, special)
	add("IsInf", 20, attrs{onnx.Int("detect_positive", 0)}, special)
	add("IsInf", 20, attrs{onnx.Int("detect_positive", 0), onnx.Int("detect_negative", 0)}, special)
	add("Shrink", 13, nil, image)
	add("Shrink", 13, attrs{onnx.Real("lambd", 0.8), onnx.Real("bias", 0.3)}, image)
	for _, n := range []int{1, 2, 3, 5} {
		add("Det", 13, nil, floats(4, n, n))
	}
	add("Det", 13, nil, floats(4, 4))
	bytes := func(most int, shape ...int) nodeInput { return whole(most, shape...).cast(onnx.Uint8) }
	for _, direction := range []string{"LEFT", "RIGHT"} {
		add("BitShift", 13, attrs{onnx.Text("direction", direction)}, bytes(256, 3, 5), bytes(8, 5))
	}
	for _, op := range []string{"BitwiseAnd", "BitwiseOr", "BitwiseXor"} {
		add(op, 18, nil, bytes(256, 3, 5), bytes(256, 5))
		add(op, 18, nil, whole(5000, 3, 5).cast(onnx.Int32), whole(5000, 3, 5).cast(onnx.Int32))
	}
	add("BitwiseNot", 18, nil, bytes(256, 3, 5))
	add("BitwiseNot", 18, nil, whole(900, 4))

	for _, reduction := range []string{"add", "mul", "min", "max"} {
		a := attrs{onnx.Text("reduction", reduction)}
		add("ScatterElements", 18, append(a, onnx.Int("axis", 1)), floats(2, 5, 3), whole(5, 2, 4, 3), floats(2, 4, 3))
		add("ScatterElements", 18, a, whole(50, 6, 3), whole(6, 4, 3), whole(50, 4, 3))
		add("ScatterND", 18, a, floats(4, 3, 2), whole(4, 5, 1), floats(5, 3, 2))
		add("ScatterND", 18, a, floats(4, 3, 2), whole(2, 5, 2), floats(5, 2))
	}

	for _, padding := range []string{"zeros", "border", "reflection"} {
		for corners := range 2 {
			for _, mode := range []string{"linear", "nearest", "cubic"} {
				a := attrs{onnx.Text("mode", mode), onnx.Text("padding_mode", padding), onnx.Int("align_corners", corners)}
				add("GridSample", 20, a, floats(2, 3, 5, 7), floats(2, 4, 3, 2))
				if mode != "cubic" {
					add("GridSample", 20, a, floats(2, 2, 3, 4, 5), floats(2, 2, 3, 2, 3))
				}
			}
			a := attrs{onnx.Text("mode", "bilinear"), onnx.Text("padding_mode", padding), onnx.Int("align_corners", corners)}
			add("GridSample", 16, a, floats(1, 3, 6, 1), floats(1, 4, 3, 2))
		}
	}

	boxes := given([]int{4, 4}, 1, 2, 9, 11, 0, 0, 3, 3, -2, -1, 30, 25, 4, 4, 4.5, 4.25)
	items := nodeInput{shape: []int{4}, t: onnx.Int64, data: []float64{0, 1, 1, 0}}
	for _, mode := range []string{"avg", "max"} {
		for sampling := range 3 {
			a := attrs{onnx.Text("mode", mode), onnx.Int("sampling_ratio", sampling), onnx.Int("output_height", 3), onnx.Int("output_width", 2), onnx.Real("spatial_scale", 0.5)}
			add("RoiAlign", 16, a, floats(2, 3, 9, 12), boxes, items)
			add("RoiAlign", 16, append(a, onnx.Text("coordinate_transformation_mode", "output_half_pixel")), floats(2, 3, 9, 12), boxes, items)
			add("RoiAlign", 10, a, floats(2, 3, 9, 12), boxes, items)
		}
	}

	pools := func(opset int64, a attrs, x nodeInput) {
		cases = append(cases, nodeCase{op: "MaxPool", opset: opset, attrs: a, inputs: []nodeInput{x}, outputs: 2})
	}
	pools(12, attrs{onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2)}, floats(2, 3, 6, 8))
	pools(12, attrs{onnx.Ints("kernel_shape", 3, 2), onnx.Ints("pads", 1, 0, 1, 1), onnx.Int("ceil_mode", 1), onnx.Ints("strides", 2, 2)}, floats(2, 3, 6, 7))
	pools(12, attrs{onnx.Ints("kernel_shape", 2, 3), onnx.Int("storage_order", 1)}, floats(2, 3, 6, 8))
	pools(12, attrs{onnx.Ints("kernel_shape", 3), onnx.Ints("dilations", 2)}, floats(2, 3, 9))
	pools(12, attrs{onnx.Ints("kernel_shape", 2, 2, 2), onnx.Ints("strides", 2, 1, 2)}, floats(1, 2, 4, 5, 6))
	places := nodeInput{shape: []int{1, 2, 2, 2}, t: onnx.Int64, data: []float64{5, 7, 13, 15, 16, 18, 24, 31}}
	add("MaxUnpool", 11, attrs{onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2)}, floats(1, 2, 2, 2), places)
	add("MaxUnpool", 11, attrs{onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2)}, floats(1, 2, 2, 2), places, list(1, 2, 5, 5))

	volume := attrs{onnx.Ints("strides", 2, 1, 2), onnx.Ints("pads", 1, 0, 1, 0, 1, 1), onnx.Ints("output_padding", 1, 0, 0)}
	add("ConvTranspose", 13, volume, floats(2, 4, 3, 4, 5), floats(4, 3, 3, 2, 3), floats(3))
	add("ConvTranspose", 13, attrs{onnx.Int("group", 2), onnx.Ints("dilations", 1, 2, 1)}, floats(1, 4, 3, 3, 3), fixedInput(floats(4, 3, 2, 2, 2)))

	past := func(a attrs, outputs int, inputs ...nodeInput) {
		cases = append(cases, nodeCase{op: "Attention", opset: 23, attrs: a, inputs: inputs, outputs: outputs})
	}
	none := nodeInput{absent: true}
	past(nil, 3, floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 5), none, floats(2, 3, 2, 8), floats(2, 3, 2, 5))
	past(attrs{onnx.Int("q_num_heads", 3), onnx.Int("kv_num_heads", 3)}, 3, floats(2, 4, 24), floats(2, 6, 24), floats(2, 6, 24), floats(4, 9), floats(2, 3, 3, 8), floats(2, 3, 3, 8))
	add("HardSwish", 14, nil, image)
	add("Mish", 18, nil, image)
	add("Cast", 13, attrs{onnx.Int("to", int(onnx.Int64))}, image)
	add("Cast", 13, attrs{onnx.Int("to", int(onnx.Bool))}, whole(3, 2, 5))
	return cases
}

// clipped limits large numbers for functions that they overflow.
func (in nodeInput) clipped(op string) nodeInput {
	for i, v := range in.data {
		if op == "Sinh" || op == "Cosh" {
			in.data[i] = max(min(v, 30), -30)
		}
	}
	return in
}

func fixedInput(in nodeInput) nodeInput {
	in.fixed = true
	return in
}
