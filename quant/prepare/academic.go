package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// academic is MQBench's BackendType.Academic (spec §3.4, §9): nothing is fused or folded, the inputs
// of convolutions and linear layers are quantized and nothing else is.
func academic() rule {
	return rule{
		unfused: true,
		ends8:   true,
		inputs:  []kind{conv, linear},
	}
}

// atEnd tells whether a unit reads an input of the network or makes an output, be it a layer or not. As in
// MQBench, a layer that does so only across another node (pooling, flatten) does not. [Q] A separate
// padding module before the first layer hides it from MQBench too; in an ONNX file the padding is the
// layer's own, so that here it keeps its 8 bits.
func (p placement) atEnd(unit int) bool {
	return p.leaves(p.out(unit)) || slices.ContainsFunc(p.graph.Nodes[unit].Inputs, func(v graph.ValueID) bool {
		return slices.Contains(p.graph.Inputs, v)
	})
}

// endReads tells whether one of the readers of a value is at an end.
func (p placement) endReads(v graph.ValueID) bool {
	return slices.ContainsFunc(p.readers[v], func(n int) bool { return p.atEnd(p.unit[n]) })
}
