package graph

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Gelu is x/2·(1 + erf(x/√2)) or, with Tanh, its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
// ONNX operator Gelu, from opset 20 on.
type Gelu struct{ Tanh bool }

// Type is the ONNX operator name.
func (Gelu) Type() string { return "Gelu" }

// Infer gives the shape of the input.
func (Gelu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeGelu(s *source) (Op, []ValueID, error) {
	var g Gelu
	switch mode := s.text("approximate", "none"); mode {
	case "none":
	case "tanh":
		g.Tanh = true
	default:
		s.fail(fmt.Errorf("approximate %q is not known", mode))
	}
	return s.done(g, len(s.ids))
}

// Twin is the scalar twin of its kernel.
func (g Gelu) Twin() ref.Post {
	if g.Tanh {
		return ref.GeluTanhPost()
	}
	return ref.GeluPost()
}

// Encode writes it as the ONNX operator of the same name, which needs opset 20.
func (g Gelu) Encode(w *Writer, n Node) error {
	if w.Opset() < 20 {
		return errors.New("the operator needs opset 20")
	}
	mode := "none"
	if g.Tanh {
		mode = "tanh"
	}
	w.Plain(n, "Gelu", nil, onnx.Text("approximate", mode))
	return nil
}
