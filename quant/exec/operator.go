package exec

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// operator emits the calls of a step's operator and of what is fused to it.
func (l *lowerer) operator(s *step) error {
	if s.node < 0 {
		l.input(s, l.step)
		return nil
	}
	n := l.g.Nodes[s.node]
	if err := l.walkable(n); err != nil {
		return err
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		l.conv(s, op)
	case graph.ConvTranspose:
		l.convTranspose(s, op)
	case graph.Gemm:
		l.gemm(s, op)
	case graph.MatMul:
		l.matMul(s)
	case graph.MaxPool:
		l.maxPool(s, op)
	case graph.AveragePool:
		l.averagePool(s, op)
	case graph.GlobalAveragePool:
		l.reduce(s, f32.ReduceMean, []int{2, 3})
	case graph.GlobalMaxPool:
		l.reduce(s, f32.ReduceMax, []int{2, 3})
	case graph.ReduceMean:
		l.reduce(s, f32.ReduceMean, op.Axes)
	case graph.ReduceSum:
		l.reduce(s, f32.ReduceSum, op.Axes)
	case graph.ReduceMax:
		l.reduce(s, f32.ReduceMax, op.Axes)
	case graph.ReduceMin:
		l.reduce(s, f32.ReduceMin, op.Axes)
	case graph.Add:
		l.arithmetic(s, call.F32Add)
	case graph.Sub:
		l.arithmetic(s, call.F32Sub)
	case graph.Mul:
		l.arithmetic(s, call.F32Mul)
	case graph.Div:
		l.arithmetic(s, call.F32Div)
	case graph.Pow:
		l.pow(s)
	case graph.Softmax:
		l.softmax(s, op)
	case graph.Resize:
		l.resize(s, op)
	case graph.Resample:
		l.resample(s, op)
	case graph.Reshape:
		l.reshape(s)
	case graph.Transpose:
		l.transpose(s, op)
	case graph.Concat:
		l.concat(s, op)
	case graph.Split:
		l.split(s, op)
	case graph.Slice:
		l.slice(s, op)
	case graph.Pad:
		l.pad(s, op)
	case graph.PRelu:
		l.prelu(s, n)
	case graph.BatchNormalization:
		l.norm(s, n, op)
	case graph.InstanceNormalization:
		l.instanceNorm(s, op)
	case graph.LayerNormalization:
		l.layerNorm(s, op)
	case graph.LRN:
		l.lrn(s, op)
	case graph.DepthToSpace:
		l.depthToSpace(s, op)
	case graph.SpaceToDepth:
		l.spaceToDepth(s, op)
	case graph.Gather:
		l.take(s, op)
	case graph.Expand:
		l.expand(s)
	case graph.QuantizeLinear:
		l.quantize(s, n, op)
	case graph.DequantizeLinear:
		l.dequantize(s, n, op)
	default:
		if !elementwise(l.g, n) {
			return fmt.Errorf("operator %s does not run on the kernels with these inputs", op.Type())
		}
		l.pointwise(s, n)
	}
	return nil
}

// walkDims is how many dimensions the kernels step through.
const walkDims = 6

// walkable refuses what has too many dimensions for operators that do not take a tensor as a plain row.
func (l *lowerer) walkable(n graph.Node) error {
	if _, ok := n.Op.(graph.Reshape); ok || elementwise(l.g, n) {
		return nil
	}
	for _, v := range append(n.Inputs[:len(n.Inputs):len(n.Inputs)], n.Outputs...) {
		if v == graph.None {
			continue
		}
		if x := l.g.Values[v]; len(x.Shape) > walkDims {
			return fmt.Errorf("tensor %q has shape %v: operators run on up to %d dimensions; merge some of them", x.Name, x.Shape, walkDims)
		}
	}
	return nil
}
