package tflite

import (
	"fmt"
	"strconv"
)

// row is an operator: what it is called, and what writes its nodes; nil where it is not supported.
type row struct {
	code      int
	name      string
	translate func(*node)
}

// rows are the operators of the schema, by their code. Adding one is giving its line a function.
var rows = [...]row{
	{0, "ADD", arithmetic("Add")},
	{1, "AVERAGE_POOL_2D", pool("AveragePool")},
	{2, "CONCATENATION", concatenation},
	{3, "CONV_2D", conv2D},
	{4, "DEPTHWISE_CONV_2D", depthwiseConv2D},
	{5, "DEPTH_TO_SPACE", blocks("DepthToSpace")},
	{6, "DEQUANTIZE", copied},
	{7, "EMBEDDING_LOOKUP", embeddingLookup},
	{8, "FLOOR", unary("Floor")},
	{9, "FULLY_CONNECTED", fullyConnected},
	{10, "HASHTABLE_LOOKUP", nil},
	{11, "L2_NORMALIZATION", l2Normalization},
	{12, "L2_POOL_2D", nil},
	{13, "LOCAL_RESPONSE_NORMALIZATION", localResponseNormalization},
	{14, "LOGISTIC", unary("Sigmoid")},
	{15, "LSH_PROJECTION", nil},
	{16, "LSTM", nil},
	{17, "MAX_POOL_2D", pool("MaxPool")},
	{18, "MUL", arithmetic("Mul")},
	{19, "RELU", clipped(1)},
	{20, "RELU_N1_TO_1", clipped(2)},
	{21, "RELU6", clipped(3)},
	{22, "RESHAPE", reshape},
	{23, "RESIZE_BILINEAR", resizeBilinear},
	{24, "RNN", nil},
	{25, "SOFTMAX", softmax},
	{26, "SPACE_TO_DEPTH", blocks("SpaceToDepth")},
	{27, "SVDF", nil},
	{28, "TANH", unary("Tanh")},
	{29, "CONCAT_EMBEDDINGS", nil},
	{30, "SKIP_GRAM", nil},
	{31, "CALL", nil},
	{32, "CUSTOM", nil},
	{33, "EMBEDDING_LOOKUP_SPARSE", nil},
	{34, "PAD", pad},
	{35, "UNIDIRECTIONAL_SEQUENCE_RNN", nil},
	{36, "GATHER", gather},
	{37, "BATCH_TO_SPACE_ND", batchToSpace},
	{38, "SPACE_TO_BATCH_ND", spaceToBatch},
	{39, "TRANSPOSE", transpose},
	{40, "MEAN", reduce("ReduceMean")},
	{41, "SUB", arithmetic("Sub")},
	{42, "DIV", arithmetic("Div")},
	{43, "SQUEEZE", squeeze},
	{44, "UNIDIRECTIONAL_SEQUENCE_LSTM", nil},
	{45, "STRIDED_SLICE", stridedSlice},
	{46, "BIDIRECTIONAL_SEQUENCE_RNN", nil},
	{47, "EXP", unary("Exp")},
	{48, "TOPK_V2", topK},
	{49, "SPLIT", split},
	{50, "LOG_SOFTMAX", logSoftmax},
	{51, "DELEGATE", nil},
	{52, "BIDIRECTIONAL_SEQUENCE_LSTM", nil},
	{53, "CAST", cast},
	{54, "PRELU", prelu},
	{55, "MAXIMUM", arithmetic("Max")},
	{56, "ARG_MAX", arg("ArgMax")},
	{57, "MINIMUM", arithmetic("Min")},
	{58, "LESS", arithmetic("Less")},
	{59, "NEG", unary("Neg")},
	{60, "PADV2", pad},
	{61, "GREATER", arithmetic("Greater")},
	{62, "GREATER_EQUAL", arithmetic("GreaterOrEqual")},
	{63, "LESS_EQUAL", arithmetic("LessOrEqual")},
	{64, "SELECT", arithmetic("Where")},
	{65, "SLICE", slice},
	{66, "SIN", nil},
	{67, "TRANSPOSE_CONV", transposeConv},
	{68, "SPARSE_TO_DENSE", nil},
	{69, "TILE", tile},
	{70, "EXPAND_DIMS", expandDims},
	{71, "EQUAL", arithmetic("Equal")},
	{72, "NOT_EQUAL", arithmetic("Equal", "Not")},
	{73, "LOG", unary("Log")},
	{74, "SUM", reduce("ReduceSum")},
	{75, "SQRT", unary("Sqrt")},
	{76, "RSQRT", unary("Sqrt", "Reciprocal")},
	{77, "SHAPE", shape},
	{78, "POW", arithmetic("Pow")},
	{79, "ARG_MIN", arg("ArgMin")},
	{80, "FAKE_QUANT", nil},
	{81, "REDUCE_PROD", reduce("ReduceProd")},
	{82, "REDUCE_MAX", reduce("ReduceMax")},
	{83, "PACK", pack},
	{84, "LOGICAL_OR", arithmetic("Or")},
	{85, "ONE_HOT", oneHot},
	{86, "LOGICAL_AND", arithmetic("And")},
	{87, "LOGICAL_NOT", unary("Not")},
	{88, "UNPACK", unpack},
	{89, "REDUCE_MIN", reduce("ReduceMin")},
	{90, "FLOOR_DIV", arithmetic("Div", "Floor")},
	{91, "REDUCE_ANY", nil},
	{92, "SQUARE", square},
	{93, "ZEROS_LIKE", nil},
	{94, "FILL", fill},
	{95, "FLOOR_MOD", arithmetic("Mod")},
	{96, "RANGE", nil},
	{97, "RESIZE_NEAREST_NEIGHBOR", resizeNearest},
	{98, "LEAKY_RELU", leakyRelu},
	{99, "SQUARED_DIFFERENCE", squaredDifference},
	{100, "MIRROR_PAD", mirrorPad},
	{101, "ABS", unary("Abs")},
	{102, "SPLIT_V", splitV},
	{103, "UNIQUE", nil},
	{104, "CEIL", unary("Ceil")},
	{105, "REVERSE_V2", reverse},
	{106, "ADD_N", addN},
	{107, "GATHER_ND", gatherND},
	{108, "COS", nil},
	{109, "WHERE", nil},
	{110, "RANK", nil},
	{111, "ELU", unary("Elu")},
	{112, "REVERSE_SEQUENCE", nil},
	{113, "MATRIX_DIAG", nil},
	{114, "QUANTIZE", copied},
	{115, "MATRIX_SET_DIAG", nil},
	{116, "ROUND", unary("Round")},
	{117, "HARD_SWISH", unary("HardSwish")},
	{ifCode, "IF", nil}, // branches: its subgraphs have operators of this table,
	{119, "WHILE", nil},
	{120, "NON_MAX_SUPPRESSION_V4", nil},
	{121, "NON_MAX_SUPPRESSION_V5", nil},
	{122, "SCATTER_ND", nil},
	{123, "SELECT_V2", arithmetic("Where")},
	{124, "DENSIFY", nil},
	{125, "SEGMENT_SUM", nil},
	{126, "BATCH_MATMUL", batchMatMul},
	{127, "PLACEHOLDER_FOR_GREATER_OP_CODES", nil},
	{128, "CUMSUM", cumSum},
	{129, "CALL_ONCE", nil},
	{130, "BROADCAST_TO", broadcastTo},
	{131, "RFFT2D", nil},
	{132, "CONV_3D", nil},
	{133, "IMAG", nil},
	{134, "REAL", nil},
	{135, "COMPLEX_ABS", nil},
	{136, "HASHTABLE", nil},
	{137, "HASHTABLE_FIND", nil},
	{138, "HASHTABLE_IMPORT", nil},
	{139, "HASHTABLE_SIZE", nil},
	{140, "REDUCE_ALL", nil},
	{141, "CONV_3D_TRANSPOSE", nil},
	{142, "VAR_HANDLE", nil},
	{143, "READ_VARIABLE", nil},
	{144, "ASSIGN_VARIABLE", nil},
	{145, "BROADCAST_ARGS", nil},
	{146, "RANDOM_STANDARD_NORMAL", nil},
	{147, "BUCKETIZE", nil},
	{148, "RANDOM_UNIFORM", nil},
	{149, "MULTINOMIAL", nil},
	{150, "GELU", gelu},
	{151, "DYNAMIC_UPDATE_SLICE", nil},
	{152, "RELU_0_TO_1", clipped(reluTo1)},
	{153, "UNSORTED_SEGMENT_PROD", nil},
	{154, "UNSORTED_SEGMENT_MAX", nil},
	{155, "UNSORTED_SEGMENT_SUM", nil},
	{156, "ATAN2", nil},
	{157, "UNSORTED_SEGMENT_MIN", nil},
	{158, "SIGN", unary("Sign")},
}

