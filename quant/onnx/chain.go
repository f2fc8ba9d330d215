package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// chain emits nodes one after the other and keeps the first error.
type chain struct {
	s   *source
	err error
}

func (c *chain) do(op graph.Op, inputs ...graph.ValueID) (v graph.ValueID) {
	v = graph.None
	if c.err == nil {
		v, c.err = c.s.emit(op.Type(), op, inputs...)
	}
	return v
}

func (c *chain) number(x float32) graph.ValueID {
	return c.s.b.Const(c.s.name+"_number", &graph.Tensor{DType: graph.Float32, Shape: []int{}, F: []float32{x}})
}

// shape is that of a value, nil after an error.
func (c *chain) shape(v graph.ValueID) []int {
	if c.err != nil {
		return nil
	}
	return c.s.b.Graph.Values[v].Shape
}

// constant is a tensor for the nodes to read.
func (c *chain) constant(t *graph.Tensor) graph.ValueID { return c.s.b.Const(c.s.name+"_constant", t) }

// takes is asked before a constant of so many elements is made here, whose file has nothing of it: it counts as what
// constants fold to, and is false, with the reason in err, beyond what the file justifies.
func (c *chain) takes(n int, t graph.DType) bool {
	if c.err != nil {
		return false
	}
	size := 8 * n
	if t == graph.Float32 {
		size = 4 * n
	}
	if size > c.s.b.Room {
		c.err = fmt.Errorf("a table of %d elements takes more memory than the model's file justifies: give it a smaller input size", n)
		return false
	}
	c.s.b.Room -= size
	return true
}

// reshape gives v another shape, where it has another.
func (c *chain) reshape(v graph.ValueID, shape ...int) graph.ValueID {
	if c.err != nil || slices.Equal(c.shape(v), shape) {
		return v
	}
	return c.do(graph.Reshape{Shape: shape}, v)
}

// transpose moves axes, where they move.
func (c *chain) transpose(v graph.ValueID, perm ...int) graph.ValueID {
	if slices.IsSorted(perm) {
		return v
	}
	return c.do(graph.Transpose{Perm: perm}, v)
}

// done ends a decoder: the node itself is op over these inputs.
func (c *chain) done(op graph.Op, inputs ...graph.ValueID) (graph.Op, []graph.ValueID, error) {
	if c.err == nil {
		c.err = c.s.err
	}
	return op, inputs, c.err
}

// same ends a decoder whose output is there already.
func (c *chain) same(v graph.ValueID) (graph.Op, []graph.ValueID, error) { return c.done(nil, v) }
