package prepare

// sophgo is the rule of the Sophgo fork's SophgoTpuQuantizer for convolutional networks (spec §3.4):
// the base rule with nearly every function of one tensor, outputs too, and the inputs of the network.
// The fork merges a product and the sum it feeds as MQBench does, but only where it looks for inputs:
// as an output the product is quantized all the same, so that nothing is merged. Its chips compute
// convolutions in groups with 8 bits, so that those keep the settings of all layers where a type has others.
func sophgo() rule {
	kinds := append(baseKinds(),
		silu, hardswish, sigmoid, hardsigmoid, tanh, gelu, mish, elu, softplus, layerNorm,
		sub, div, matmul, cat, clamp,
	)
	return rule{
		inputs:       kinds,
		outputs:      kinds,
		past:         []kind{relu, relu6, flatten},
		placeholders: true,
		groupsApart:  true,
	}
}
