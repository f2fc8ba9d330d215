package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
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

// atEnd tells whether a module reads an input of the network or makes an output. As in MQBench, one
// that does so only across another node (pooling, flatten) does not. [Q] A separate padding module
// before the first layer hides it from MQBench too; in an ONNX file the padding is the layer's own, so
// that here it keeps its 8 bits.
func (p placement) atEnd(m fuse.Module) bool {
	nodes := p.graph.Nodes
	return slices.Contains(p.graph.Inputs, nodes[m.Nodes[0]].Inputs[0]) ||
		slices.Contains(p.graph.Outputs, nodes[m.Nodes[len(m.Nodes)-1]].Outputs[0])
}
