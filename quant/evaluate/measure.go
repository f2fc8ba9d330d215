package evaluate

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// comparisons are those that fit the outputs of a network, one each, in their order. labelled tells that
// items have classes, which the first output then gives. What an output means is seen by its shape and by
// the operator that makes it:
//
//	made by Softmax over an axis          classes of the item, or of each position or pixel along the others
//	made by Sigmoid                       each number decides
//	one number                            a value
//	[1,C], C a multiple of 32 from 64 on  an embedding, unless there are labels
//	[1,C]                                 classes
//	[1,C,H,W] of the size of the input    classes of pixels, but for 1 or 3 channels, which are an image
//	anything else                         a signal
func comparisons(g *graph.Graph, labelled bool) []report.Comparison {
	producers := g.Producers()
	list := make([]report.Comparison, len(g.Outputs))
	for i, v := range g.Outputs {
		list[i] = comparison(g, producers, v)
		if i == 0 && labelled {
			list[i] = classes(g.Values[v].Shape)
		}
	}
	return list
}

func comparison(g *graph.Graph, producers []int, v graph.ValueID) report.Comparison {
	shape := g.Values[v].Shape
	long := 0 // axes that are not 1, behind the batch
	for _, d := range shape[min(1, len(shape)):] {
		if d > 1 {
			long++
		}
	}
	n := graph.Len(shape) / max(first(shape), 1)
	switch op := maker(g, producers, v).(type) {
	case graph.Softmax:
		return along(shape, op.Axis, long)
	case graph.Sigmoid:
		return report.Comparison{Measure: report.Decisions}
	}
	switch {
	case g.Values[v].DType != graph.Float32: // indices, of an ArgMax
		return report.Comparison{Measure: places(long + 1), Classes: 1, Inner: 1}
	case n <= 1:
		return report.Comparison{Measure: report.Values}
	case long == 1 && len(shape) != 3:
		const least, multiple = 64, 32
		if n >= least && n%multiple == 0 {
			return report.Comparison{Measure: report.Embedding}
		}
		return classes(shape)
	case len(shape) == 4 && shape[1] != 1 && shape[1] != 3 && ofInputSize(g, 2, shape[2:]):
		return along(shape, 1, long)
	case len(shape) == 4 && shape[1] > 3 && shape[3] != 1 && shape[3] != 3 && ofInputSize(g, 1, shape[1:3]):
		return along(shape, 3, long)
	}
	return report.Comparison{Measure: report.Signals}
}

// classes is a comparison of the class that each item has, in whatever shape.
func classes(shape []int) report.Comparison {
	return report.Comparison{Measure: report.Classes, Classes: max(graph.Len(shape)/max(first(shape), 1), 1), Inner: 1}
}

func first(shape []int) int {
	if len(shape) == 0 {
		return 1
	}
	return shape[0]
}

// along is a comparison of classes along an axis.
func along(shape []int, axis, long int) report.Comparison {
	c := report.Comparison{Measure: places(long), Classes: shape[axis], Inner: graph.Len(shape[axis+1:])}
	if c.Classes == 1 {
		c.Measure = report.Signals
	}
	return c
}

// places are what has an answer each, where so many axes, that of the classes among them, are longer than 1.
func places(long int) report.Measure {
	switch {
	case long <= 1:
		return report.Classes
	case long == 2:
		return report.Positions
	}
	return report.Pixels
}

// maker is the operator that makes a value, but for those that only change the shape of what it makes and
// quantizers; nil for none.
func maker(g *graph.Graph, producers []int, v graph.ValueID) graph.Op {
	if producers[v] < 0 {
		return nil
	}
	n := g.Nodes[producers[v]]
	switch n.Op.(type) {
	case graph.FakeQuantize, graph.DequantizeLinear, graph.QuantizeLinear:
		return maker(g, producers, n.Inputs[0])
	case graph.Reshape, graph.Transpose:
		if op, ok := maker(g, producers, n.Inputs[0]).(graph.Sigmoid); ok { // no axis to lose
			return op
		}
	}
	return n.Op
}

// ofInputSize tells whether height and width are those of an input, which is an image then: they stand from an axis
// on.
func ofInputSize(g *graph.Graph, axis int, size []int) bool {
	return slices.ContainsFunc(g.Inputs, func(v graph.ValueID) bool {
		s := g.Values[v].Shape
		return len(s) == 4 && size[0]*size[1] > 1 && slices.Equal(s[axis:axis+2], size)
	})
}
