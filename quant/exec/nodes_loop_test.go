package exec_test

import "github.com/quantscope/quantscope/quant/onnx"

// loopCases are nodes with a body that is spelled out.
func loopCases() (cases []nodeCase) {
	named := func(names ...string) (list []onnx.ValueInfo) {
		for _, n := range names {
			list = append(list, onnx.ValueInfo{Name: n, Known: true, ElemType: onnx.Float})
		}
		return list
	}
	node := func(op, out string, attrs []onnx.Attr, in ...string) onnx.Node {
		return onnx.Node{Name: out, OpType: op, Inputs: in, Outputs: []string{out}, Attrs: attrs}
	}
	body := func(g *onnx.Graph, more ...onnx.Attr) []onnx.Attr {
		return append(more, onnx.Attr{Name: "body", Type: onnx.AttrGraph, G: g})
	}
	loop := &onnx.Graph{Name: "body", Inputs: named("turn", "goes", "sum"), Outputs: named("still", "more", "square"), Nodes: []onnx.Node{
		node("Less", "still", nil, "turn", "last"),
		node("Cast", "step", []onnx.Attr{onnx.Int("to", int(onnx.Float))}, "turn"),
		node("Add", "more", nil, "sum", "step"),
		node("Mul", "square", nil, "more", "more"),
	}, Initializers: []onnx.Tensor{onnx.FromInts("last", onnx.Int64, nil, []int64{3})}}
	loop.Inputs[0].ElemType, loop.Inputs[1].ElemType, loop.Outputs[0].ElemType = onnx.Int64, onnx.Bool, onnx.Bool
	for i := range 2 {
		loop.Inputs[i].HasShape = true
	}
	yes := nodeInput{shape: []int{}, t: onnx.Bool, data: []float64{1}, fixed: true}
	times := nodeInput{shape: []int{}, t: onnx.Int64, data: []float64{3}, fixed: true}
	none := nodeInput{absent: true}
	for _, in := range [][]nodeInput{{times, yes}, {none, yes}, {times, none}} {
		cases = append(cases, nodeCase{op: "Loop", opset: 16, attrs: body(loop), inputs: append(in, floats(2, 3)), outputs: 2})
	}
	scan := &onnx.Graph{Name: "body", Inputs: named("sum", "x"), Outputs: named("more", "seen"), Nodes: []onnx.Node{
		node("Add", "more", nil, "sum", "x"),
		node("Sub", "seen", nil, "more", "x"),
	}}
	over := onnx.Int("num_scan_inputs", 1)
	cases = append(cases, nodeCase{op: "Scan", opset: 16, attrs: body(scan, over), inputs: []nodeInput{floats(3), floats(4, 3)}, outputs: 2})
	cases = append(cases, nodeCase{op: "Scan", opset: 16, inputs: []nodeInput{floats(2, 3), floats(2, 5, 3)}, outputs: 2,
		attrs: body(scan, over, onnx.Ints("scan_input_axes", 1), onnx.Ints("scan_input_directions", 1), onnx.Ints("scan_output_axes", -1), onnx.Ints("scan_output_directions", 1))})
	return cases
}
