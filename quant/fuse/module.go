// Package fuse is step 1 of MQBench (spec §3.1, §3.2): it finds the layers that quantization treats
// as one module, a convolution, transposed convolution or linear layer with the batch normalisation
// and the ReLU behind it, and merges the batch normalisation into the weights. What comes in is a
// Graph, what goes out a new Graph and the modules in it.
package fuse

// Module is one layer as quantization sees it: an anchor (Conv, ConvTranspose, Gemm or MatMul; also
// BatchNormalization for BNReLU2d) and what is fused with it.
type Module struct {
	Kind  string // the float module's name in PyTorch: "ConvBnReLU2d"
	Nodes []int  // indices into Graph.Nodes, in order; the anchor is the first
}

// part is what a pattern is made of. A part may be several nodes: a linear layer is Gemm, or MatMul
// and the Add of its bias; a frozen batch normalisation is Mul and Add of constants.
type part uint8

const (
	conv part = iota
	convTranspose
	linear
	batchNorm
	frozenBatchNorm
	relu
)

// pattern is a float module, what MQBench replaces it by for quantization-aware training, and the
// chain of parts that makes it.
type pattern struct {
	kind, qat string
	parts     []part
}

// patterns is the table of spec §3.2 for the modules that ONNX operators on images can make: the
// longest pattern of each anchor first. BNReLU2d has no weight to quantize, but is no BatchNorm2d to
// PyTorch any more.
var patterns = []pattern{
	{"ConvBnReLU2d", "nniqat.ConvBnReLU2d", []part{conv, batchNorm, relu}},
	{"ConvFreezebnReLU2d", "qnniqat.ConvFreezebnReLU2d", []part{conv, frozenBatchNorm, relu}},
	{"ConvBn2d", "nniqat.ConvBn2d", []part{conv, batchNorm}},
	{"ConvFreezebn2d", "qnniqat.ConvFreezebn2d", []part{conv, frozenBatchNorm}},
	{"ConvReLU2d", "nniqat.ConvReLU2d", []part{conv, relu}},
	{"Conv2d", "nnqat.Conv2d", []part{conv}},

	{"ConvTransposeBnReLU2d", "qnniqat.ConvTransposeBnReLU2d", []part{convTranspose, batchNorm, relu}},
	{"ConvTransposeFreezebnReLU2d", "qnniqat.ConvTransposeFreezebnReLU2d", []part{convTranspose, frozenBatchNorm, relu}},
	{"ConvTransposeBn2d", "qnniqat.ConvTransposeBn2d", []part{convTranspose, batchNorm}},
	{"ConvTransposeFreezebn2d", "qnniqat.ConvTransposeFreezebn2d", []part{convTranspose, frozenBatchNorm}},
	{"ConvTransposeReLU2d", "qnniqat.ConvTransposeReLU2d", []part{convTranspose, relu}},
	{"ConvTranspose2d", "qnn.qat.ConvTranspose2d", []part{convTranspose}},

	{"LinearBn1d", "qnniqat.LinearBn1d", []part{linear, batchNorm}},
	{"LinearReLU", "nniqat.LinearReLU", []part{linear, relu}},
	{"Linear", "nnqat.Linear", []part{linear}},

	{"BNReLU2d", "", []part{batchNorm, relu}},
}

// QAT is the module that MQBench puts in the place of a float module, "" where there is none.
func QAT(kind string) string {
	for _, p := range patterns {
		if p.kind == kind {
			return p.qat
		}
	}
	return ""
}
