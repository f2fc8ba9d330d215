package prepare

// baseKinds are the operators that MQBench's ModelQuantizer lists.
func baseKinds() []kind {
	return []kind{
		conv, convTranspose, linear, linearBn, maxPool, avgPool, adaptiveAvgPool, batchNorm, prelu, upsample, add, mul,
	}
}

// base is MQBench's ModelQuantizer, the rule of BackendType.Tensorrt and NNIE and of ONNX QDQ (spec
// §3.4): batch normalisation is folded; the inputs of the operators listed are quantized, outputs are
// not.
func base() rule { return rule{inputs: baseKinds(), merged: mulAdd()} }

// mulAdd is MQBench's implicit merge of a product and the sum it feeds.
func mulAdd() []edge { return []edge{{mul, add}} }
