package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Mish is x·tanh(log(1 + e^x)). ONNX operator Mish, from opset 18 on.
type Mish struct{}

// Type is the ONNX operator name.
func (Mish) Type() string { return "Mish" }

// Infer gives the shape of the input.
func (Mish) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeMish(s *source) (Op, []ValueID, error) { return s.done(Mish{}, len(s.ids)) }

// Twin is the scalar twin of its kernel.
func (Mish) Twin() ref.Post { return ref.MishPost() }

// Encode writes the ONNX operator of the same name, and before opset 18, which has none, Softplus, Tanh
// and Mul.
func (Mish) Encode(w *Writer, n Node) error {
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
