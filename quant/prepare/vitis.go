package prepare

// vitis is MQBench's VitisQuantizer (spec §3.4): the outputs of the listed operators, and the biases.
// What enters the network is not quantized, nor is what a maximum pooling makes, which has the codes
// of its input.
func vitis() rule {
	return rule{
		outputs: []kind{
			conv, convTranspose, linear, linearBn, avgPool, adaptiveAvgPool, batchNorm, bnReLU, relu, prelu, upsample, add, mul, cat,
		},
		biases: true,
	}
}
