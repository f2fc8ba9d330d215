package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeGelu(s *source) (graph.Op, []graph.ValueID, error) {
	var g graph.Gelu
	switch mode := s.text("approximate", "none"); mode {
	case "none":
	case "tanh":
		g.Tanh = true
	default:
		s.fail(fmt.Errorf("approximate %q is not known", mode))
	}
	return s.done(g, len(s.ids))
}

// encodeGelu writes it as the ONNX operator of the same name from opset 20 on. Before, x·(1 + erf(x/√2))·0.5 is
// what tools know as one.
func encodeGelu(w *Writer, n graph.Node) error {
	g := n.Op.(graph.Gelu)
	mode := "none"
	if g.Tanh {
		mode = "tanh"
	}
	if w.Opset() >= 20 {
		w.Plain(n, "Gelu", nil, Text("approximate", mode))
		return nil
	}
	if g.Tanh {
		return errors.New("its approximation by tanh needs opset 20")
	}
	x := w.Names(n.Inputs)[0]
	step := func(role, op, a, b string) string {
		out, in := w.Fresh(n, role), []string{a}
		if b != "" {
			in = append(in, b)
		}
		w.Node(w.FreshNode(n, role), op, in, []string{out})
		return out
	}
	scaled := step("scaled", "Div", x, w.Scalar(n, "sqrt2", math.Sqrt2))
	one := step("plus_one", "Add", step("erf", "Erf", scaled, ""), w.Scalar(n, "one", 1))
	w.Node(n.Name, "Mul", []string{step("product", "Mul", x, one), w.Scalar(n, "half", 0.5)}, w.Names(n.Outputs))
	return nil
}