// ifCode is that of IF.
const ifCode = 118

// customCode is that of operators which only the program that made the file knows.
const customCode = 32

// title is the operator's name.
func (o *operator) title() string {
	switch {
	case o.code == customCode && o.custom != "":
		return "custom operator " + strconv.Quote(o.custom[:min(len(o.custom), 60)])
	case o.code < 0 || o.code >= len(rows):
		return fmt.Sprintf("operator code %d", o.code)
	}
	return rows[o.code].name
}

// translate writes the nodes of the operator.
func (n *node) translate() error {
	var translate func(*node)
	switch {
	case n.code == ifCode:
		translate = branches
	case n.code >= 0 && n.code < len(rows):
		translate = rows[n.code].translate
	}
	if translate == nil {
		return fmt.Errorf("the operator is not supported in TensorFlow Lite files: %s", advice)
	}
	for _, i := range append(append([]int(nil), n.inputs...), n.outputs...) {
		if i >= 0 && n.file.tensors[i].detailed {
			return fmt.Errorf("tensor %q is quantized in a way of its own, which is not supported", n.file.tensors[i].name)
		}
	}
	translate(n)
	if n.options.f != nil && n.options.f.err != nil {
		return n.options.f.err
	}
	return n.err
}

const advice = "take the network before it, or an ONNX file of it"
