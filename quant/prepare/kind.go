package prepare

import "github.com/quantscope/quantscope/quant/graph"

// kind is what a rule calls an operator: the module or function of PyTorch that MQBench's tables name.
// A layer with batch normalisation and ReLU fused to it is of its anchor's kind.
type kind string

const (
	conv            kind = "Conv2d"
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

// kindOf is the kind of a node, module being the float module whose anchor it is, "" for none.
func kindOf(g *graph.Graph, n graph.Node, module string) kind {
	switch module {
	case "":
	case "LinearBn1d":
		return linearBn
	case "BNReLU2d":
		return bnReLU
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		if module != "" { // else its weight is computed
			return conv
		}
	case graph.ConvTranspose:
		if module != "" {
			return convTranspose
		}
	case graph.Gemm, graph.MatMul:
		if module != "" {
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
		if len(op.Shape) == 2 && len(g.Values[n.Inputs[0]].Shape) > 2 {
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
