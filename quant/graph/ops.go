package graph

import "slices"

// decoder makes an Op of an ONNX node and says which of the node's inputs stay data inputs; those
// that only told attributes are left out. A nil Op with one input is that input under another name.
type decoder func(s *source) (Op, []ValueID, error)

// operator is one row of the table of operators.
type operator struct {
	name   string
	decode decoder
}

// operators are the ONNX operators there are, by name. Adding one is adding a file op_….go and its
// line here.
var operators = [...]operator{
	{"Add", decodeAdd},
	{"AveragePool", decodeAveragePool},
	{"BatchNormalization", decodeBatchNormalization},
	{"Cast", decodeCast},
	{"Ceil", decodeCeil},
	{"Clip", decodeClip},
	{"Concat", decodeConcat},
	{"Constant", decodeConstant},
	{"ConstantOfShape", decodeConstantOfShape},
	{"Conv", decodeConv},
	{"ConvTranspose", decodeConvTranspose},
	{"DepthToSpace", decodeDepthToSpace},
	{"DequantizeLinear", decodeDequantizeLinear},
	{"Div", decodeDiv},
	{"Dropout", decodeDropout},
	{"Elu", decodeElu},
	{"Equal", decodeEqual},
	{"Exp", decodeExp},
	{"Expand", decodeExpand},
	{"Flatten", decodeFlatten},
	{"Floor", decodeFloor},
	{"Gather", decodeGather},
	{"Gelu", decodeGelu},
	{"Gemm", decodeGemm},
	{"GlobalAveragePool", decodeGlobalAveragePool},
	{"GlobalMaxPool", decodeGlobalMaxPool},
	{"HardSigmoid", decodeHardSigmoid},
	{"HardSwish", decodeHardSwish},
	{"Identity", decodeIdentity},
	{"InstanceNormalization", decodeInstanceNormalization},
	{"LRN", decodeLRN},
	{"LayerNormalization", decodeLayerNormalization},
	{"LeakyRelu", decodeLeakyRelu},
	{"MatMul", decodeMatMul},
	{"MaxPool", decodeMaxPool},
	{"Mish", decodeMish},
	{"Mul", decodeMul},
	{"PRelu", decodePRelu},
	{"Pad", decodePad},
	{"Pow", decodePow},
	{"QuantizeLinear", decodeQuantizeLinear},
	{"Range", decodeRange},
	{"ReduceMax", decodeReduceMax},
	{"ReduceMean", decodeReduceMean},
	{"ReduceMin", decodeReduceMin},
	{"ReduceSum", decodeReduceSum},
	{"Relu", decodeRelu},
	{"Reshape", decodeReshape},
	{"Resize", decodeResize},
	{"Shape", decodeShape},
	{"Sigmoid", decodeSigmoid},
	{"Slice", decodeSlice},
	{"Softmax", decodeSoftmax},
	{"Softplus", decodeSoftplus},
	{"SpaceToDepth", decodeSpaceToDepth},
	{"Split", decodeSplit},
	{"Sqrt", decodeSqrt},
	{"Squeeze", decodeSqueeze},
	{"Sub", decodeSub},
	{"Tanh", decodeTanh},
	{"Transpose", decodeTranspose},
	{"Unsqueeze", decodeUnsqueeze},
	{"Upsample", decodeUpsample},
	{"Where", decodeWhere},
}

// lookup finds an operator by its ONNX name.
func lookup(name string) (decoder, bool) {
	for _, o := range operators {
		if o.name == name {
			return o.decode, true
		}
	}
	return nil, false
}

// Supported lists the ONNX operators that Build knows, in order.
func Supported() []string {
	var names []string
	for _, o := range operators {
		names = append(names, o.name)
	}
	slices.Sort(names)
	return names
}
