package backend

// Rule is where an engine wants quantizers. Each is one literal, to be read beside the table of spec §3.4.
type Rule struct {
	Unfused bool // batch normalisation stays, every layer is for itself
	Ends8   bool // the first and the last layer, and their inputs, keep 8 bits

	Inputs  []Kind // the inputs of these are quantized
	Outputs []Kind // the outputs of these are quantized,
	Past    []Kind // but the quantizer moves behind a reader of these kinds
	Merged  []Edge // no quantizer for the sake of these: the engine runs the two as one

	Placeholders bool     // the inputs of the network are quantized
	Results      bool     // the outputs of the network are quantized
	LastFloat    bool     // the outputs of the network are never quantized
	FloatWeights []string // modules, by the beginning of their names, whose weights are not quantized
	Biases       bool     // biases are quantized as weights are
	TensorsOnly  bool     // a sum or product of a tensor and a number is left alone

	Through  []Kind // a quantizer asked for behind one of these stands at its inputs instead
	Carried  []Edge // between these neither: the producer hands on the codes it got
	Unsigned bool   // what cannot be negative has unsigned codes

	GroupsApart bool // overrides by type do not concern convolutions in groups
}

// Edge is a producer and one that reads it.
type Edge struct{ Producer, Reader Kind }

// Kind is what a rule calls an operator: the module or function of PyTorch that MQBench's tables name.
// A layer with batch normalisation and ReLU fused to it is of its anchor's kind.
type Kind string

// The kinds. Other is whatever no table names.
const (
	Conv            Kind = "Conv2d"
	ConvBn1d        Kind = "ConvBn1d"
	ConvTranspose   Kind = "ConvTranspose2d"
	Linear          Kind = "Linear"
	LinearBn        Kind = "LinearBn1d"
	BnReLU          Kind = "BNReLU2d"
	BatchNorm       Kind = "BatchNorm2d"
	LayerNorm       Kind = "LayerNorm"
	MaxPool         Kind = "MaxPool2d"
	AvgPool         Kind = "AvgPool2d"
	AdaptiveAvgPool Kind = "AdaptiveAvgPool2d"
	Upsample        Kind = "Upsample"
	Add             Kind = "add"
	Sub             Kind = "sub"
	Mul             Kind = "mul"
	Div             Kind = "truediv"
	MatMul          Kind = "matmul"
	Cat             Kind = "cat"
	Flatten         Kind = "flatten"
	Mean            Kind = "mean"
	Sum             Kind = "sum"
	Clamp           Kind = "clamp"
	ReLU            Kind = "ReLU"
	ReLU6           Kind = "ReLU6"
	PReLU           Kind = "PReLU"
	Sigmoid         Kind = "Sigmoid"
	SiLU            Kind = "SiLU"
	HardSigmoid     Kind = "Hardsigmoid"
	HardSwish       Kind = "Hardswish"
	Tanh            Kind = "Tanh"
	GELU            Kind = "GELU"
	Mish            Kind = "Mish"
	ELU             Kind = "ELU"
	Softplus        Kind = "Softplus"
	Other           Kind = ""
)

// baseKinds are the operators that MQBench's ModelQuantizer lists.
func baseKinds() []Kind {
	return []Kind{
		Conv, ConvTranspose, Linear, LinearBn, MaxPool, AvgPool, AdaptiveAvgPool, BatchNorm, PReLU, Upsample, Add, Mul,
	}
}

// mulAdd is MQBench's implicit merge of a product and the sum it feeds.
func mulAdd() []Edge { return []Edge{{Mul, Add}} }

// base is MQBench's ModelQuantizer: batch normalisation is folded; the inputs of the operators listed are
// quantized, outputs are not.
func base() Rule { return Rule{Inputs: baseKinds(), Merged: mulAdd()} }

// totalINT is MQBench's TotalINTQuantizer, for engines that compute in integers only. Inputs and outputs of
// the listed operators are quantized; an output's quantizer moves behind the activation function or the
// flattening that reads it.
func totalINT() Rule {
	return Rule{
		Inputs:  baseKinds(),
		Outputs: baseKinds(),
		Past:    []Kind{ReLU, ReLU6, Flatten},
		Merged:  mulAdd(),
	}
}

// sophgo is the rule of the Sophgo fork's SophgoTpuQuantizer for convolutional networks: the base rule with
// nearly every function of one tensor, outputs too, and the inputs of the network. The fork merges a product
// and the sum it feeds as MQBench does, but only where it looks for inputs: as an output the product is
// quantized all the same, so that nothing is merged. Its chips compute convolutions in groups with 8 bits, so
// that those keep the settings of all layers where a type has others.
func sophgo() Rule {
	kinds := append(baseKinds(),
		SiLU, HardSwish, Sigmoid, HardSigmoid, Tanh, GELU, Mish, ELU, Softplus, LayerNorm,
		Sub, Div, MatMul, Cat, Clamp,
	)
	return Rule{
		Inputs:       kinds,
		Outputs:      kinds,
		Past:         []Kind{ReLU, ReLU6, Flatten},
		Placeholders: true,
		GroupsApart:  true,
	}
}
