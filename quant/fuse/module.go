// Package fuse is step 1 of MQBench (spec §3.1, §3.2): it finds the layers that quantization treats
// as one module, a convolution, transposed convolution or linear layer with the batch normalisation
// and the ReLU behind it, and merges the batch normalisation into the weights. What comes in is a
// Graph, what goes out a new Graph and the modules in it.
package fuse

// Module is one layer as quantization sees it: an anchor (Conv, ConvTranspose, Gemm or MatMul) and
// what is fused with it.
type Module struct {
	Kind  string // the float module's name in PyTorch, spec §3.2: "ConvBnReLU2d"
	Nodes []int  // indices into Graph.Nodes, in order; the anchor is the first
}
