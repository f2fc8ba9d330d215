package onnx

import "github.com/quantscope/quantscope/quant/graph"

// encodeSiLU writes Sigmoid and Mul.
func encodeSiLU(w *Writer, n graph.Node) error {
	gate := w.Fresh(n, "sigmoid")
	x := w.Names(n.Inputs)
	w.Node(w.FreshNode(n, "sigmoid"), "Sigmoid", x, []string{gate})
	w.Node(n.Name, "Mul", []string{x[0], gate}, w.Names(n.Outputs))
	return nil
}
