package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// openVINO is MQBench's OPENVINOQuantizer (spec §3.4): the inputs of the listed operators and of the
// network, but not its outputs. Pooling and flattening hand their codes on to the layer behind them.
// Concatenation too: its inputs are quantized in its stead. [Q] MQBench quantizes neither side of it,
// and a layer behind it is then computed in float; so does exact.
func openVINO(exact bool) rule {
	r := rule{
		inputs:       []kind{conv, linear, linearBn, avgPool, adaptiveAvgPool, maxPool, upsample, add, flatten, mean, sum},
		placeholders: true,
		lastFloat:    true,
		through:      []kind{cat},
		carried: []edge{
			{maxPool, conv}, {maxPool, linear}, {maxPool, linearBn}, {maxPool, matmul},
			{flatten, conv}, {flatten, linear}, {flatten, linearBn}, {flatten, matmul},
		},
		unsigned: true,
	}
	if exact {
		r.through = nil
		for _, reader := range r.inputs {
			r.carried = append(r.carried, edge{cat, reader})
		}
	}
	return r
}

// nonNegative tells whether a value cannot be below zero: it comes from a ReLU or ReLU6, or by
// averages, maxima and sums from such values. Its codes are then 0 to 255 with zero point 0, at twice
// the resolution. [Q] MQBench does not count a ReLU6, asks no further than the nearest quantizers, and
// keeps the scale of signed codes, which leaves half of the unsigned ones without use.
func (p placement) nonNegative(v graph.ValueID) bool {
	n := p.producer[v]
	if n < 0 {
		return false
	}
	node := p.graph.Nodes[n]
	switch op := node.Op.(type) {
	case graph.Relu:
		return true
	case graph.Clip:
		return op.Lo >= 0
	}
	switch p.kind[p.unit[n]] {
	case maxPool, avgPool, adaptiveAvgPool, add, flatten, mean, sum, upsample, cat:
		if _, ok := node.Op.(graph.Resample); ok {
			return false // cubic weights are negative in part
		}
		return !slices.ContainsFunc(node.Inputs, func(in graph.ValueID) bool { return in != graph.None && !p.nonNegative(in) })
	}
	return false
}
