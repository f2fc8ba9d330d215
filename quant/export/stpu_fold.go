package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// foldMul merges every product of a convolution's output with constants, one or one for each channel,
// into the convolution, as MQBench does for STPU. The convolution then makes what the product made, and
// the range of its weight, which has one scale, grows by the greatest factor: grown has it for each
// value, 1 for most.
func foldMul(g *graph.Graph) (grown []float32) {
	grown = make([]float32, len(g.Values))
	for v := range grown {
		grown[v] = 1
	}
	producer, readers := g.Producers(), g.Consumers()
	gone := make([]bool, len(g.Nodes))
	for i, n := range g.Nodes {
		if _, ok := n.Op.(graph.Mul); !ok {
			continue
		}
		x, factor := n.Inputs[0], n.Inputs[1]
		if g.Values[x].Const != nil {
			x, factor = factor, x
		}
		if g.Values[factor].Const == nil || producer[x] < 0 || len(readers[x]) != 1 || slices.Contains(g.Outputs, x) {
			continue
		}
		conv := &g.Nodes[producer[x]]
		f := perChannelFactor(g.Values[factor], g.Values[x].Shape)
		if _, ok := conv.Op.(graph.Conv); !ok || f == nil || g.Values[conv.Inputs[1]].Const == nil || len(readers[conv.Inputs[1]]) != 1 {
			continue
		}
		if len(conv.Inputs) > 2 && conv.Inputs[2] != graph.None {
			if b := conv.Inputs[2]; g.Values[b].Const == nil || len(readers[b]) != 1 || len(g.Values[b].Const.F) != len(f) {
				continue
			}
			times(g, conv.Inputs[2], f)
		}
		times(g, conv.Inputs[1], f)
		for _, k := range f {
			grown[conv.Inputs[1]] = max(grown[conv.Inputs[1]], k, -k)
		}
		conv.Outputs = n.Outputs
		gone[i] = true
	}
	kept := g.Nodes[:0:0]
	for i, n := range g.Nodes {
		if !gone[i] {
			kept = append(kept, n)
		}
	}
	g.Nodes = kept
	return grown
}

// perChannelFactor gives a constant that is multiplied with [N,C,H,W] as one number for each channel,
// nil where it is not that.
func perChannelFactor(value graph.Value, shape []int) []float32 {
	if len(shape) != 4 {
		return nil
	}
	switch {
	case len(value.Const.F) == 1:
		return slices.Repeat(value.Const.F, shape[1])
	case slices.Equal(value.Shape, []int{1, shape[1], 1, 1}), slices.Equal(value.Shape, []int{shape[1], 1, 1}):
		return value.Const.F
	}
	return nil
}

// times multiplies a constant along its first axis.
func times(g *graph.Graph, v graph.ValueID, f []float32) {
	t := g.Values[v].Const
	out := &graph.Tensor{DType: t.DType, Shape: t.Shape, F: slices.Clone(t.F)}
	inner := len(t.F) / len(f)
	for i := range out.F {
		out.F[i] *= f[i/inner]
	}
	g.Values[v].Const = out
}
