package onnx

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// importer is the state of ToGraph.
type importer struct {
	*graph.Builder
	m        *Model
	opt      Options
	opset    int
	ids      map[string]graph.ValueID // by ONNX name; aliases share an ID
	init     map[string]*Tensor
	wanted   map[string]bool // names that a live node or the graph reads
	casts    casts
	shared   map[string]*graph.Tensor      // constants made before, by name; nil where there are none
	codes    map[graph.ValueID]codeNumbers // of the values that QuantizeLinear makes, with one scale
	unrolled int                           // nodes of loops, turn by turn, so far
	tail     tail
	batch    [2]int                 // of the file and the one given in its place, where they are not the same
	runs     map[graph.ValueID]bool // what depends on an input, of the first ran nodes; see fed
	ran      int
	dynamic  bool // activations are quantized by the range they have while running
}

// apply is Apply, which must leave no node that cannot run.
func (b *importer) apply(op graph.Op, name string, inputs []graph.ValueID, outputs []string) ([]graph.ValueID, error) {
	if ids := b.again(op, inputs, outputs); ids != nil {
		return ids, nil
	}
	nodes := len(b.Graph.Nodes)
	ids, err := b.Apply(op, name, inputs, outputs)
	if err == nil && len(b.Graph.Nodes) > nodes {
		err = b.computable(op, inputs, ids)
		if _, ok := op.(graph.QuantizeLinear); ok && graph.Len(b.Graph.Values[inputs[1]].Shape) == 1 {
			q := codeNumbers{inputs[1], graph.None}
			if len(inputs) > 2 {
				q.zero = inputs[2]
			}
			b.codes[ids[0]] = q
		}
	}
	return ids, err
}

// computable refuses what is not exact at run time, where an integer is a float without a fraction.
func (b *importer) computable(op graph.Op, inputs, outputs []graph.ValueID) error {
	switch op.(type) {
	case graph.QuantizeLinear, graph.DequantizeLinear:
		return nil
	}
	whole := false
	for _, id := range inputs {
		if id == graph.None {
			continue
		}
		v := b.Graph.Values[id]
		whole = whole || v.DType != graph.Float32 && v.DType != graph.Bool
		if v.Const != nil && slices.ContainsFunc(v.Const.I, func(n int64) bool { return n > wholeMost || n < -wholeMost }) {
			return fmt.Errorf("tensor %q has integers beyond %d, which are not exact at run time", v.Name, wholeMost)
		}
	}
	out := b.Graph.Values[outputs[0]]
	switch op := op.(type) {
	case graph.Div, graph.Pow, graph.Mod, graph.ReduceMean:
		if _, ok := op.(graph.Mod); ok || whole {
			return fmt.Errorf("of %v it is supported on constants only", out.DType)
		}
	case graph.Add, graph.Sub, graph.Mul, graph.Neg, graph.Abs, graph.ReduceSum:
		if whole && out.DType != graph.Int64 && out.DType != graph.Int32 {
			return fmt.Errorf("of %v, which wraps around, it is supported on constants only", out.DType)
		}
	case graph.Cast:
		if lo, _ := op.Limits(); whole && !math.IsInf(float64(lo), 0) && op.To != b.Graph.Values[inputs[0]].DType {
			return fmt.Errorf("from %v to %v, which wraps around, it is supported on constants only", b.Graph.Values[inputs[0]].DType, op.To)
		}
	}
	return nil
}

// wholeMost is the greatest integer up to which every one is a float32.
const wholeMost = 1 << 24

// brief keeps a list of a file printable.
func brief[T any](list []T) []T { return list[:min(len(list), graph.MaxRank+1)] }
