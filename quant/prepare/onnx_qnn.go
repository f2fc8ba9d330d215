package prepare

// onnxQNN is MQBench's ONNXQNNQuantizer (spec §3.4): inputs and outputs of what has a QLinear form in
// ONNX; an output's quantizer moves behind the ReLU that reads it. There is none for a linear layer,
// which stays float. The merge of a sum with its ReLU, which MQBench lists, changes nothing: no rule
// asks for the inputs of a ReLU. [Q] MQBench takes PyTorch's own table of modules for it, in which some are
// missing; so does exact.
func onnxQNN(exact bool) rule {
	kinds := []kind{conv, linearBn, avgPool, adaptiveAvgPool, add}
	r := rule{
		inputs:       kinds,
		outputs:      kinds,
		past:         []kind{relu, relu6},
		merged:       []edge{{add, relu}},
		floatWeights: []string{"LinearReLU", "Linear"},
	}
	if exact {
		r.floatWeights = []string{"Linear", "ConvTranspose", "Conv1d", "ConvReLU1d"}
	}
	return r
}
