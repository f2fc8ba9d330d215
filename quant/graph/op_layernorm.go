package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// LayerNormalization is (x - mean)/sqrt(variance + Epsilon)·scale + bias, mean and variance being over
// Axis, which is not negative, and those after it. Inputs x, scale and optional bias, which broadcast to x
// in one direction; outputs y, and optionally mean and 1/sqrt(variance + Epsilon), both with those axes 1.
// ONNX operator LayerNormalization, from opset 17 on.
type LayerNormalization struct {
	Axis    int
	Epsilon float32
}

// Type is the ONNX operator name.
func (LayerNormalization) Type() string { return "LayerNormalization" }

// Infer gives the shape of x and twice that of the mean.
func (l LayerNormalization) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	x := in[0]
	if l.Axis < 0 || l.Axis >= len(x.Shape) {
		return nil, fmt.Errorf("axis %d is outside input %q %v", l.Axis, x.Name, x.Shape)
	}
	for i, v := range in[1:] {
		if !present(in, 1+i) {
			continue
		}
		if s, err := broadcast(x.Shape, v.Shape); err != nil || !slices.Equal(s, x.Shape) {
			return nil, fmt.Errorf("input %q %v does not broadcast to input %q %v", v.Name, v.Shape, x.Name, x.Shape)
		}
	}
	mean := slices.Clone(x.Shape)
	for a := l.Axis; a < len(mean); a++ {
		mean[a] = 1
	}
	return []Value{{DType: Float32, Shape: x.Shape}, {DType: Float32, Shape: mean}, {DType: Float32, Shape: mean}}, nil
}

func decodeLayerNormalization(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	l := LayerNormalization{Axis: s.axis("axis", -1, len(s.in[0].Shape)), Epsilon: s.float("epsilon", 1e-5)}
	s.number("stash_type", 1, 0, 1<<10) // float32 it is
	if s.node.Outputs[0] == "" {
		s.fail(errors.New("its first output is not given"))
	}
	return s.done(l, len(s.ids))
}

// PerItem holds where it normalizes over later axes, scale and bias being the same for each item.
func (l LayerNormalization) PerItem(in []Value, carry []bool) bool {
	return l.Axis != 0 && alone(carry) && spreads(in, carry, len(in[0].Shape))
}

// Encode writes it as the ONNX operator of the same name, which needs opset 17.
func (l LayerNormalization) Encode(w *Writer, n Node) error {
	if w.Opset() < 17 {
		return errors.New("the operator needs opset 17")
	}
	w.Plain(n, "LayerNormalization", nil, onnx.Int("axis", l.Axis), onnx.Real("epsilon", l.Epsilon))
	return nil
}
