package onnx

import "github.com/quantscope/quantscope/quant/graph"

// encodeMish writes the ONNX operator of the same name, and before opset 18, which has none, Softplus, Tanh
// and Mul.
func encodeMish(w *Writer, n graph.Node) error {
	if w.Opset() >= 18 {
		w.Plain(n, "Mish", nil)
		return nil
	}
	plus, gate := w.Fresh(n, "softplus"), w.Fresh(n, "tanh")
	x := w.Names(n.Inputs)
	w.Node(w.FreshNode(n, "softplus"), "Softplus", x, []string{plus})
	w.Node(w.FreshNode(n, "tanh"), "Tanh", []string{plus}, []string{gate})
	w.Node(n.Name, "Mul", []string{x[0], gate}, w.Names(n.Outputs))
	return nil
}
