package backend

// tensorRTNLP is MQBench's TensorrtNLPQuantizer: the inputs of linear layers, of products of two matrices and of
// sums. The sum that adds the mask to scaled products is merged with the scaling.
func tensorRTNLP() Backend {
	b := tensorRT()
	b.Name = "tensorrt_nlp"
	b.About = "TensorRT for transformers: inputs of linear layers, sums and matrix products."
	b.Rule = Rule{
		Inputs:      []Kind{Linear, LinearBn, MatMul, Add},
		Merged:      []Edge{{Mul, Add}, {Div, Add}},
		TensorsOnly: true,
	}
	return b
}
