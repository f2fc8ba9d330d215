package exec_test

import "github.com/quantscope/quantscope/quant/onnx"

// nodeCases lists nodes as files have them.
func nodeCases() (cases []nodeCase) {
	add := func(op string, opset int64, attrs []onnx.Attr, inputs ...nodeInput) {
		cases = append(cases, nodeCase{op: op, opset: opset, attrs: attrs, inputs: inputs})
	}
	type attrs = []onnx.Attr
	fixed := func(in nodeInput) nodeInput { in.fixed = true; return in }
	image := floats(2, 3, 4, 5)
	for _, op := range []string{"Erf", "Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Reciprocal", "Softsign", "Selu", "Celu", "Exp", "LogSoftmax"} {
		add(op, 13, nil, image)
	}
	add("Log", 13, nil, positive(2, 7))
	add("Selu", 13, attrs{onnx.Real("alpha", 1.2), onnx.Real("gamma", 2)}, image)
	add("Celu", 13, attrs{onnx.Real("alpha", 0.7)}, image)
	add("ThresholdedRelu", 13, attrs{onnx.Real("alpha", 0.3)}, image)
	add("LogSoftmax", 11, attrs{onnx.Int("axis", 2)}, image)
	add("LogSoftmax", 13, attrs{onnx.Int("axis", 1)}, image)
	for _, op := range []string{"Max", "Min", "Sum", "Mean"} {
		add(op, 13, nil, image)
		add(op, 13, nil, image, floats(4, 1))
		add(op, 13, nil, image, floats(4, 1), floats(3, 1, 5))
	}
	for _, op := range []string{"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"} {
		add(op, 16, nil, whole(3, 2, 3, 4, 5), whole(3, 3, 1, 5))
		add(op, 16, nil, image, floats(5))
	}
	for _, op := range []string{"And", "Or", "Xor"} {
		add(op, 13, nil, truths(2, 3, 4, 5), truths(4, 1))
	}
	add("Not", 13, nil, truths(2, 3, 4))
	add("Where", 16, nil, truths(4, 1), image, floats(3, 1, 5))
	add("Where", 16, nil, truths(2, 3, 4, 5), floats(1), image)
	add("Where", 16, nil, truths(3, 1), whole(9, 3, 4), whole(9, 4))
	for _, op := range []string{"Add", "Sub", "Mul"} {
		add(op, 14, nil, whole(99, 3, 4), whole(99, 4))
	}
	for _, op := range []string{"ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ReduceProd"} {
		for _, shape := range [][]int{{2, 3, 4, 5}, {3, 7}} {
			in := positive(shape...)
			add(op, 18, nil, in)
			add(op, 18, attrs{onnx.Int("keepdims", 0)}, in, list(1))
			add(op, 13, attrs{onnx.Ints("axes", 0, -1), onnx.Int("keepdims", 0)}, in)
		}
		add(op, 18, nil, positive(2, 3, 4), list(0, 2))
	}
	add("ReduceMax", 18, nil, whole(50, 2, 3, 4), list(1))
	add("ReduceMin", 18, nil, whole(50, 2, 3, 4), list(1))
	add("ReduceSum", 13, nil, whole(50, 2, 3, 4), list(1))
	add("LpNormalization", 13, attrs{onnx.Int("axis", 1)}, image)
	add("LpNormalization", 13, attrs{onnx.Int("p", 1)}, image)
	for p := 1; p < 4; p++ {
		add("LpPool", 11, attrs{onnx.Int("p", p), onnx.Ints("kernel_shape", 2, 3), onnx.Ints("strides", 1, 2), onnx.Ints("pads", 1, 1, 0, 1)}, image)
		add("GlobalLpPool", 13, attrs{onnx.Int("p", p)}, image)
	}
	add("Clip", 13, nil, image, nodeInput{data: []float64{-0.5}}.of(), nodeInput{data: []float64{0.25}}.of())
	add("Clip", 13, nil, image, nodeInput{absent: true}, nodeInput{data: []float64{0.25}}.of())
	add("Clip", 13, nil, whole(20, 3, 4), nodeInput{data: []float64{5}, t: onnx.Int64, fixed: true}.of(), nodeInput{data: []float64{11}, t: onnx.Int64}.of())
	for fmod := range 2 {
		add("Mod", 13, attrs{onnx.Int("fmod", fmod)}, whole(5000, 7, 40), nodeInput{t: onnx.Int64, data: []float64{3, -7, 11, 1, -2, 640, 4999}}.of(7, 1))
		add("Mod", 13, attrs{onnx.Int("fmod", fmod)}, nodeInput{t: onnx.Int64, data: []float64{-17, 5, -6, 9}}.of(4), list(-5, 3, 4, -3))
	}
	add("GroupNormalization", 21, attrs{onnx.Int("num_groups", 2)}, floats(2, 6, 4, 3), floats(6), floats(6))
	add("GroupNormalization", 21, attrs{onnx.Int("num_groups", 3), onnx.Real("epsilon", 0.1)}, floats(2, 6, 5), fixed(floats(6)), fixed(floats(6)))
	add("MeanVarianceNormalization", 13, nil, image)
	add("MeanVarianceNormalization", 13, attrs{onnx.Ints("axes", 1)}, floats(3, 7))
	add("Tile", 13, nil, image, list(1, 2, 3, 1))
	add("Tile", 13, nil, floats(3), list(4))
	add("Tile", 13, nil, whole(9, 2, 3), list(2, 2))
	for _, c := range []struct {
		equation string
		inputs   []nodeInput
	}{
		{"ij,jk->ik", []nodeInput{floats(2, 3), floats(3, 4)}},
		{"bij,bjk->bik", []nodeInput{floats(2, 3, 4), floats(2, 4, 5)}},
		{"bhqd,bhkd->bhqk", []nodeInput{floats(2, 3, 4, 5), floats(2, 3, 6, 5)}},
		{"bhwc,hkc->bhwk", []nodeInput{floats(2, 3, 4, 5), floats(3, 6, 5)}},
		{"ij->ji", []nodeInput{floats(2, 3)}},
		{"ijk->j", []nodeInput{floats(2, 3, 4)}},
		{"i,j->ij", []nodeInput{floats(3), floats(4)}},
		{"i,i->", []nodeInput{floats(3), floats(3)}},
		{"ab,bc,cd->ad", []nodeInput{floats(2, 3), floats(3, 4), floats(4, 2)}},
		{"...ij,...jk->...ik", []nodeInput{floats(2, 3, 4), floats(2, 4, 5)}},
		{"ij,jk", []nodeInput{floats(2, 3), floats(3, 4)}},
	} {
		add("Einsum", 13, attrs{onnx.Text("equation", c.equation)}, c.inputs...)
	}
	add("Gather", 13, nil, floats(7, 3), whole(7, 2, 4))
	add("Gather", 13, attrs{onnx.Int("axis", 1)}, floats(2, 5, 3), whole(5, 4))
	add("Gather", 13, attrs{onnx.Int("axis", -1)}, image, whole(5, 2, 2))
	add("GatherElements", 13, attrs{onnx.Int("axis", 1)}, floats(2, 5, 3), whole(5, 2, 4, 3))
	add("GatherElements", 13, attrs{onnx.Int("axis", 0)}, floats(4, 3), whole(4, 2, 3))
	add("GatherND", 13, nil, floats(4, 3, 2), whole(3, 5, 2))
	add("GatherND", 13, attrs{onnx.Int("batch_dims", 1)}, floats(2, 3, 2), whole(3, 2, 4, 1))
	add("ScatterND", 18, nil, floats(4, 3, 2), list(2, 0).of(2, 1), floats(2, 3, 2))
	add("ScatterElements", 18, attrs{onnx.Int("axis", 1)}, image, whole(3, 2, 1, 4, 5).of(2, 1, 4, 5), floats(2, 1, 4, 5))
	for _, axis := range []int{0, 1, -1} {
		for _, op := range []string{"ArgMax", "ArgMin"} {
			add(op, 13, attrs{onnx.Int("axis", axis)}, image)
			add(op, 13, attrs{onnx.Int("axis", axis), onnx.Int("keepdims", 0)}, whole(3, 2, 3, 4))
			add(op, 13, attrs{onnx.Int("axis", axis), onnx.Int("select_last_index", 1)}, whole(3, 2, 3, 4).cast(0))
		}
		cases = append(cases, nodeCase{op: "TopK", opset: 11, attrs: attrs{onnx.Int("axis", axis)}, inputs: []nodeInput{image, list(2)}, outputs: 2})
		cases = append(cases, nodeCase{op: "TopK", opset: 11, attrs: attrs{onnx.Int("axis", axis), onnx.Int("largest", 0)}, inputs: []nodeInput{whole(3, 4, 5, 6).cast(0), list(4)}, outputs: 2})
		add("CumSum", 14, nil, image, list(float64(axis)).of())
		add("CumSum", 14, attrs{onnx.Int("exclusive", 1), onnx.Int("reverse", 1)}, image, list(float64(axis)).of())
		add("Hardmax", 13, attrs{onnx.Int("axis", axis)}, image)
		add("OneHot", 11, attrs{onnx.Int("axis", axis)}, whole(5, 2, 3), list(5).of(), fixed(floats(2)))
	}
	add("Hardmax", 11, nil, image)
	add("Trilu", 14, nil, image)
	add("Trilu", 14, attrs{onnx.Int("upper", 0)}, image, list(1).of())
	add("RMSNormalization", 23, nil, floats(2, 3, 8), floats(8))
	add("Attention", 23, nil, floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 5))
	add("Attention", 23, attrs{onnx.Int("is_causal", 1), onnx.Real("scale", 0.2)}, floats(1, 4, 5, 8), floats(1, 2, 5, 8), floats(1, 2, 5, 8))
	add("Attention", 23, attrs{onnx.Int("q_num_heads", 3), onnx.Int("kv_num_heads", 3)}, floats(2, 4, 24), floats(2, 6, 24), floats(2, 6, 24), floats(4, 6))
	add("Attention", 23, attrs{onnx.Real("softcap", 0.5)}, floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 5), floats(4, 6))
	own := func(op string, a attrs, inputs ...nodeInput) {
		cases = append(cases, nodeCase{op: op, opset: 17, attrs: a, inputs: inputs, domain: "com.microsoft"})
	}
	own("Gelu", nil, image)
	own("QuickGelu", nil, image)
	own("BiasGelu", nil, floats(3, 5), floats(5))
	own("FastGelu", nil, floats(3, 5), floats(5))
	own("FusedMatMul", attrs{onnx.Real("alpha", 0.3), onnx.Int("transA", 1)}, floats(2, 4, 3), floats(2, 4, 5))
	own("FusedMatMul", attrs{onnx.Int("transB", 1)}, floats(2, 3, 4), floats(5, 4))
	own("SkipLayerNormalization", attrs{onnx.Real("epsilon", 1e-3)}, floats(2, 3, 8), floats(2, 3, 8), floats(8), floats(8), floats(8))
	for _, activation := range []string{"Relu", "Sigmoid", "Tanh"} {
		own("FusedConv", attrs{onnx.Text("activation", activation)}, floats(1, 3, 5, 6), fixed(floats(4, 3, 2, 2)), fixed(floats(4)))
	}
	return cases
}
