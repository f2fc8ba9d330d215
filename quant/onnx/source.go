package onnx

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// source is an ONNX node on its way to an Op: its attributes, its inputs with their shapes and
// constants, and the opset that says what they mean. The first wrong attribute is kept in err, so
// that a decoder reads all it wants and checks once.
type source struct {
	b     *importer
	node  *Node
	name  string // of the Node to be
	opset int
	ids   []graph.ValueID
	in    []graph.Value // zero where absent
	read  []bool        // by attribute

	err error
}

// attr finds an attribute, marks it as known and checks its type.
func (s *source) attr(name string, t AttrType) *Attr {
	for i := range s.node.Attrs {
		a := &s.node.Attrs[i]
		if a.Name != name {
			continue
		}
		s.read[i] = true
		if a.Type == t {
			return a
		}
		// An empty list of a file that does not tell types looks like nothing.
		if a.Type != AttrUndefined {
			s.fail(fmt.Errorf("attribute %q has type %d, want %d", name, a.Type, t))
		}
		return nil
	}
	return nil
}

func (s *source) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// number is an int attribute; it must lie in [lo, hi].
func (s *source) number(name string, otherwise, lo, hi int) int {
	a := s.attr(name, AttrInt)
	if a == nil {
		return otherwise
	}
	if a.I < int64(lo) || a.I > int64(hi) {
		s.fail(fmt.Errorf("attribute %q is %d, outside [%d, %d]", name, a.I, lo, hi))
		return otherwise
	}
	return int(a.I)
}

// flag is an int attribute that is 0 or 1.
func (s *source) flag(name string, otherwise bool) bool {
	n := 0
	if otherwise {
		n = 1
	}
	return s.number(name, n, math.MinInt32, math.MaxInt32) != 0
}

// axis is an int attribute that names an axis of a tensor of the given rank.
func (s *source) axis(name string, otherwise, rank int) int {
	v := int64(otherwise)
	if a := s.attr(name, AttrInt); a != nil {
		v = a.I
	}
	a, err := graph.AxisOf(v, rank)
	if err != nil {
		s.fail(fmt.Errorf("attribute %q: %w", name, err))
	}
	return a
}

// float is a float attribute.
func (s *source) float(name string, otherwise float32) float32 {
	if a := s.attr(name, AttrFloat); a != nil {
		return a.F
	}
	return otherwise
}

// text is a string attribute.
func (s *source) text(name, otherwise string) string {
	if a := s.attr(name, AttrString); a != nil {
		return a.S
	}
	return otherwise
}

// list is an ints attribute; ok is false where it is absent.
func (s *source) list(name string) (v []int64, ok bool) {
	if a := s.attr(name, AttrInts); a != nil {
		return a.Ints, true
	}
	return nil, false
}

// constant is the tensor of an input that must not depend on the network's input; nil where absent.
func (s *source) constant(i int, what string) *graph.Tensor {
	if !graph.Present(s.in, i) {
		return nil
	}
	if s.in[i].Const == nil {
		s.fail(fmt.Errorf("%s, input %q, depends on run-time data: shapes and parameters must be constant; "+
			"export the model with fixed shapes, or simplify it first", what, s.in[i].Name))
		return nil
	}
	s.in[i].Const.Widen()
	return s.in[i].Const
}

// integers is a constant input of int64 or int32; ok is false where it is absent.
func (s *source) integers(i int, what string) (v []int64, ok bool) {
	t := s.constant(i, what)
	if t == nil {
		return nil, false
	}
	if t.DType != graph.Int64 && t.DType != graph.Int32 {
		s.fail(fmt.Errorf("%s, input %q, has type %v, want int64", what, s.in[i].Name, t.DType))
		return nil, false
	}
	return t.I, true
}

// axes is a list of axes of a tensor of the given rank: from input i or, up to the opset given,
// from the attribute. They come sorted; ok is false where there is none.
func (s *source) axes(i, attrBefore, rank int) (axes []int, ok bool) {
	var v []int64
	if s.opset < attrBefore {
		v, ok = s.list("axes")
	} else {
		v, ok = s.integers(i, "axes")
	}
	if !ok || s.err != nil {
		return nil, false
	}
	mask := make([]bool, rank)
	for _, n := range v {
		a, err := graph.AxisOf(n, rank)
		if err != nil {
			s.fail(err)
			return nil, false
		}
		if mask[a] {
			s.fail(fmt.Errorf("axis %d comes twice", a))
			return nil, false
		}
		mask[a] = true
	}
	for a, on := range mask {
		if on {
			axes = append(axes, a)
		}
	}
	return axes, true
}

// data are the first n inputs, without absent ones at the end.
func (s *source) data(n int) []graph.ValueID {
	ids := s.ids[:min(n, len(s.ids))]
	for len(ids) > 0 && ids[len(ids)-1] == graph.None {
		ids = ids[:len(ids)-1]
	}
	return ids
}

// done is what a decoder returns at its end: op over the first n inputs, or what was wrong.
func (s *source) done(op graph.Op, n int) (graph.Op, []graph.ValueID, error) {
	if s.err != nil {
		return nil, nil, s.err
	}
	return op, s.data(n), nil
}

// need checks that inputs [0, n) are given, so that a decoder may look at their shapes.
func (s *source) need(n int) error { return graph.Arity(s.in, n, math.MaxInt) }

// emit puts another node before the one that is decoded, named after it.
func (s *source) emit(role string, op graph.Op, inputs ...graph.ValueID) (graph.ValueID, error) {
	name := s.b.NodeName(s.name + "_" + role)
	out, err := s.b.apply(op, name, inputs, []string{s.b.Name(name)})
	if err != nil {
		return graph.None, err
	}
	return out[0], nil
}

// shapeOf makes a shape of a file's numbers.
func shapeOf(v []int64) ([]int, error) {
	if len(v) > graph.MaxRank {
		return nil, fmt.Errorf("rank %d is over %d", len(v), graph.MaxRank)
	}
	shape := make([]int, len(v))
	for i, d := range v {
		if d < 0 || d > graph.MaxElements {
			return nil, fmt.Errorf("shape %v is not possible", brief(v))
		}
		shape[i] = int(d)
	}
	if _, ok := graph.Elements(shape); !ok {
		return nil, fmt.Errorf("shape %v has over %d elements", v, graph.MaxElements)
	}
	return shape, nil
}

// scalar is a constant float input of one element.
func (s *source) scalar(i int, what string, otherwise float32) float32 {
	t := s.constant(i, what)
	if t == nil {
		return otherwise
	}
	if t.DType != graph.Float32 || len(t.F) != 1 {
		s.fail(fmt.Errorf("%s, input %q (%v %v), is not one float", what, s.in[i].Name, t.DType, t.Shape))
		return otherwise
	}
	return t.F[0]
}

// also makes output i of the node a value that is there; the decoder's Op then makes output 0 only.
func (s *source) also(i int, v graph.ValueID) {
	if n := s.node.Outputs; i < len(n) && n[i] != "" && v != graph.None {
		s.b.ids[n[i]] = v
	}
}
