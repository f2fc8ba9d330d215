package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Indexer is an Op that moves elements found by its second input, integers that may come while it runs.
type Indexer interface {
	Op
	// Indexed says which elements, of a first input and an index of these shapes.
	Indexed(x, index []int) ref.Indexed
}

// indices checks the inputs of an Indexer of n inputs, the first and the last of one type.
func indices(in []Value, n int) error {
	if err := Arity(in, n, n); err != nil {
		return err
	}
	if t := in[1].DType; t != Int64 && t != Int32 {
		return fmt.Errorf("indices %q have type %v, want int64", in[1].Name, t)
	}
	if in[n-1].DType != in[0].DType && n > 2 {
		return fmt.Errorf("inputs %q and %q have types %v and %v", in[0].Name, in[n-1].Name, in[0].DType, in[n-1].DType)
	}
	if Len(in[0].Shape) == 0 && Len(in[1].Shape) > 0 {
		return fmt.Errorf("input %q %v has no elements to take", in[0].Name, in[0].Shape)
	}
	return nil
}

// elementsOf says which elements GatherElements and ScatterElements move.
func elementsOf(axis int, x, index []int) ref.Indexed {
	n, inner := x[axis], Len(x[axis+1:])
	return ref.Indexed{Units: Len(index), Len: 1, Outer: max(index[axis]*inner, 1), OuterStep: n * inner, Inner: max(inner, 1), Tuples: max(Len(index), 1),
		Dims: []int{n}, Strides: []int{inner}}
}

// tuplesOf says which slices GatherND and ScatterND move.
func tuplesOf(batch int, x, index []int) ref.Indexed {
	k := index[len(index)-1]
	tuples := Len(index[batch : len(index)-1])
	return ref.Indexed{Units: Len(index[:len(index)-1]), Len: Len(x[batch+k:]), Outer: max(tuples, 1), OuterStep: Len(x[batch:]), Inner: 1,
		Tuples: max(Len(index[:len(index)-1]), 1), Dims: x[batch:][:k], Strides: strides(x[batch:])[:k]}
}

// sameBut tells whether two shapes are one but for an axis.
func sameBut(a, b []int, axis int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if i != axis && a[i] != b[i] {
			return false
		}
	}
	return true
}

// foldTake takes elements of a constant.
func foldTake(op Indexer, in []*Tensor) ([]*Tensor, error) {
	v, err := op.Infer([]Value{in[0].value("x"), in[1].value("indices")})
	if err != nil {
		return nil, err
	}
	out := &Tensor{DType: in[0].DType, Shape: v[0].Shape}
	p, index := op.Indexed(in[0].Shape, in[1].Shape), in[1].numbers()
	for u := range p.Units {
		at := p.At(u, index)
		if in[0].DType == Float32 {
			out.F = append(out.F, in[0].F[at:][:p.Len]...)
		} else {
			out.I = append(out.I, in[0].I[at:][:p.Len]...)
		}
	}
	return []*Tensor{out}, nil
}

// Reduce is what becomes of an element that is written over another.
type Reduce uint8

// The reductions; ONNX calls them none, add, mul, min and max.
const (
	Replace Reduce = iota
	ReduceAdd
	ReduceMul
	ReduceLeast
	ReduceMost
)

// String is ONNX's name.
func (r Reduce) String() string { return [...]string{"none", "add", "mul", "min", "max"}[r%5] }

// Scatterer is an Indexer that writes elements.
type Scatterer interface {
	Indexer
	// Reduces tells whether elements go into what is there.
	Reduces() bool
}

// reduced is what a reduction makes of what is there and what is written. A NaN stays.
func reduced[T float32 | int64](r Reduce, there, x T) T {
	switch r {
	case ReduceAdd:
		return there + x
	case ReduceMul:
		return there * x
	case ReduceLeast:
		if x < there || x != x {
			return x
		}
		return there
	case ReduceMost:
		if x > there || x != x {
			return x
		}
		return there
	}
	return x
}

// foldPut writes elements over those of a constant.
func foldPut(op Indexer, r Reduce, in []*Tensor) ([]*Tensor, error) {
	out := view(in[0], in[0].Shape, strides(in[0].Shape), 0)
	p, index := op.Indexed(in[0].Shape, in[1].Shape), in[1].numbers()
	for u := range p.Units {
		at := p.At(u, index)
		if out.DType == Float32 {
			for k, x := range in[2].F[u*p.Len:][:p.Len] {
				out.F[at+k] = reduced(r, out.F[at+k], x)
			}
			continue
		}
		for k, x := range in[2].I[u*p.Len:][:p.Len] {
			out.I[at+k] = out.DType.wrap(reduced(r, out.I[at+k], x))
		}
	}
	return []*Tensor{out}, nil
}

// numbers are the elements of t as floats.
func (t *Tensor) numbers() []float32 {
	if t.DType == Float32 {
		return t.F
	}
	x := make([]float32, len(t.I))
	for i, v := range t.I {
		x[i] = float32(v)
	}
	return x
}
