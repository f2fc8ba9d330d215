package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// nonNegative tells whether a value cannot be below zero: it comes from a ReLU or ReLU6, or by
// averages, maxima and sums from such values. producer is g.Producers(). For OpenVINO its codes are
// then 0 to 255 with zero point 0, at twice the resolution.
func nonNegative(g *graph.Graph, producer []int, v graph.ValueID) bool {
	if producer[v] < 0 {
		return false
	}
	n := g.Nodes[producer[v]]
	switch op := n.Op.(type) {
	case graph.Relu:
		return true
	case graph.Clip:
		return op.Lo >= 0
	case graph.MaxPool, graph.AveragePool, graph.GlobalAveragePool, graph.Add, graph.Reshape, graph.ReduceMean, graph.ReduceSum, graph.Resize, graph.Concat:
		return !slices.ContainsFunc(n.Inputs, func(in graph.ValueID) bool { return in != graph.None && !nonNegative(g, producer, in) })
	}
	return false // of a Resample, for one, some weights are negative
}
