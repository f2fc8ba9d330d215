package graph

import "errors"

// Div is a/b, the inputs broadcast as numpy does. ONNX operator Div, opset 6 to 14.
type Div struct{}

// Type is the ONNX operator name.
func (Div) Type() string { return "Div" }

// Infer gives the broadcast shape.
func (Div) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// Fold divides; integers round toward zero.
func (Div) Fold(in []*Tensor) ([]*Tensor, error) {
	for _, d := range in[1].I {
		if d == 0 {
			return nil, errors.New("an integer is divided by zero")
		}
	}
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return a / b },
		func(a, b int64) int64 { return a / b })
}

// PerItem holds where the items broadcast along the first axis.
func (Div) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
