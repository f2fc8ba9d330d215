package onnx

import "github.com/quantscope/quantscope/quant/graph"

// encodeHardSwish writes the ONNX operator of the same name, and at opset 13, which has none, HardSigmoid and Mul.
func encodeHardSwish(w *Writer, n graph.Node) error {
	if w.Opset() >= 14 {
		w.Plain(n, "HardSwish", nil)
		return nil
	}
	gate := w.Fresh(n, "hardsigmoid")
	x := w.Names(n.Inputs)
	w.Node(w.FreshNode(n, "hardsigmoid"), "HardSigmoid", x, []string{gate}, Real("alpha", 1.0/6), Real("beta", 0.5))
	w.Node(n.Name, "Mul", []string{x[0], gate}, w.Names(n.Outputs))
	return nil
}
