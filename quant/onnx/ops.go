package onnx

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeFunc makes an Op of an ONNX node and says which of the node's inputs stay data inputs; those
// that only told attributes are left out. A nil Op with one input is that input under another name.
type decodeFunc func(s *source) (graph.Op, []graph.ValueID, error)

// encodeFunc writes a node, whose inputs and outputs are there under their names; what else the ONNX
// operator takes goes through w.
type encodeFunc func(w *Writer, n graph.Node) error

// operator is one row of the table of operators.
type operator struct {
	name   string     // of the operator in ONNX, or of an Op that is none there
	decode decodeFunc // nil where ONNX has none
	encode encodeFunc // nil where it is written under its name without attributes
}

// plain decodes an operator without attributes.
func plain(op graph.Op) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) { return s.done(op, len(s.ids)) }
}

// arithmetic decodes one of two inputs that broadcast.
func arithmetic(op graph.Op) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) { return s.binary(op) }
}

// operators are those there are, by name. Adding one is adding its line here and, where it has attributes
// or several forms, a file op_….go.
var operators = [...]operator{
	{"Abs", plain(graph.Abs{}), nil},
	{"Acos", plain(graph.Acos), nil},
	{"Acosh", plain(graph.Acosh), nil},
	{"Add", arithmetic(graph.Add{}), nil},
	{"And", plain(graph.And{}), nil},
	{"ArgMax", decodeArg(false), encodeArg},
	{"ArgMin", decodeArg(true), encodeArg},
	{"Asin", plain(graph.Asin), nil},
	{"Asinh", plain(graph.Asinh), nil},
	{"Atan", plain(graph.Atan), nil},
	{"Atanh", plain(graph.Atanh), nil},
	{"Attention", decodeAttention, nil},
	{"AveragePool", decodeAveragePool, encodeAveragePool},
	{"BatchNormalization", decodeBatchNormalization, encodeBatchNormalization},
	{"BitShift", decodeBitShift, encodeBitShift},
	{"BitwiseAnd", plain(graph.BitwiseAnd), encodeBitwise},
	{"BitwiseNot", plain(graph.BitwiseNot), encodeBitwise},
	{"BitwiseOr", plain(graph.BitwiseOr), encodeBitwise},
	{"BitwiseXor", plain(graph.BitwiseXor), encodeBitwise},
	{"Cast", decodeCast, encodeCast},
	{"Ceil", plain(graph.Ceil{}), nil},
	{"Celu", decodeCelu, nil},
	{"Clip", decodeClip, encodeClip},
	{"Concat", decodeConcat, encodeConcat},
	{"Constant", decodeConstant, nil},
	{"ConstantOfShape", decodeConstantOfShape, nil},
	{"Conv", decodeConv, encodeConv},
	{"ConvInteger", decodeConvInteger, nil},
	{"ConvTranspose", decodeConvTranspose, encodeConvTranspose},
	{"Cos", plain(graph.Cos), nil},
	{"Cosh", plain(graph.Cosh), nil},
	{"CumSum", decodeCumSum, nil},
	{"DepthToSpace", decodeDepthToSpace, encodeDepthToSpace},
	{"DequantizeLinear", decodeDequantizeLinear, encodeDequantizeLinear},
	{"Det", plain(graph.Det{}), nil},
	{"Div", arithmetic(graph.Div{}), nil},
	{"Dropout", decodeDropout, nil},
	{"DynamicQuantizeLinear", decodeDynamicQuantizeLinear, nil},
	{"Einsum", decodeEinsum, nil},
	{"Elu", decodeElu, encodeElu},
	{"Equal", arithmetic(graph.Equal{}), nil},
	{"Erf", plain(graph.Erf{}), nil},
	{"Exp", plain(graph.Exp{}), nil},
	{"Expand", decodeExpand, encodeExpand},
	{"Flatten", decodeFlatten, nil},
	{"Floor", plain(graph.Floor{}), nil},
	{"GRU", decodeRecurrent(graph.GRU), encodeRecurrent},
	{"Gather", decodeGather, encodeGather},
	{"GatherElements", decodeGatherElements, encodeGatherElements},
	{"GatherIndexed", nil, encodeGatherIndexed},
	{"GatherND", decodeGatherND, encodeGatherND},
	{"Gelu", decodeGelu, encodeGelu},
	{"Gemm", decodeGemm, encodeGemm},
	{"GlobalAveragePool", decodeGlobalAveragePool, nil},
	{"GlobalLpPool", decodeGlobalLpPool, nil},
	{"GlobalMaxPool", decodeGlobalMaxPool, nil},
	{"Greater", arithmetic(graph.Greater{}), nil},
	{"GreaterOrEqual", plain(graph.GreaterOrEqual{}), nil},
	{"GridSample", decodeGridSample, encodeGridSample},
	{"GroupNormalization", decodeGroupNormalization, nil},
	{"HardSigmoid", decodeHardSigmoid, encodeHardSigmoid},
	{"HardSwish", plain(graph.HardSwish{}), encodeHardSwish},
	{"Hardmax", decodeHardmax, nil},
	{"Identity", decodeIdentity, nil},
	{"InstanceNormalization", decodeInstanceNormalization, encodeInstanceNormalization},
	{"IsInf", decodeIsInf, nil},
	{"IsNaN", decodeIsNaN, nil},
	{"LRN", decodeLRN, encodeLRN},
	{"LSTM", decodeRecurrent(graph.LSTM), encodeRecurrent},
	{"LayerNormalization", decodeLayerNormalization, encodeLayerNormalization},
	{"LeakyRelu", decodeLeakyRelu, encodeLeakyRelu},
	{"Less", arithmetic(graph.Less{}), nil},
	{"LessOrEqual", plain(graph.LessOrEqual{}), nil},
	{"Log", plain(graph.Log{}), nil},
	{"LogSoftmax", decodeLogSoftmax, nil},
	{"LpNormalization", decodeLpNormalization, nil},
	{"LpPool", decodeLpPool, nil},
	{"MatMul", plain(graph.MatMul{}), nil},
	{"MatMulInteger", decodeMatMulInteger, nil},
	{"Max", several(graph.Max{}), nil},
	{"MaxPool", decodeMaxPool, encodeMaxPool},
	{"MaxPoolIndices", nil, encodeMaxPoolIndices},
	{"MaxUnpool", decodeMaxUnpool, encodeMaxUnpool},
	{"Mean", decodeMean, nil},
	{"MeanVarianceNormalization", decodeMeanVarianceNormalization, nil},
	{"Min", several(graph.Min{}), nil},
	{"Mish", plain(graph.Mish{}), encodeMish},
	{"Mod", decodeMod, encodeMod},
	{"Mul", arithmetic(graph.Mul{}), nil},
	{"Neg", plain(graph.Neg{}), nil},
	{"NonMaxSuppression", decodeNonMaxSuppression, nil},
	{"NonZero", plain(graph.NonZero{}), nil},
	{"Not", plain(graph.Not{}), nil},
	{"OneHot", decodeOneHot, nil},
	{"Or", plain(graph.Or{}), nil},
	{"PRelu", decodePRelu, nil},
	{"Pad", decodePad, encodePad},
	{"Pow", decodePow, nil},
	{"QLinearConv", decodeQLinearConv, nil},
	{"QLinearMatMul", onCodes(2, plain(graph.MatMul{})), nil},
	{"QuantizeLinear", decodeQuantizeLinear, encodeQuantizeLinear},
	{"RMSNormalization", decodeRMSNormalization, nil},
	{"RNN", decodeRecurrent(graph.RNN), encodeRecurrent},
	{"Range", decodeRange, nil},
	{"Reciprocal", decodeReciprocal, nil},
	{"ReduceL1", composed(axesInput, reduceL1), nil},
	{"ReduceL2", composed(axesInput, reduceL2), nil},
	{"ReduceLogSum", composed(axesInput, reduceLogSum), nil},
	{"ReduceLogSumExp", composed(axesInput, reduceLogSumExp), nil},
	{"ReduceMax", reducing(axesInput, func(axes []int, keep bool) graph.Op { return graph.ReduceMax{Axes: axes, KeepDims: keep} }), encodeReduce},
	{"ReduceMean", reducing(axesInput, func(axes []int, keep bool) graph.Op { return graph.ReduceMean{Axes: axes, KeepDims: keep} }), encodeReduce},
	{"ReduceMin", reducing(axesInput, func(axes []int, keep bool) graph.Op { return graph.ReduceMin{Axes: axes, KeepDims: keep} }), encodeReduce},
	{"ReduceProd", composed(axesInput, reduceProd), nil},
	{"ReduceSum", reducing(sumAxesInput, func(axes []int, keep bool) graph.Op { return graph.ReduceSum{Axes: axes, KeepDims: keep} }), encodeReduce},
	{"ReduceSumSquare", composed(axesInput, reduceSumSquare), nil},
	{"Relu", plain(graph.Relu{}), nil},
	{"Reshape", decodeReshape, encodeReshape},
	{"Resize", decodeResize, encodeResize},
	{"RoiAlign", decodeRoiAlign, encodeRoiAlign},
	{"Round", plain(graph.Round{}), nil},
	{"ScatterElements", decodeScatterElements, encodeScatterElements},
	{"ScatterND", decodeScatterND, encodeScatterND},
	{"Selu", decodeSelu, nil},
	{"Shape", decodeShape, nil},
	{"Shrink", decodeShrink, nil},
	{"SiLU", nil, encodeSiLU},
	{"Sigmoid", plain(graph.Sigmoid{}), nil},
	{"Sign", plain(graph.Sign{}), nil},
	{"Sin", plain(graph.Sin), nil},
	{"Sinh", plain(graph.Sinh), nil},
	{"Size", decodeSize, nil},
	{"Slice", decodeSlice, encodeSlice},
	{"Softmax", decodeSoftmax, encodeSoftmax},
	{"Softplus", plain(graph.Softplus{}), nil},
	{"Softsign", decodeSoftsign, nil},
	{"SpaceToDepth", decodeSpaceToDepth, encodeSpaceToDepth},
	{"Split", decodeSplit, encodeSplit},
	{"Sqrt", plain(graph.Sqrt{}), nil},
	{"Squeeze", decodeSqueeze, nil},
	{"Sub", arithmetic(graph.Sub{}), nil},
	{"Sum", several(graph.Add{}), nil},
	{"Tan", plain(graph.Tan), nil},
	{"Tanh", plain(graph.Tanh{}), nil},
	{"ThresholdedRelu", decodeThresholdedRelu, nil},
	{"Tile", decodeTile, nil},
	{"TopK", decodeTopK, encodeTopK},
	{"Transpose", decodeTranspose, encodeTranspose},
	{"Trilu", decodeTrilu, nil},
	{"Unsqueeze", decodeUnsqueeze, nil},
	{"Upsample", decodeUpsample, nil},
	{"Where", plain(graph.Where{}), nil},
	{"Xor", plain(graph.Xor{}), nil},
}

