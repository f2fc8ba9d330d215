package onnx

import (
	"strings"
	"testing"
)

// batched is a network of nodes over x [N,4,2,2] with output y.
func batched(opset int64, nodes []Node, init ...Tensor) *Model {
	m := model(opset, nodes, init...)
	m.Graph.Inputs = []ValueInfo{info("x", -1, 4, 2, 2)}
	return m
}

// TestItemwise has operators that compute item by item, and the same that do not: the batch is then 1, and a note
// names the node.
func TestItemwise(t *testing.T) {
	one := func(n Node, init ...Tensor) *Model { return batched(13, []Node{n}, init...) }
	for _, c := range []struct {
		name string
		m    *Model
		free bool
	}{
		{"conv", one(node("Conv", "x w", "y"), weight("w", 3, 4, 1, 1)), true},
		{"reshape", one(node("Reshape", "x s", "y"), ints("s", 0, 16)), true},
		{"reshape of the rest", one(node("Reshape", "x s", "y"), ints("s", -1, 16)), true},
		{"reshape with a fixed batch", one(node("Reshape", "x s", "y"), ints("s", 1, 16)), false},
		{"reshape to one row", one(node("Reshape", "x s", "y"), ints("s", 1, -1)), false},
		{"reshape into the batch", one(node("Reshape", "x s", "y"), ints("s", 4, 4)), false},
		{"reshape by the shape", batched(13, []Node{node("Shape", "x", "n"), node("Gather", "n i", "g", Int("axis", 0)), node("Concat", "g r", "s", Int("axis", 0)),
			node("Reshape", "x s", "y")}, ints("i", 0), ints("r", -1)), true},
		{"flatten", one(node("Flatten", "x", "y")), true},
		{"flatten everything", one(node("Flatten", "x", "y", Int("axis", 0))), false},
		{"transpose", one(node("Transpose", "x", "y", Ints("perm", 0, 2, 3, 1))), true},
		{"transpose of the batch", one(node("Transpose", "x", "y", Ints("perm", 1, 0, 2, 3))), false},
		{"softmax", one(node("Softmax", "x", "y", Int("axis", 1))), true},
		{"softmax over the batch", one(node("Softmax", "x", "y", Int("axis", 0))), false},
		{"mean", one(node("ReduceMean", "x", "y", Ints("axes", 2, 3))), true},
		{"mean over the batch", one(node("ReduceMean", "x", "y", Ints("axes", 0))), false},
		{"concat", one(node("Concat", "x x", "y", Int("axis", 1))), true},
		{"concat of items", one(node("Concat", "x x", "y", Int("axis", 0))), false},
		{"concat with a constant", one(node("Concat", "x c", "y", Int("axis", 1)), weight("c", 1, 4, 2, 2)), false},
		{"add", one(node("Add", "x c", "y"), weight("c", 4, 1, 1)), true},
		{"add at a higher rank", one(node("Add", "x c", "y"), weight("c", 1, 1, 4, 1, 1)), false},
		{"matmul", one(node("MatMul", "x w", "y"), weight("w", 2, 3)), true},
		{"matmul of two", one(node("MatMul", "x x", "y")), true},
		{"matmul of the items", batched(13, []Node{node("Flatten", "x", "f"), node("Transpose", "f", "t"), node("MatMul", "f t", "y")}), false},
		{"gemm of the items", batched(13, []Node{node("Flatten", "x", "f"), node("Gemm", "f w", "y", Flag("transA", true))}, weight("w", 1, 3)), false},
		{"slice", one(node("Slice", "x s e a", "y"), ints("s", 1), ints("e", 3), ints("a", 1)), true},
		{"slice of all items", one(node("Slice", "x s e", "y"), ints("s", 0), ints("e", 1<<40)), true},
		{"slice of the first item", one(node("Slice", "x s e", "y"), ints("s", 0), ints("e", 1)), false},
		{"items backwards", one(node("Slice", "x s e a b", "y"), ints("s", -1), ints("e", -1<<40), ints("a", 0), ints("b", -1)), false},
		{"layer normalization", batched(17, []Node{node("LayerNormalization", "x w", "y", Int("axis", 2))}, weight("w", 2, 2)), true},
		{"gather", one(node("Gather", "x i", "y", Int("axis", 1)), ints("i", 1, 0)), true},
		{"gather of an item", one(node("Gather", "x i", "y", Int("axis", 0)), ints("i", 0, 0)), false},
		{"expand", batched(13, []Node{node("GlobalAveragePool", "x", "p"), node("Expand", "p s", "y")}, ints("s", 1, 4, 3, 3)), true},
		{"expand of the batch", one(node("Expand", "x s", "y"), ints("s", 2, 4, 2, 2)), false},
		{"pad", one(node("Pad", "x p", "y"), ints("p", 0, 0, 1, 1, 0, 0, 1, 1)), true},
		{"pad of the batch", one(node("Pad", "x p", "y"), ints("p", 1, 0, 0, 0, 0, 0, 0, 0)), false},
		{"divided by the items", batched(13, []Node{node("Shape", "x", "n"), node("Gather", "n i", "g", Int("axis", 0)), node("Cast", "g", "f", Int("to", int(Float))),
			node("Div", "x f", "y")}, ints("i", 0)), false},
		{"a quantized weight", one(node("DequantizeLinear", "c s", "w")), true},
	} {
		if c.name == "a quantized weight" {
			c.m.Graph.Nodes = append(c.m.Graph.Nodes, node("Conv", "x w", "y"))
			c.m.Graph.Initializers = []Tensor{FromInts("c", Int8, []int64{3, 4, 1, 1}, make([]int64, 12)), FromFloats("s", nil, []float32{0.5})}
		}
		g := build(t, c.m, Options{})
		named := len(g.Notes) == 1 && strings.HasPrefix(g.Notes[0], "The batch is fixed at 1: ") && strings.Contains(g.Notes[0], "node")
		if g.Batch != c.free || !g.Batch != named {
			t.Errorf("%s: batch %t, notes %q", c.name, g.Batch, g.Notes)
		}
	}
}
