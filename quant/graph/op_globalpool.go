package graph

// GlobalAveragePool is the mean over H and W: [N,C,H,W] to [N,C,1,1]. ONNX operator GlobalAveragePool.
type GlobalAveragePool struct{}

// Type is the ONNX operator name.
func (GlobalAveragePool) Type() string { return "GlobalAveragePool" }

// Infer gives [N,C,1,1].
func (GlobalAveragePool) Infer(in []Value) ([]Value, error) { return inferGlobalPool(in) }

// GlobalMaxPool is the maximum over H and W: [N,C,H,W] to [N,C,1,1]. ONNX operator GlobalMaxPool.
type GlobalMaxPool struct{}

// Type is the ONNX operator name.
func (GlobalMaxPool) Type() string { return "GlobalMaxPool" }

// Infer gives [N,C,1,1].
func (GlobalMaxPool) Infer(in []Value) ([]Value, error) { return inferGlobalPool(in) }

func decodeGlobalAveragePool(s *source) (Op, []ValueID, error) {
	if axes := s.otherSpace(); axes != nil {
		return s.done(ReduceMean{Axes: axes, KeepDims: true}, len(s.ids))
	}
	return s.done(GlobalAveragePool{}, len(s.ids))
}

func decodeGlobalMaxPool(s *source) (Op, []ValueID, error) {
	if axes := s.otherSpace(); axes != nil {
		return s.done(ReduceMax{Axes: axes, KeepDims: true}, len(s.ids))
	}
	return s.done(GlobalMaxPool{}, len(s.ids))
}

// otherSpace lists the axes of space of [N,C,…] where it is not 2-D, nil where it is.
func (s *source) otherSpace() (axes []int) {
	if len(s.in) < 1 || len(s.in[0].Shape) == 4 {
		return nil
	}
	for a := 2; a < len(s.in[0].Shape); a++ {
		axes = append(axes, a)
	}
	return axes
}

// PerItem holds for the items of input 0.
func (GlobalAveragePool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// PerItem holds for the items of input 0.
func (GlobalMaxPool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (GlobalAveragePool) Encode(w *Writer, n Node) error {
	w.Plain(n, "GlobalAveragePool", nil)
	return nil
}

// Encode writes it as the ONNX operator of the same name.
func (GlobalMaxPool) Encode(w *Writer, n Node) error {
	w.Plain(n, "GlobalMaxPool", nil)
	return nil
}
