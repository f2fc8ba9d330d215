package backend

// qdq is MQBench's BackendType.QDQ, for ONNX Runtime.
func qdq() Backend {
	b := tensorRT()
	b.Name = "qdq"
	b.About = "As TensorRT, for ONNX Runtime, which takes any scheme."
	b.Limits = Limits{AnyScheme: true}
	b.Formats = []string{"qdq", "qoperator"}
	return b
}
