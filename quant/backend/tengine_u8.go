package backend

// tengine is MQBench's TengineQuantizer: inputs and outputs of the listed operators, of concatenations and of
// two activation functions, and what the network gives. Nothing is merged.
func tengine() Backend {
	kinds := append(baseKinds(), Cat, HardSwish, Sigmoid)
	return Backend{
		Name:       "tengine_u8",
		About:      "Tengine with uint8: inputs and outputs, and the outputs of the network.",
		Weight:     Side{"learnable", "minmax", asymmetric(8)},
		Activation: Side{"learnable", "ema_minmax", asymmetric(8)},
		Rule:       Rule{Inputs: kinds, Outputs: kinds, Past: []Kind{Flatten}, Results: true},
		Formats:    []string{"tengine"},
	}
}
