package prepare

// vitis is MQBench's VitisQuantizer (spec §3.4): the outputs of the listed operators, and the biases.
// What enters the network is not quantized, nor is what a maximum pooling makes, which has the codes
// of its input. [Q] MQBench's main branch has lost the modules with quantized biases, and does not see a
// batch normalisation that is fused with its ReLU; nor does exact.
func vitis(exact bool) rule {
	r := rule{
		outputs: []kind{
			conv, convTranspose, linear, linearBn, avgPool, adaptiveAvgPool, batchNorm, relu, prelu, upsample, add, mul, cat,
		},
	}
	if !exact {
		r.outputs = append(r.outputs, bnReLU)
		r.biases = true
	}
	return r
}
