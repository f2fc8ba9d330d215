package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// atEnd tells whether a unit reads an input of the network or makes an output, be it a layer or not. As in
// MQBench, a layer that does so only across another node (pooling, flatten) does not. [Q] A padding module
// before the first layer hides it from MQBench too: in an ONNX file the padding may be the convolution's
// own, but one that differs from side to side was a module, for PyTorch's convolutions have none such. So
// exact; else the convolution is the first layer.
func (p placement) atEnd(unit int, exact bool) bool {
	n := p.graph.Nodes[unit]
	if p.leaves(p.out(unit)) {
		return true
	}
	if op, ok := n.Op.(graph.Conv); ok && exact && !slices.Equal(op.Pads[:len(op.Kernel)], op.Pads[len(op.Kernel):]) {
		return false
	}
	return slices.ContainsFunc(n.Inputs, func(v graph.ValueID) bool { return slices.Contains(p.graph.Inputs, v) })
}

// endReads tells whether one of the readers of a value is at an end.
func (p placement) endReads(v graph.ValueID, exact bool) bool {
	return slices.ContainsFunc(p.readers[v], func(n int) bool { return p.atEnd(p.unit[n], exact) })
}