// contribOperators are those of the domain com.microsoft that compute on codes, or several operators at once,
// which ONNX Runtime reads and writes.
var contribOperators = [...]operator{
	{"BiasGelu", biased(graph.Gelu{}), nil},
	{"DequantizeLinear", decodeDequantizeLinear, nil},
	{"FastGelu", biased(graph.Gelu{Tanh: true}), nil},
	{"FusedConv", decodeFusedConv, nil},
	{"FusedMatMul", decodeFusedMatMul, nil},
	{"Gelu", plain(graph.Gelu{}), nil},
	{"QGemm", decodeQGemm, nil},
	{"QLinearAdd", onCodes(2, arithmetic(graph.Add{})), nil},
	{"QLinearAveragePool", onCodes(1, decodeAveragePool), nil},
	{"QLinearConcat", decodeQLinearConcat, nil},
	{"QLinearGlobalAveragePool", onCodes(1, decodeGlobalAveragePool), nil},
	{"QLinearLeakyRelu", onCodes(1, decodeLeakyRelu), nil},
	{"QLinearMul", onCodes(2, arithmetic(graph.Mul{})), nil},
	{"QLinearSigmoid", onCodes(1, plain(graph.Sigmoid{})), nil},
	{"QuantizeLinear", decodeQuantizeLinear, nil},
	{"QuickGelu", decodeQuickGelu, nil},
	{"SkipLayerNormalization", decodeSkipLayerNormalization, nil},
}

// lookupIn finds the operator that a node of a file names.
func lookupIn(domain, name string) (operator, bool) {
	if domain == "" || domain == "ai.onnx" {
		return lookup(name)
	}
	for _, o := range contribOperators {
		if domain == contrib && o.name == name {
			return o, true
		}
	}
	return operator{}, false
}

// lookup finds an operator by its name.
func lookup(name string) (operator, bool) {
	for _, o := range operators {
		if o.name == name {
			return o, true
		}
	}
	return operator{}, false
}

// Supported lists the ONNX operators that ToGraph knows, in order.
func Supported() []string {
	var names []string
	for _, o := range operators {
		if o.decode != nil {
			names = append(names, o.name)
		}
	}
	slices.Sort(names)
	return names
}
