package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// importer is the state of ToGraph.
type importer struct {
	*graph.Builder
	m       *Model
	opt     Options
	opset   int
	ids     map[string]graph.ValueID // by ONNX name; aliases share an ID
	init    map[string]*Tensor
	wanted  map[string]bool // names that a live node or the graph reads
	casts   casts
	shared  map[string]*graph.Tensor      // constants made before, by name; nil where there are none
	codes   map[graph.ValueID]codeNumbers // of the values that QuantizeLinear makes, with one scale
	dynamic bool                          // activations are quantized by the range they have while running
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

// computable refuses to compute on integers at run time, other than to and from quantized ones.
func (b *importer) computable(op graph.Op, inputs, outputs []graph.ValueID) error {
	switch op.(type) {
	case graph.QuantizeLinear, graph.DequantizeLinear:
		return nil
	}
	for _, list := range [...][]graph.ValueID{inputs, outputs} {
		for _, id := range list {
			if id == graph.None {
				continue
			}
			if v := b.Graph.Values[id]; v.DType != graph.Float32 {
				return fmt.Errorf("tensor %q has type %v: only float tensors are computed on at run time", v.Name, v.DType)
			}
		}
	}
	return nil
}

// brief keeps a list of a file printable.
func brief[T any](list []T) []T { return list[:min(len(list), graph.MaxRank+1)] }
