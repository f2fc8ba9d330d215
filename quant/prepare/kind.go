package prepare

import (
	"strings"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// kind is what a rule calls an operator: the module or function of PyTorch that MQBench's tables name.
// A layer with batch normalisation and ReLU fused to it is of its anchor's kind.
type kind string

const (
	conv            kind = "Conv2d"
	convBn1d        kind = "ConvBn1d"
	convTranspose   kind = "ConvTranspose2d"
	linear          kind = "Linear"
	linearBn        kind = "LinearBn1d"
	bnReLU          kind = "BNReLU2d"
	batchNorm       kind = "BatchNorm2d"
	layerNorm       kind = "LayerNorm"
	maxPool         kind = "MaxPool2d"
	avgPool         kind = "AvgPool2d"
	adaptiveAvgPool kind = "AdaptiveAvgPool2d"
	upsample        kind = "Upsample"
	add             kind = "add"
	sub             kind = "sub"
	mul             kind = "mul"
	div             kind = "truediv"
	matmul          kind = "matmul"
	cat             kind = "cat"
	flatten         kind = "flatten"
	mean            kind = "mean"
	sum             kind = "sum"
	clamp           kind = "clamp"
	relu            kind = "ReLU"
	relu6           kind = "ReLU6"
	prelu           kind = "PReLU"
	sigmoid         kind = "Sigmoid"
	silu            kind = "SiLU"
	hardsigmoid     kind = "Hardsigmoid"
	hardswish       kind = "Hardswish"
	tanh            kind = "Tanh"
	gelu            kind = "GELU"
	mish            kind = "Mish"
	elu             kind = "ELU"
	softplus        kind = "Softplus"
	other           kind = "" // whatever no table names
)

// kindOf is the kind of a node, m being the float module whose anchor it is, the zero value for none.
// [Q] MQBench's tables name the modules of images only, so that exact leaves out those of other
// dimensions, and a linear layer with batch normalisation unless r says that it was fused in evaluation mode.
func kindOf(g *graph.Graph, n graph.Node, m fuse.Module, r recipe.Recipe) kind {
	exact := r.MQBenchExact
	switch {
	case m.Kind == "":
		if spatial(n.Op) && exact && len(g.Values[n.Inputs[0]].Shape) != 4 {
			return other
		}
	case m.Kind == "LinearBn1d":
		switch {
		case !exact:
			return linearBn
		case r.MQBenchEval:
			return linear
		}
		return other
	case strings.HasPrefix(m.Kind, "BNReLU"):
		return bnReLU
	case exact && strings.HasPrefix(m.Kind, "ConvBn") && strings.HasSuffix(m.Kind, "1d"):
		return convBn1d
	case exact && (strings.HasSuffix(m.Kind, "1d") || strings.HasSuffix(m.Kind, "3d")):
		return other
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		if m.Kind != "" { // else its weight is computed
			return conv
		}
	case graph.ConvTranspose:
		if m.Kind != "" {
			return convTranspose
		}
	case graph.Gemm, graph.MatMul:
		if m.Kind != "" {
			return linear
		}
		return matmul
	case graph.BatchNormalization:
		return batchNorm
	case graph.LayerNormalization:
		return layerNorm
	case graph.MaxPool:
		return maxPool
	case graph.AveragePool:
		return avgPool
	case graph.GlobalAveragePool:
		return adaptiveAvgPool
	case graph.Resize, graph.Resample:
		return upsample
	case graph.Add:
		return add
	case graph.Sub:
		return sub
	case graph.Mul:
		return mul
	case graph.Div:
		return div
	case graph.Concat:
		return cat
	case graph.Reshape:
		if len(op.Shape) == 2 && len(g.Values[n.Inputs[0]].Shape) > 2 && !exact {
			return flatten
		}
	case graph.ReduceMean:
		return mean
	case graph.ReduceSum:
		return sum
	case graph.Clip:
		if op == (graph.Clip{Lo: 0, Hi: 6}) {
			return relu6
		}
		return clamp
	case graph.Relu:
		return relu
	case graph.PRelu:
		return prelu
	case graph.Sigmoid:
		return sigmoid
	case graph.SiLU:
		return silu
	case graph.HardSigmoid:
		return hardsigmoid
	case graph.HardSwish:
		return hardswish
	case graph.Tanh:
		return tanh
	case graph.Gelu:
		return gelu
	case graph.Mish:
		return mish
	case graph.Elu:
		return elu
	case graph.Softplus:
		return softplus
	}
	return other
}

// spatial tells whether PyTorch has a module of an operator for each number of dimensions.
func spatial(op graph.Op) bool {
	switch op.(type) {
	case graph.BatchNormalization, graph.MaxPool, graph.AveragePool, graph.GlobalAveragePool:
		return true
	}
	return false
}

// isNumber tells whether a constant stood in the program as a number, x + 3.0, and is no parameter of the
// network: it has no dimensions, and no name but the one PyTorch gave it.
func isNumber(v graph.Value) bool {
	if v.Const == nil || len(v.Shape) > 0 {
		return false
	}
	own := strings.ContainsFunc(v.Name, func(c rune) bool { return c < '0' || c > '9' }) && // else PyTorch counted it
		!strings.HasPrefix(v.Name, "/") && !strings.HasPrefix(v.Name, "onnx::") && !strings.Contains(v.Name, "Constant")
	return !own
}
