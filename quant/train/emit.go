package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// emit appends nodes, named for what they belong to.
type emit struct {
	*graph.Builder
	at string
}

func (e emit) op(what string, op graph.Op, in ...graph.ValueID) graph.ValueID {
	return e.Node(e.at+"/"+what, op, in...)
}

func (e emit) add(a, b graph.ValueID) graph.ValueID { return e.op("add", graph.Add{}, a, b) }
func (e emit) sub(a, b graph.ValueID) graph.ValueID { return e.op("sub", graph.Sub{}, a, b) }
func (e emit) mul(a, b graph.ValueID) graph.ValueID { return e.op("mul", graph.Mul{}, a, b) }
func (e emit) div(a, b graph.ValueID) graph.ValueID { return e.op("div", graph.Div{}, a, b) }

// times, plus, over and from combine with one number: x·c, x + c, c/x, c - x.
func (e emit) times(x graph.ValueID, c float32) graph.ValueID { return e.mul(x, e.scalar(c)) }
func (e emit) plus(x graph.ValueID, c float32) graph.ValueID  { return e.add(x, e.scalar(c)) }
func (e emit) over(c float32, x graph.ValueID) graph.ValueID  { return e.div(e.scalar(c), x) }
func (e emit) from(c float32, x graph.ValueID) graph.ValueID  { return e.sub(e.scalar(c), x) }

// unary applies an operator of one input.
func (e emit) unary(op graph.Op, x graph.ValueID) graph.ValueID { return e.op(op.Type(), op, x) }

// scalar is one number, without axes.
func (e emit) scalar(c float32) graph.ValueID { return e.vector(nil, c) }

// vector is a constant of this shape.
func (e emit) vector(shape []int, x ...float32) graph.ValueID {
	return e.Const(e.at+"/constant", &graph.Tensor{DType: graph.Float32, Shape: slices.Clone(shape), F: x})
}

// fill is a tensor of one number.
func (e emit) fill(c float32, shape []int) graph.ValueID {
	return e.vector(shape, slices.Repeat([]float32{c}, graph.Len(shape))...)
}

// shape is that of a value; nil after an error, so that a caller may go on.
func (e emit) shape(v graph.ValueID) []int {
	if v == graph.None {
		return nil
	}
	return e.Graph.Values[v].Shape
}

// failed tells whether a node before did not fit: what follows would only guess at shapes.
func (e emit) failed() bool { _, err := e.Done(); return err != nil }

func (e emit) reshape(x graph.ValueID, shape ...int) graph.ValueID {
	if slices.Equal(e.shape(x), shape) {
		return x
	}
	return e.op("reshape", graph.Reshape{Shape: slices.Clone(shape)}, x)
}

func (e emit) transpose(x graph.ValueID, perm ...int) graph.ValueID {
	return e.op("transpose", graph.Transpose{Perm: perm}, x)
}

func (e emit) expand(x graph.ValueID, shape []int) graph.ValueID {
	if slices.Equal(e.shape(x), shape) {
		return x
	}
	return e.op("expand", graph.Expand{Shape: slices.Clone(shape)}, x)
}

// sum adds up over axes, which ascend; they stay as 1 or are dropped.
func (e emit) sum(x graph.ValueID, keep bool, axes ...int) graph.ValueID {
	if len(axes) == 0 {
		return x
	}
	return e.op("sum", graph.ReduceSum{Axes: axes, KeepDims: keep}, x)
}

func (e emit) mean(x graph.ValueID, keep bool, axes ...int) graph.ValueID {
	return e.op("mean", graph.ReduceMean{Axes: axes, KeepDims: keep}, x)
}

// sumTo is the gradient of broadcasting shape to x's: the sum over the axes that were repeated.
func (e emit) sumTo(x graph.ValueID, shape []int) graph.ValueID {
	from := e.shape(x)
	if slices.Equal(from, shape) || x == graph.None {
		return x
	}
	lead := len(from) - len(shape)
	var axes []int
	for a, n := range from {
		if a < lead || shape[a-lead] == 1 && n != 1 {
			axes = append(axes, a)
		}
	}
	return e.reshape(e.sum(x, true, axes...), shape...)
}

// others are the axes of x but one.
func (e emit) others(x graph.ValueID, axis int) []int {
	var axes []int
	for a := range e.shape(x) {
		if a != axis {
			axes = append(axes, a)
		}
	}
	return axes
}

// along gives a vector the rank at which it broadcasts along an axis of x.
func (e emit) along(v, x graph.ValueID, axis int) graph.ValueID {
	shape := slices.Repeat([]int{1}, len(e.shape(x)))
	if len(shape) == 0 {
		return v
	}
	shape[axis] = graph.Len(e.shape(v))
	return e.reshape(v, shape...)
}
