package backend

// openVINO is MQBench's OPENVINOQuantizer: the inputs of the listed operators and of the network, but not its
// outputs. Pooling and flattening hand their codes on to the layer behind them. Concatenation too: its inputs
// are quantized in its stead. [Q] MQBench quantizes neither side of it, and a layer behind it is then computed
// in float.
func openVINO() Backend {
	rule := Rule{
		Inputs:       []Kind{Conv, Linear, LinearBn, AvgPool, AdaptiveAvgPool, MaxPool, Upsample, Add, Flatten, Mean, Sum},
		Placeholders: true,
		LastFloat:    true,
		Through:      []Kind{Cat},
		Carried: []Edge{
			{MaxPool, Conv}, {MaxPool, Linear}, {MaxPool, LinearBn}, {MaxPool, MatMul},
			{Flatten, Conv}, {Flatten, Linear}, {Flatten, LinearBn}, {Flatten, MatMul},
		},
		Unsigned: true,
	}
	exact := rule
	exact.Through = nil
	exact.Inputs = append([]Kind{ConvBn1d}, rule.Inputs...)
	exact.Carried = append([]Edge{{MaxPool, ConvBn1d}, {Flatten, ConvBn1d}}, rule.Carried...)
	for _, reader := range exact.Inputs {
		exact.Carried = append(exact.Carried, Edge{Cat, reader})
	}
	return Backend{
		Name:       "openvino",
		About:      "Intel OpenVINO: weights use 7 of 8 bits, activations behind a ReLU are unsigned.",
		Weight:     Side{"learnable", "minmax", perChannel(symmetric(7))},
		Activation: Side{"learnable", "ema_minmax", symmetric(8)},
		Rule:       rule,
		Exact:      &exact,
		Formats:    []string{"openvino"},
	}
}
