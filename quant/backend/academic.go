package backend

// academic is MQBench's BackendType.Academic (spec §9): nothing is fused or folded, the inputs of
// convolutions and linear layers are quantized and nothing else is.
func academic() Backend {
	return Backend{
		Name:       "academic",
		About:      "Only the inputs of convolutions and linear layers; nothing is folded, both ends keep 8 bits.",
		Weight:     Side{"fixed", "minmax", perChannel(symmetric(8))},
		Activation: Side{"fixed", "ema_minmax", asymmetric(8)},
		Limits:     Limits{AnyScheme: true},
		Rule:       Rule{Unfused: true, Ends8: true, Inputs: []Kind{Conv, Linear}},
		Formats:    []string{"qdq", "qoperator"},
	}
}
