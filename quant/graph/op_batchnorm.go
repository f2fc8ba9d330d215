package graph

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// BatchNormalization is (x - mean)/sqrt(var + Epsilon)·scale + bias over axis 1, in inference form.
// Inputs x [N,C,…], scale, bias, mean, var, each [C]. ONNX operator BatchNormalization, opset 6 to 15.
type BatchNormalization struct {
	Epsilon float32
}

// Type is the ONNX operator name.
func (BatchNormalization) Type() string { return "BatchNormalization" }

// Infer gives the shape of x.
func (BatchNormalization) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 5, 5); err != nil {
		return nil, err
	}
	x := in[0]
	if len(x.Shape) < 2 {
		return nil, fmt.Errorf("input %q has shape %v: no channel axis", x.Name, x.Shape)
	}
	for _, v := range in[1:] {
		if len(v.Shape) != 1 || v.Shape[0] != x.Shape[1] {
			return nil, fmt.Errorf("input %q has shape %v, want [%d]", v.Name, v.Shape, x.Shape[1])
		}
	}
	return like(x), nil
}

func decodeBatchNormalization(s *source) (Op, []ValueID, error) {
	b := BatchNormalization{Epsilon: s.float("epsilon", 1e-5)}
	s.float("momentum", 0) // of training
	if s.opset < 9 && !s.flag("spatial", true) {
		s.fail(errors.New("spatial = 0 is not supported"))
	}
	if s.opset < 7 && !s.flag("is_test", false) || s.opset >= 14 && s.flag("training_mode", false) {
		s.fail(errors.New("it is in training mode, which is not supported: export the model in evaluation mode"))
	}
	return s.done(b, len(s.ids))
}

// PerItem holds for the items of input 0.
func (BatchNormalization) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (b BatchNormalization) Encode(w *Writer, n Node) error {
	w.Plain(n, "BatchNormalization", nil,
		onnx.Real("epsilon", b.Epsilon),
	)
	return nil
}
