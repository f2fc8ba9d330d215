package graph

// Pow is a^b, the inputs broadcast as numpy does. ONNX operator Pow, opset 7 to 15; an exponent of an
// integer type must be constant, and becomes float32.
type Pow struct{}

// Type is the ONNX operator name.
func (Pow) Type() string { return "Pow" }

// Infer gives the broadcast shape.
func (Pow) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

func decodePow(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	if s.in[0].DType == Float32 && s.in[1].DType != Float32 {
		id, err := s.emit("exponent", cast{Float32}, s.ids[1])
		if err != nil {
			return nil, nil, err
		}
		s.ids[1], s.in[1] = id, s.b.Graph.Values[id]
	}
	return s.binary(Pow{})
}

// PerItem holds where the items broadcast along the first axis.
func (Pow) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }

// Encode writes it as the ONNX operator of the same name.
func (Pow) Encode(w *Writer, n Node) error {
	w.Plain(n, "Pow", nil)
	return nil
}
