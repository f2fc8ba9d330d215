package backend

// onnxQNN is MQBench's ONNXQNNQuantizer: inputs and outputs of what has a QLinear form in ONNX; an output's
// quantizer moves behind the ReLU that reads it. There is none for a linear layer, which stays float. The
// merge of a sum with its ReLU, which MQBench lists, changes nothing: no rule asks for the inputs of a ReLU.
// [Q] MQBench takes PyTorch's own table of modules, in which some are missing.
func onnxQNN() Backend {
	kinds := []Kind{Conv, LinearBn, AvgPool, AdaptiveAvgPool, Add}
	rule := Rule{
		Inputs:       kinds,
		Outputs:      kinds,
		Past:         []Kind{ReLU, ReLU6},
		Merged:       []Edge{{Add, ReLU}},
		FloatWeights: []string{"LinearReLU", "Linear"},
	}
	exact := rule
	exact.FloatWeights = []string{"Linear", "ConvTranspose", "Conv1d", "ConvReLU1d"}
	return Backend{
		Name:       "onnx_qnn",
		About:      "QLinear operators as TVM reads them; linear layers stay float.",
		Weight:     Side{"learnable", "minmax", asymmetric(8)},
		Activation: Side{"learnable", "minmax", asymmetric(8)},
		Rule:       rule,
		Exact:      &exact,
		Formats:    []string{"onnx_qnn"},
	}
}
