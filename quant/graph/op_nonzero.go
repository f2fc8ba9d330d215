package graph

import "fmt"

// NonZero lists where its input, a constant, is not zero: [rank, count], of Int64, in C order. How many there are
// depends on the data, and shapes here do not. ONNX operator NonZero.
type NonZero struct{}

// Type is the ONNX operator name.
func (NonZero) Type() string { return "NonZero" }

// CountError tells that the shape of an operator's output depends on data that only a run knows.
type CountError struct{ Data string }

func (e *CountError) Error() string {
	return fmt.Sprintf("how large its output is depends on the data, %q, which is only known in a run: end the network before this node, and do what follows outside of it", e.Data)
}

// errCount is one for a value.
func errCount(v Value) error { return &CountError{v.Name} }

// Infer counts.
func (z NonZero) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	if in[0].Const == nil {
		return nil, errCount(in[0])
	}
	in[0].Const.Widen()
	n := 0
	for _, v := range in[0].Const.numbers() {
		if v != 0 {
			n++
		}
	}
	return one(Int64, max(len(in[0].Shape), 1), n), nil
}

// Fold lists them.
func (z NonZero) Fold(in []*Tensor) ([]*Tensor, error) {
	shape := in[0].Shape
	if len(shape) == 0 {
		shape = []int{1}
	}
	var found [][]int
	for i, v := range in[0].numbers() {
		if v != 0 {
			found = append(found, position(i, shape))
		}
	}
	out := &Tensor{DType: Int64, Shape: []int{len(shape), len(found)}, I: make([]int64, len(shape)*len(found))}
	for i, p := range found {
		for a, n := range p {
			out.I[a*len(found)+i] = int64(n)
		}
	}
	return []*Tensor{out}, nil
}
