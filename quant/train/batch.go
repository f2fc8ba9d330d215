package train

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// WithBatch is g for n items at a time instead of one. IDs of values and nodes stay. The error names the node
// that mixes the items of a batch.
func WithBatch(g *graph.Graph, n int) (*graph.Graph, error) {
	if err := g.PerItem(); err != nil {
		return nil, fmt.Errorf("quant/train: the network cannot take batches: %w", err)
	}
	out := g.Clone()
	carries := make([]bool, len(g.Values))
	wide := func(v graph.ValueID) {
		shape := slices.Clone(out.Values[v].Shape)
		shape[0] *= n
		out.Values[v].Shape, carries[v] = shape, true
	}
	for _, v := range out.Inputs {
		wide(v)
	}
	for i := range out.Nodes {
		node := &out.Nodes[i]
		in := make([]graph.Value, len(node.Inputs))
		some := false
		for k, v := range node.Inputs {
			if v != graph.None {
				in[k], some = out.Values[v], some || carries[v]
			}
		}
		if !some {
			continue
		}
		if op, ok := node.Op.(graph.Sized); ok {
			node.Op = op.Times(n)
		}
		result, err := node.Op.Infer(in)
		if err != nil {
			return nil, fmt.Errorf("quant/train: node %q (%s) with a batch of %d: %w", node.Name, node.Op.Type(), n, err)
		}
		for k, v := range node.Outputs {
			if v == graph.None {
				continue
			}
			want := slices.Clone(g.Values[v].Shape)
			want[0] *= n
			if !slices.Equal(result[k].Shape, want) {
				return nil, fmt.Errorf("quant/train: node %q (%s) cannot take a batch of %d: its output would be %v, not %v", node.Name, node.Op.Type(), n, result[k].Shape, want)
			}
			wide(v)
		}
	}
	return out, nil
}
