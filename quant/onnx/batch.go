package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// openBatch tells why the batch that the file leaves open, which is 1 here, is none: the network does not
// compute each item as it does a single one; nil if it does. What a file does with its batch shows in no shape
// of one item: [1,-1] as that of a Reshape, the slice [0:1], a number of items that something is divided by.
// So the network is built for two items as well, and has to make twice as much of everything in the same way.
func (b *importer) openBatch() error {
	constants := map[string]*graph.Tensor{}
	for _, v := range b.Graph.Values {
		if v.Const != nil {
			constants[v.Name] = v.Const
		}
	}
	shapes := map[string][]int{}
	for _, v := range b.Graph.Inputs {
		shapes[b.Graph.Values[v].Name] = twice(b.Graph.Values[v].Shape)
	}
	two, err := assemble(b.m, Options{Shapes: shapes, Files: b.opt.Files}, constants)
	if err != nil {
		return fmt.Errorf("of two items, %w", err)
	}
	if err := two.Graph.PerItem(); err != nil {
		return err
	}
	if len(b.Graph.Nodes) != len(two.Graph.Nodes) {
		return errors.New("two items take other operators")
	}
	for i, n := range b.Graph.Nodes {
		m := two.Graph.Nodes[i]
		same := n.Name == m.Name && n.Op.Type() == m.Op.Type() && len(n.Inputs) == len(m.Inputs) && len(n.Outputs) == len(m.Outputs)
		for k := 0; same && k < len(n.Inputs); k++ {
			if v, w := n.Inputs[k], m.Inputs[k]; v != graph.None {
				same = w != graph.None && sameOfTwo(b.Graph.Values[v].Const, two.Graph.Values[w].Const)
			}
		}
		for k := 0; same && k < len(n.Outputs); k++ {
			if v, w := n.Outputs[k], m.Outputs[k]; v != graph.None {
				same = w != graph.None && slices.Equal(two.Graph.Values[w].Shape, twice(b.Graph.Values[v].Shape))
			}
		}
		if !same {
			return fmt.Errorf("node %q (%s) computes something else of two items", n.Name, n.Op.Type())
		}
	}
	return nil
}

// twice is the shape of two items, nil where there is no axis for them.
func twice(shape []int) []int {
	if len(shape) == 0 || shape[0] != 1 {
		return nil
	}
	two := slices.Clone(shape)
	two[0] = 2
	return two
}

// sameOfTwo tells whether a constant is the same for two items as for one, or the same for each of two.
func sameOfTwo(one, two *graph.Tensor) bool {
	if one == two {
		return true
	}
	if one == nil || two == nil || one.DType != two.DType {
		return false
	}
	f, n := one.F, one.I
	if slices.Equal(two.Shape, twice(one.Shape)) {
		f, n = slices.Concat(f, f), slices.Concat(n, n)
	} else if !slices.Equal(one.Shape, two.Shape) {
		return false
	}
	return slices.Equal(n, two.I) && slices.Equal(one.Codes, two.Codes) &&
		slices.EqualFunc(f, two.F, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// again gives the outputs of an operator that was folded before of the same constants; nil if it was not.
// It is asked of those that take long and depend on nothing else in the file.
func (b *importer) again(op graph.Op, inputs []graph.ValueID, outputs []string) []graph.ValueID {
	switch op.(type) {
	case graph.DequantizeLinear, graph.Transpose, graph.Cast:
	default:
		return nil
	}
	for _, v := range inputs {
		if v == graph.None {
			continue
		}
		if x := b.Graph.Values[v]; x.Const == nil || x.Const != b.shared[x.Name] {
			return nil
		}
	}
	t := b.shared[outputs[0]]
	if t == nil {
		return nil
	}
	return []graph.ValueID{b.Value(graph.Value{Name: outputs[0], DType: t.DType, Shape: t.Shape, Const: t})}
}
