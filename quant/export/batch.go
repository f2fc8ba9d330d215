package export

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// provenBatch tells whether the first axis of every input is a batch all the way to the outputs: the
// network computes each item of a larger batch as it does a single one. If that is not certain, the
// node that stands in the way is named.
func provenBatch(g *graph.Graph) error {
	b := batch{g, make([]bool, len(g.Values))}
	for _, v := range g.Inputs {
		b.carries[v] = len(g.Values[v].Shape) > 0
	}
	for _, n := range g.Nodes {
		if !b.kept(n) {
			return fmt.Errorf("node %q (%s) may mix the items of a batch", n.Name, n.Op.Type())
		}
		for _, v := range n.Outputs {
			if v != graph.None {
				b.carries[v] = true
			}
		}
	}
	for _, v := range g.Outputs {
		if !b.carries[v] {
			return fmt.Errorf("output %q has no batch", g.Values[v].Name)
		}
	}
	return nil
}

// batch knows of each value whether its first axis is the batch. In the graph that axis has length 1.
type batch struct {
	g       *graph.Graph
	carries []bool
}

// kept tells whether a node computes item by item, so that its outputs carry the batch.
func (b batch) kept(n graph.Node) bool {
	x, carried := b.input(n, 0)
	switch op := n.Op.(type) {
	case graph.Add, graph.Sub, graph.Mul, graph.Div, graph.Pow:
		return b.broadcast(n, len(b.g.Values[n.Outputs[0]].Shape))
	case graph.MatMul:
		// Items may lie along the rows of the first operand, or along leading axes of both.
		y, both := b.input(n, 1)
		switch {
		case carried && both:
			return len(x) == len(y) && len(x) > 2
		case carried:
			return len(x) > 1 && len(x) >= len(y) && (len(y) <= 2 || len(y) < len(x) || y[0] == 1)
		case both:
			return len(y) > 2 && (len(x) < len(y) || len(x) == len(y) && x[0] == 1)
		}
		return false
	case graph.Concat:
		for i := range n.Inputs {
			if _, ok := b.input(n, i); !ok {
				return false
			}
		}
		return op.Axis != 0
	}
	if !carried || slices.ContainsFunc(n.Inputs[1:], func(v graph.ValueID) bool { return v != graph.None && b.carries[v] }) {
		return false
	}
	switch op := n.Op.(type) {
	case graph.Conv, graph.ConvTranspose, graph.BatchNormalization, graph.InstanceNormalization, graph.LRN,
		graph.MaxPool, graph.AveragePool, graph.GlobalAveragePool, graph.GlobalMaxPool, graph.Resize,
		graph.DepthToSpace, graph.SpaceToDepth,
		graph.Relu, graph.LeakyRelu, graph.Elu, graph.Clip, graph.Sigmoid, graph.HardSigmoid, graph.HardSwish,
		graph.Tanh, graph.SiLU, graph.Gelu, graph.Mish, graph.Softplus, graph.Exp, graph.Sqrt:
		return true
	case graph.PRelu:
		return b.broadcast(n, len(x))
	case graph.LayerNormalization:
		return op.Axis != 0 && b.broadcast(n, len(x))
	case graph.Gather:
		return op.Axis != 0
	case graph.Expand:
		return len(op.Shape) == len(x) && op.Shape[0] == 1
	case graph.QuantizeLinear, graph.DequantizeLinear:
		return graph.Len(b.g.Values[n.Inputs[1]].Shape) == 1
	case graph.Gemm:
		return !op.TransA
	case graph.Softmax:
		return op.Axis != 0
	case graph.Split:
		return op.Axis != 0
	case graph.Slice:
		return op.Starts[0] == 0 && op.Steps[0] == 1 && op.Sizes[0] == 1
	case graph.Pad:
		return op.Before[0] == 0 && op.After[0] == 0
	case graph.Transpose:
		return op.Perm[0] == 0
	case graph.Reshape:
		return len(op.Shape) > 0 && op.Shape[0] == 1
	case graph.ReduceMean:
		return !slices.Contains(op.Axes, 0)
	case graph.ReduceSum:
		return !slices.Contains(op.Axes, 0)
	case graph.ReduceMax:
		return !slices.Contains(op.Axes, 0)
	case graph.ReduceMin:
		return !slices.Contains(op.Axes, 0)
	}
	return false
}

// input is the shape of input i and whether it carries the batch.
func (b batch) input(n graph.Node, i int) (shape []int, carries bool) {
	if i >= len(n.Inputs) || n.Inputs[i] == graph.None {
		return nil, false
	}
	return b.g.Values[n.Inputs[i]].Shape, b.carries[n.Inputs[i]]
}

// broadcast tells whether inputs that broadcast to rank have the batch as its first axis, or nothing
// there, and at least one has the batch.
func (b batch) broadcast(n graph.Node, rank int) bool {
	some := false
	for i := range n.Inputs {
		shape, carries := b.input(n, i)
		if carries && len(shape) != rank || !carries && len(shape) == rank && shape[0] != 1 {
			return false
		}
		some = some || carries
	}
	return some
}
