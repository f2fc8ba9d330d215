// Package prepare is steps 2 and 3 of MQBench (spec §3.2, §3.4): it decides where the quantizers
// sit. What comes in is a Graph and a Recipe; what goes out is the graph that runs, batch
// normalisation folded where the backend folds it, and the list of its quantizers.
package prepare

import (
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Quantizer is one fake-quantizer in its place.
type Quantizer struct {
	Name      string        // MQBench's: "conv1.weight_fake_quant", "relu_post_act_fake_quantizer"
	Value     graph.ValueID // what it quantizes: a constant, a graph input or a node's output
	Weight    bool          // Value is a constant weight
	Node      int           // index of the node that owns the weight, or that first asked for the input to be quantized
	Scheme    scheme.QScheme
	Axis      int // channel axis of Value where Scheme.PerChannel, else -1
	Observer  string
	EMARatio  float32
	FakeQuant string
}

// Prepared is a network with its quantizers in place and nothing known about ranges yet.
type Prepared struct {
	Graph      *graph.Graph  // the graph to run; for backends that fold, without batch normalisation
	Quantizers []Quantizer   // in the order of the nodes; a node's inputs before its weight
	Modules    []fuse.Module // the layers with weights, indices into Graph.Nodes
	Recipe     recipe.Recipe
}
