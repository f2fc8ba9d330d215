package prepare

import (
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// kindOf is the kind of a node, m being the float module whose anchor it is, the zero value for none.
// [Q] MQBench's tables name the modules of images only, so that exact leaves out those of other
// dimensions, and a linear layer with batch normalisation unless r says that it was fused in evaluation mode.
func kindOf(g *graph.Graph, n graph.Node, m fuse.Module, r recipe.Recipe) backend.Kind {
	exact := r.MQBenchExact
	switch {
	case m.Kind == "":
		if spatial(n.Op) && exact && len(g.Values[n.Inputs[0]].Shape) != 4 {
			return backend.Other
		}
	case m.Kind == "LinearBn1d":
		switch {
		case !exact:
			return backend.LinearBn
		case r.MQBenchEval:
			return backend.Linear
		}
		return backend.Other
	case strings.HasPrefix(m.Kind, "BNReLU"):
		return backend.BnReLU
	case exact && strings.HasPrefix(m.Kind, "ConvBn") && strings.HasSuffix(m.Kind, "1d"):
		return backend.ConvBn1d
	case exact && (strings.HasSuffix(m.Kind, "1d") || strings.HasSuffix(m.Kind, "3d")):
		return backend.Other
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		if m.Kind != "" { // else its weight is computed
			return backend.Conv
		}
	case graph.ConvTranspose:
		if m.Kind != "" {
			return backend.ConvTranspose
		}
	case graph.Gemm, graph.MatMul:
		if m.Kind != "" {
			return backend.Linear
		}
		return backend.MatMul
	case graph.Recurrent:
		if !exact {
			return backend.Linear // which it is, twice, at each step
		}
	case graph.Reshape:
		if len(op.Shape) == 2 && len(g.Values[n.Inputs[0]].Shape) > 2 && !exact {
			return backend.Flatten
		}
	case graph.Clip:
		if op == (graph.Clip{Lo: 0, Hi: 6}) {
			return backend.ReLU6
		}
		return backend.Clamp
	default:
		return kindOfOperator(n.Op.Type())
	}
	return backend.Other
}

// kindOfOperator is the kind of those whose name alone tells it; of others it is backend.Other.
func kindOfOperator(name string) backend.Kind {
	switch name {
	case "BatchNormalization":
		return backend.BatchNorm
	case "LayerNormalization":
		return backend.LayerNorm
	case "MaxPool":
		return backend.MaxPool
	case "AveragePool":
		return backend.AvgPool
	case "GlobalAveragePool":
		return backend.AdaptiveAvgPool
	case "Resize":
		return backend.Upsample
	case "Add":
		return backend.Add
	case "Sub":
		return backend.Sub
	case "Mul":
		return backend.Mul
	case "Div":
		return backend.Div
	case "Concat":
		return backend.Cat
	case "ReduceMean":
		return backend.Mean
	case "ReduceSum":
		return backend.Sum
	case "Relu":
		return backend.ReLU
	case "PRelu":
		return backend.PReLU
	case "Sigmoid":
		return backend.Sigmoid
	case "SiLU":
		return backend.SiLU
	case "HardSigmoid":
		return backend.HardSigmoid
	case "HardSwish":
		return backend.HardSwish
	case "Tanh":
		return backend.Tanh
	case "Gelu":
		return backend.GELU
	case "Mish":
		return backend.Mish
	case "Elu":
		return backend.ELU
	case "Softplus":
		return backend.Softplus
	}
	return backend.Other
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
