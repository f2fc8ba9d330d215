package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Exp is e^x. ONNX operator Exp.
type Exp struct{}

// Type is the ONNX operator name.
func (Exp) Type() string { return "Exp" }

// Infer gives the shape of the input.
func (Exp) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeExp(s *source) (Op, []ValueID, error) { return s.done(Exp{}, len(s.ids)) }

// Twin is the scalar twin of its kernel.
func (Exp) Twin() ref.Post { return ref.ExpPost() }

// Encode writes it as the ONNX operator of the same name.
func (Exp) Encode(w *Writer, n Node) error {
	w.Plain(n, "Exp", nil)
	return nil
}
