package exec_test

import (
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// recurrentCases are recurrent layers with each of their attributes and inputs.
func recurrentCases() (cases []nodeCase) {
	type attrs = []onnx.Attr
	const t, b, in, h = 5, 3, 4, 6
	names := func(list ...string) onnx.Attr {
		return onnx.Attr{Name: "activations", Type: onnx.AttrStrings, Strings: list}
	}
	numbers := func(name string, list ...float32) onnx.Attr {
		return onnx.Attr{Name: name, Type: onnx.AttrFloats, Floats: list}
	}
	absent := nodeInput{absent: true}
	fixed := func(in nodeInput) nodeInput { in.fixed = true; return in }
	lengths := nodeInput{shape: []int{b}, t: onnx.Int32, data: []float64{2, 5, 3}}
	add := func(cell graph.Cell, way string, more attrs, extra ...nodeInput) {
		d := 1
		if way == "bidirectional" {
			d = 2
		}
		gates, outputs := map[graph.Cell]int{graph.LSTM: 4, graph.GRU: 3, graph.RNN: 1}[cell]*h, 2
		if cell == graph.LSTM {
			outputs = 3
		}
		inputs := []nodeInput{floats(t, b, in), floats(d, gates, in), floats(d, gates, h)}
		for i, x := range extra {
			if !x.absent && x.data == nil {
				switch x.shape = [][]int{{d, 2 * gates}, {b}, {d, b, h}, {d, b, h}, {d, 3 * h}}[i]; {
				case len(cases)%2 == 0:
					x = fixed(x)
				}
			}
			inputs = append(inputs, x)
		}
		if len(cases)%2 == 0 {
			inputs[1], inputs[2] = fixed(inputs[1]), fixed(inputs[2])
		}
		cases = append(cases, nodeCase{op: string(cell), opset: 14, attrs: append(attrs{onnx.Int("hidden_size", h), onnx.Text("direction", way)}, more...), inputs: inputs, outputs: outputs})
	}
	given := nodeInput{}
	for _, way := range []string{"forward", "reverse", "bidirectional"} {
		for _, cell := range []graph.Cell{graph.LSTM, graph.GRU, graph.RNN} {
			for range 2 { // with constants and without
				add(cell, way, nil)
			}
			add(cell, way, nil, given)
			add(cell, way, nil, given, lengths)
			add(cell, way, nil, given, absent, given)
			add(cell, way, attrs{onnx.Real("clip", 0.5)}, given, lengths, given)
		}
		add(graph.LSTM, way, nil, given, absent, given, given)
		add(graph.LSTM, way, nil, given, lengths, given, given, given)
		add(graph.LSTM, way, attrs{onnx.Real("clip", 0.3)}, given, absent, given, given, given)
		add(graph.LSTM, way, attrs{onnx.Int("input_forget", 1)}, given)
		add(graph.GRU, way, attrs{onnx.Int("linear_before_reset", 1)})
		add(graph.GRU, way, attrs{onnx.Int("linear_before_reset", 1)}, given, lengths, given)
	}
	for _, f := range []attrs{
		{names("Relu")}, {names("Softplus")}, {names("Softsign")}, {names("Sigmoid")},
		{names("Affine"), numbers("activation_alpha", 0.5), numbers("activation_beta", 0.1)},
		{names("LeakyRelu"), numbers("activation_alpha", 0.2)},
		{names("ThresholdedRelu"), numbers("activation_alpha", 0.4)},
		{names("ScaledTanh"), numbers("activation_alpha", 0.8), numbers("activation_beta", 0.6)},
		{names("HardSigmoid"), numbers("activation_alpha", 0.3), numbers("activation_beta", 0.4)},
		{names("Elu"), numbers("activation_alpha", 0.7)},
	} {
		add(graph.RNN, "forward", f, given)
	}
	add(graph.LSTM, "forward", attrs{names("HardSigmoid", "LeakyRelu", "ScaledTanh"), numbers("activation_alpha", 0.3, 0.2, 0.9), numbers("activation_beta", 0.5, 0.7)}, given)
	add(graph.GRU, "bidirectional", attrs{names("Sigmoid", "Softsign", "HardSigmoid", "Tanh"), numbers("activation_alpha", 0.3), numbers("activation_beta", 0.5)}, given)
	add(graph.GRU, "forward", attrs{names("Softsign", "Tanh"), onnx.Int("linear_before_reset", 1)}, given)
	return cases
}
