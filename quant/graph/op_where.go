package graph

import "fmt"

// Where takes each element from the second input where the first is true, else from the third; all broadcast as
// numpy does. ONNX operator Where.
type Where struct{}

// Type is the ONNX operator name.
func (Where) Type() string { return "Where" }

// Infer gives the shape that the three inputs broadcast to.
func (Where) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 3, 3); err != nil {
		return nil, err
	}
	if in[0].DType != Bool || in[1].DType != in[2].DType {
		return nil, fmt.Errorf("inputs have types %v, %v and %v", in[0].DType, in[1].DType, in[2].DType)
	}
	shape, err := Broadcast(in[0].Shape, in[1].Shape)
	if err == nil {
		shape, err = Broadcast(shape, in[2].Shape)
	}
	if err != nil {
		return nil, err
	}
	return one(in[1].DType, shape...), nil
}

// Fold chooses.
func (w Where) Fold(in []*Tensor) ([]*Tensor, error) {
	v, err := w.Infer([]Value{in[0].value("condition"), in[1].value("x"), in[2].value("y")})
	if err != nil {
		return nil, err
	}
	shape := v[0].Shape
	c := view(in[0], shape, spread(in[0].Shape, shape), 0)
	x := view(in[1], shape, spread(in[1].Shape, shape), 0)
	y := view(in[2], shape, spread(in[2].Shape, shape), 0)
	for i, yes := range c.I {
		switch {
		case yes != 0:
		case x.DType == Float32:
			x.F[i] = y.F[i]
		default:
			x.I[i] = y.I[i]
		}
	}
	return []*Tensor{x}, nil
}

// PerItem holds where the items broadcast along the first axis.
func (Where) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
