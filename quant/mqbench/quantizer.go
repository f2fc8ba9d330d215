package mqbench

import (
	"regexp"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
)

// quantizer reads extra_quantizer_dict: what is quantized besides, and what is not.
func (r *reader) quantizer(s *section) error {
	if on, _, err := s.flag("academic_mode"); err != nil {
		return err
	} else if on {
		r.academic()
	}
	for _, l := range []struct {
		key   string
		layer func(string) (recipe.Override, bool)
		float bool
	}{
		{"exclude_module_name", byName, true},
		{"exclude_node_name", byNode, true},
		{"exclude_function_type", byType, true},
		{"additional_node_name", byNode, false},
		{"additional_function_type", byType, false},
		{"additional_module_type", byType, false},
	} {
		names, err := s.names(l.key)
		if err != nil {
			return err
		}
		for _, n := range names {
			o, ok := l.layer(n)
			if !ok {
				r.note("%s%s: there is no operator for %s in ONNX files.", s.path, l.key, n)
				continue
			}
			o.Float, o.Inputs = l.float, !l.float
			r.override(o)
		}
	}
	s.skip("a quantizer that observes and does not quantize changes nothing in the result", "module_only_enable_observer")
	s.close()
	return nil
}

// academic is extra_quantizer_dict's academic_mode, which only OpenVINO's quantizer reads.
func (r *reader) academic() {
	if r.recipe.Backend != "openvino" {
		r.note("extra_quantizer_dict.academic_mode: backend %s has none, in MQBench neither.", r.recipe.Backend)
		return
	}
	if p, err := recipe.Preset("openvino_academic"); err == nil {
		r.recipe.Name, r.recipe.Backend, r.recipe.Weight, r.recipe.Activation = p.Name, p.Backend, p.Weight, p.Activation
	}
}

// override adds an override, joined to one of the same layers. What is kept in float asks for nothing; but in
// MQBench a name that is asked for besides is stronger.
func (r *reader) override(o recipe.Override) {
	for i := range r.recipe.Overrides {
		had := &r.recipe.Overrides[i]
		if had.Name != o.Name || had.Pattern != o.Pattern || had.Op != o.Op {
			continue
		}
		switch {
		case o.Inputs && had.Float:
			r.note("%s is kept in float and has its inputs quantized: the latter, as in MQBench, counts.", o.Name+o.Op)
			*had = o
		case o.Weight != nil:
			had.Weight = o.Weight
		case o.Activation != nil:
			had.Activation = o.Activation
		}
		return
	}
	r.recipe.Overrides = append(r.recipe.Overrides, o)
}

// byName is the layer of a module's path, or the layers in it.
func byName(path string) (recipe.Override, bool) { return recipe.Override{Name: path}, true }

var function = regexp.MustCompile(`^([a-z_]+?)(_\d+)?$`)

// byNode is the layer of a node of PyTorch's graph: a function with a number, "add_1", which exporters write as
// "/Add_1", or a module's path with underscores.
func byNode(node string) (recipe.Override, bool) {
	if m := function.FindStringSubmatch(node); m != nil {
		if op := operators()[m[1]]; op != "" {
			return recipe.Override{Name: "/" + op + m[2]}, true
		}
	}
	return recipe.Override{Name: node}, true
}

// byType is all layers of a function or of a class of modules.
func byType(class string) (recipe.Override, bool) {
	class = strings.TrimSuffix(last(class), "_sophgo")
	if op := operators()[class]; op != "" {
		return recipe.Override{Op: op}, true
	}
	return recipe.Override{Op: class}, module.MatchString(class)
}

// module matches the modules that package fuse has.
var module = regexp.MustCompile(`^(Conv(Transpose)?(Bn|Freezebn)?(ReLU)?[123]d|Linear(ReLU|Bn1d)?|BNReLU[23]d)$`)

// operators are the ONNX operators of functions and modules of PyTorch.
func operators() map[string]string {
	return map[string]string{
		"add": "Add", "iadd": "Add", "sub": "Sub", "isub": "Sub", "mul": "Mul", "imul": "Mul", "truediv": "Div", "div": "Div",
		"matmul": "MatMul", "bmm": "MatMul", "cat": "Concat", "concat": "Concat", "getitem": "Slice", "pad": "Pad",
		"flatten": "Reshape", "Flatten": "Reshape", "reshape": "Reshape", "view": "Reshape", "permute": "Transpose", "transpose": "Transpose",
		"mean": "ReduceMean", "sum": "ReduceSum", "interpolate": "Resize", "upsample": "Resize", "Upsample": "Resize",
		"adaptive_avg_pool2d": "GlobalAveragePool", "AdaptiveAvgPool2d": "GlobalAveragePool",
		"avg_pool2d": "AveragePool", "AvgPool2d": "AveragePool", "max_pool2d": "MaxPool", "MaxPool2d": "MaxPool",
		"relu": "Relu", "ReLU": "Relu", "relu6": "Clip", "ReLU6": "Clip", "hardtanh": "Clip", "Hardtanh": "Clip", "clamp": "Clip",
		"prelu": "PRelu", "PReLU": "PRelu", "leaky_relu": "LeakyRelu", "LeakyReLU": "LeakyRelu",
		"sigmoid": "Sigmoid", "Sigmoid": "Sigmoid", "silu": "SiLU", "SiLU": "SiLU", "hardswish": "HardSwish", "Hardswish": "HardSwish",
		"hardsigmoid": "HardSigmoid", "Hardsigmoid": "HardSigmoid", "tanh": "Tanh", "Tanh": "Tanh", "gelu": "Gelu", "GELU": "Gelu",
		"mish": "Mish", "Mish": "Mish", "elu": "Elu", "ELU": "Elu", "softplus": "Softplus", "Softplus": "Softplus",
		"softmax": "Softmax", "Softmax": "Softmax", "layer_norm": "LayerNormalization", "LayerNorm": "LayerNormalization",
		"batch_norm": "BatchNormalization", "BatchNorm1d": "BatchNormalization", "BatchNorm2d": "BatchNormalization", "BatchNorm3d": "BatchNormalization",
		"conv1d": "Conv", "conv2d": "Conv", "conv3d": "Conv", "conv_transpose2d": "ConvTranspose", "linear": "Linear",
	}
}
