package graph

import (
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/onnx"
)

// HardSwish is x·max(0, min(1, x/6 + 0.5)). ONNX operator HardSwish.
type HardSwish struct{}

// Type is the ONNX operator name.
func (HardSwish) Type() string { return "HardSwish" }

// Infer gives the shape of the input.
func (HardSwish) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeHardSwish(s *source) (Op, []ValueID, error) { return s.done(HardSwish{}, len(s.ids)) }

// Twin is the scalar twin of its kernel.
func (HardSwish) Twin() ref.Post { return ref.HardSwishPost() }

// Encode writes the ONNX operator of the same name, and at opset 13, which has none, HardSigmoid and Mul.
func (HardSwish) Encode(w *Writer, n Node) error {
	if w.Opset() >= 14 {
		w.Plain(n, "HardSwish", nil)
		return nil
	}
	gate := w.Fresh(n, "hardsigmoid")
	x := w.Names(n.Inputs)
	w.Node(w.FreshNode(n, "hardsigmoid"), "HardSigmoid", x, []string{gate}, onnx.Real("alpha", 1.0/6), onnx.Real("beta", 0.5))
	w.Node(n.Name, "Mul", []string{x[0], gate}, w.Names(n.Outputs))
	return nil
}
