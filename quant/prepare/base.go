package prepare

import (
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
)

// base is MQBench's ModelQuantizer, the rule of BackendType.Tensorrt and of ONNX QDQ (spec §3.4):
// batch normalisation is folded; the inputs of the operators listed here are quantized, outputs are
// not.
func base() rule { return rule{fuse: fuse.Fold, inputs: baseInputs} }

func baseInputs(p placement, n int) []graph.ValueID {
	node := p.graph.Nodes[n]
	switch node.Op.(type) {
	case graph.Conv, graph.ConvTranspose, graph.MaxPool, graph.AveragePool, graph.GlobalAveragePool, graph.PRelu, graph.Resize:
		return node.Inputs[:1]
	case graph.Gemm, graph.MatMul:
		if p.kind[n] != "" { // a linear layer, not a product of two activations
			return node.Inputs[:1]
		}
	case graph.BatchNormalization:
		if p.kind[n] == "" { // with its ReLU it is a BNReLU2d, which MQBench's list does not have
			return node.Inputs[:1]
		}
	case graph.Add:
		return p.unmerged(p.activations(node))
	case graph.Mul:
		return p.activations(node)
	}
	return nil
}

// activations are the inputs of a node that has no constant among them: MQBench quantizes the sum
// and the product of two tensors, not of a tensor and a number.
func (p placement) activations(node graph.Node) []graph.ValueID {
	for _, v := range node.Inputs {
		if p.graph.Values[v].Const != nil {
			return nil
		}
	}
	return node.Inputs
}

// unmerged leaves out what a Mul makes: MQBench's implicit merge of mul and add, which an engine runs
// as one.
func (p placement) unmerged(inputs []graph.ValueID) []graph.ValueID {
	var rest []graph.ValueID
	for _, v := range inputs {
		if n := p.producer[v]; n >= 0 {
			if _, ok := p.graph.Nodes[n].Op.(graph.Mul); ok {
				continue
			}
		}
		rest = append(rest, v)
	}
	return rest
}
