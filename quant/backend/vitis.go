package backend

// vitis is MQBench's VitisQuantizer: the outputs of the listed operators, and the biases. What enters the
// network is not quantized, nor is what a maximum pooling makes, which has the codes of its input. [Q] MQBench's
// main branch has lost the modules with quantized biases, and does not see a batch normalisation that is fused
// with its ReLU.
func vitis() Backend {
	exact := Rule{
		Outputs: []Kind{Conv, ConvTranspose, Linear, LinearBn, AvgPool, AdaptiveAvgPool, BatchNorm, ReLU, PReLU, Upsample, Add, Mul, Cat},
	}
	rule := exact
	rule.Outputs, rule.Biases = append([]Kind{BnReLU}, exact.Outputs...), true
	return Backend{
		Name:       "vitis",
		About:      "Xilinx Vitis: scales are powers of two; outputs and biases.",
		Weight:     Side{"tqt", "minmax_floor", powersOfTwo(symmetric(8))},
		Activation: Side{"tqt", "pot_mode", powersOfTwo(symmetric(8))},
		Rule:       rule,
		Exact:      &exact,
		Formats:    []string{"vitis"},
	}
}
