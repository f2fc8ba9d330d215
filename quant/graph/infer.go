package graph

import "fmt"

// MaxRank bounds the rank of a tensor: far above what networks have, low enough to stop a file that
// declares millions of dimensions.
const MaxRank = 8

// MaxElements bounds the elements of one tensor.
const MaxElements = 1 << 30

// SizeError tells that an operator cannot have inputs of these shapes, where it could have others of the same types.
type SizeError struct{ why string }

func (e *SizeError) Error() string { return e.why }

// Misfit is a SizeError that says why.
func Misfit(format string, a ...any) error { return &SizeError{fmt.Sprintf(format, a...)} }

// Present tells whether optional input i was given.
func Present(in []Value, i int) bool { return i < len(in) && in[i].Name != "" }

// Arity checks that inputs [0, min) are given and that there are at most max.
func Arity(in []Value, min, max int) error {
	if len(in) > max {
		return fmt.Errorf("has %d inputs, at most %d are known", len(in), max)
	}
	for i := range min {
		if !Present(in, i) {
			return fmt.Errorf("input %d is missing", i)
		}
	}
	return nil
}

// floats checks as Arity does, and that every given input is float32, which is what is computed on
// at run time.
func floats(in []Value, min, max int) error {
	if err := Arity(in, min, max); err != nil {
		return err
	}
	for i, v := range in {
		if v.Name != "" && v.DType != Float32 {
			return fmt.Errorf("input %q has type %v: only float tensors are computed on", in[i].Name, v.DType)
		}
	}
	return nil
}

// numbers checks as Arity does, and that no given input is of truth values.
func numbers(in []Value, min, max int) error {
	if err := Arity(in, min, max); err != nil {
		return err
	}
	for _, v := range in {
		if v.Name != "" && v.DType == Bool {
			return fmt.Errorf("input %q has type bool, want numbers", v.Name)
		}
	}
	return nil
}

// Planar checks that v is [N,C,H,W].
func Planar(v Value) error {
	if len(v.Shape) != 4 {
		return Misfit("input %q has rank %d, shape %v: 2-D only, that is [N,C,H,W]", v.Name, len(v.Shape), v.Shape)
	}
	return nil
}

// like is one output of the type and shape of v.
func like(v Value) []Value { return []Value{{DType: v.DType, Shape: v.Shape}} }

// one is one output.
func one(t DType, shape ...int) []Value { return []Value{{DType: t, Shape: shape}} }

// Broadcast is the shape that shapes a and b broadcast to, as numpy does it.
func Broadcast(a, b []int) ([]int, error) {
	n := max(len(a), len(b))
	out := make([]int, n)
	for i := range n {
		x, y := 1, 1
		if j := i - (n - len(a)); j >= 0 {
			x = a[j]
		}
		if j := i - (n - len(b)); j >= 0 {
			y = b[j]
		}
		switch {
		case x == y || y == 1:
			out[i] = x
		case x == 1:
			out[i] = y
		default:
			return nil, Misfit("shapes %v and %v do not broadcast", a, b)
		}
	}
	return out, nil
}

// Elements is the number of elements of a shape, or false where it is over MaxElements.
func Elements(shape []int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d == 0 {
			return 0, true
		}
	}
	for _, d := range shape {
		if d < 0 || d > MaxElements || n > MaxElements/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// AxisOf makes a possibly negative axis one in [0, rank).
func AxisOf(axis int64, rank int) (int, error) {
	if axis < -int64(rank) || axis >= int64(rank) {
		return 0, Misfit("axis %d is outside a tensor of rank %d", axis, rank)
	}
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis), nil
}

// String is the ONNX name in lower case.
func (t DType) String() string {
	switch t {
	case Float32:
		return "float"
	case Int64:
		return "int64"
	case Int32:
		return "int32"
	case Int8:
		return "int8"
	case Uint8:
		return "uint8"
	case Int16:
		return "int16"
	case Uint16:
		return "uint16"
	case Bool:
		return "bool"
	}
	return fmt.Sprintf("DType(%d)", uint8(t))
}
