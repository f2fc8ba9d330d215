// Package fuse is step 1 of MQBench (spec §3.1, §3.2): it finds the layers that quantization treats
// as one module, a convolution, transposed convolution or linear layer with the batch normalisation
// and the ReLU behind it, and merges the batch normalisation into the weights. What comes in is a
// Graph, what goes out a new Graph and the modules in it.
package fuse

import "strings"

// Module is one layer as quantization sees it: an anchor (Conv, ConvTranspose, Gemm or MatMul; also
// BatchNormalization for BNReLU2d) and what is fused with it.
type Module struct {
	Kind  string // the float module's name in PyTorch: "ConvBnReLU2d"
	Name  string // of the anchor in the file: "/layer1/layer1.0/conv1/Conv"
	Path  string // of the module in PyTorch, as far as the file tells: "layer1.0.conv1"; else Name
	Nodes []int  // indices into Graph.Nodes, in order; the anchor is the first
}

// part is what a pattern is made of. A part may be several nodes: a linear layer is Gemm, or MatMul
// and the Add of its bias; a convolution in one dimension that package onnx wrote as one of an image is Conv
// and the Reshape behind it; a frozen batch normalisation is Mul and Add of constants.
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
// chain of parts that makes it. Modules are named for images; those of other dimensions have another
// digit where there are such.
type pattern struct {
	kind, qat string
	parts     []part
	earlier   bool // MQBench's branch for PyTorch 1.10 has it, the main branch does not
}

// patterns is the table of spec §3.2 for the modules that ONNX operators can make: the longest pattern
// of each anchor first. BNReLU2d has no weight to quantize, but is no BatchNorm2d to PyTorch any more.
var patterns = []pattern{
	{kind: "ConvBnReLU2d", qat: "nniqat.ConvBnReLU2d", parts: []part{conv, batchNorm, relu}},
	{kind: "ConvFreezebnReLU2d", qat: "qnniqat.ConvFreezebnReLU2d", parts: []part{conv, frozenBatchNorm, relu}, earlier: true},
	{kind: "ConvBn2d", qat: "nniqat.ConvBn2d", parts: []part{conv, batchNorm}},
	{kind: "ConvFreezebn2d", qat: "qnniqat.ConvFreezebn2d", parts: []part{conv, frozenBatchNorm}, earlier: true},
	{kind: "ConvReLU2d", qat: "nniqat.ConvReLU2d", parts: []part{conv, relu}},
	{kind: "Conv2d", qat: "nnqat.Conv2d", parts: []part{conv}},

	{kind: "ConvTransposeBnReLU2d", qat: "qnniqat.ConvTransposeBnReLU2d", parts: []part{convTranspose, batchNorm, relu}},
	{kind: "ConvTransposeFreezebnReLU2d", qat: "qnniqat.ConvTransposeFreezebnReLU2d", parts: []part{convTranspose, frozenBatchNorm, relu}, earlier: true},
	{kind: "ConvTransposeBn2d", qat: "qnniqat.ConvTransposeBn2d", parts: []part{convTranspose, batchNorm}},
	{kind: "ConvTransposeFreezebn2d", qat: "qnniqat.ConvTransposeFreezebn2d", parts: []part{convTranspose, frozenBatchNorm}, earlier: true},
	{kind: "ConvTransposeReLU2d", qat: "qnniqat.ConvTransposeReLU2d", parts: []part{convTranspose, relu}, earlier: true},
	{kind: "ConvTranspose2d", qat: "qnn.qat.ConvTranspose2d", parts: []part{convTranspose}},

	{kind: "LinearBn1d", qat: "qnniqat.LinearBn1d", parts: []part{linear, batchNorm}},
	{kind: "LinearReLU", qat: "nniqat.LinearReLU", parts: []part{linear, relu}},
	{kind: "Linear", qat: "nnqat.Linear", parts: []part{linear}},

	{kind: "BNReLU2d", parts: []part{batchNorm, relu}},
}

// QAT is the module that MQBench puts in the place of a float module, "" where there is none: of
// transposed convolutions there is one for images only.
func QAT(kind string) string {
	for _, p := range patterns {
		switch {
		case p.kind == kind:
			return p.qat
		case p.parts[0] == conv && (kind == p.in(1) || kind == p.in(3)):
			return strings.TrimSuffix(p.qat, "2d") + kind[len(kind)-2:]
		}
	}
	return ""
}

// in is the pattern's name in so many dimensions.
func (p pattern) in(dimensions int) string {
	if base, ok := strings.CutSuffix(p.kind, "2d"); ok {
		return base + string('0'+rune(dimensions)) + "d"
	}
	return p.kind
}

// Scope is the path of the PyTorch module whose operator goes by a name as PyTorch writes it,
// "layer1.0.conv1" for "/layer1/layer1.0/conv1/Conv"; "" where the name is another or the operator
// stands in no module.
func Scope(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) < 3 || parts[0] != "" {
		return ""
	}
	var path []string
	for i, p := range parts[1 : len(parts)-1] {
		if i > 0 && strings.HasPrefix(p, path[len(path)-1]+".") { // a member of a list goes by the list's name too
			path = path[:len(path)-1]
		}
		path = append(path, p)
	}
	return strings.Join(path, ".")
}
