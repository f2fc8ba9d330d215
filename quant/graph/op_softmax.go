package graph

import "github.com/quantscope/quantscope/quant/onnx"

// Softmax is exp(x - max)/sum over Axis, which is not negative. What opset 12 and before mean by axis
// (all axes from there on as one) Build writes as Reshape, Softmax, Reshape. ONNX operator Softmax.
type Softmax struct {
	Axis int
}

// Type is the ONNX operator name.
func (Softmax) Type() string { return "Softmax" }

// Infer gives the shape of the input.
func (s Softmax) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	if _, err := axisOf(int64(s.Axis), len(in[0].Shape)); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeSoftmax(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	if s.opset >= 13 {
		return s.done(Softmax{Axis: s.axis("axis", -1, len(shape))}, len(s.ids))
	}
	axis := s.axis("axis", 1, len(shape))
	if s.err != nil || axis == len(shape)-1 {
		return s.done(Softmax{Axis: axis}, len(s.ids))
	}
	flat, err := s.emit("flatten", Reshape{Shape: []int{Len(shape[:axis]), Len(shape[axis:])}}, s.ids[0])
	if err != nil {
		return nil, nil, err
	}
	soft, err := s.emit("softmax", Softmax{Axis: 1}, flat)
	return Reshape{Shape: shape}, []ValueID{soft}, err
}

// PerItem holds along the other axes.
func (s Softmax) PerItem(_ []Value, carry []bool) bool { return s.Axis != 0 && alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (s Softmax) Encode(w *Writer, n Node) error {
	w.Plain(n, "Softmax", nil,
		onnx.Int("axis", s.Axis),
	)
	return nil
}
