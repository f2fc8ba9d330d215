package exec

import (
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/graph"
)

// integerLookup runs a chain of element-wise operators from codes to codes as a table of 256 entries:
// what the float arithmetic gives for each code.
func (l *lowerer) integerLookup(s *step, n graph.Node) bool {
	x, y := n.Inputs[0], s.out()
	links := append([]link{{node: s.node, value: s.chain[0].value, gate: -1}}, s.chain[1:]...)
	table, ok := l.chainTable(l.plan.codes[x], links)
	if !ok {
		return false
	}
	in, out := l.plan.layouts[x], l.plan.layouts[y]
	l.emit(q8.Lookup{X: l.at(x), Y: l.at(y), Shape: out.shape, XStrides: in.stride, YStrides: out.stride, Table: table}.Call())
	return true
}

// scalar is the function of an operator that maps single numbers, as its kernel computes it.
func scalar(op graph.Op) (func(float32) float32, bool) {
	switch op := op.(type) {
	case graph.Relu:
		return func(x float32) float32 { return max(x, 0) }, true
	case graph.Clip:
		return func(x float32) float32 { return min(max(x, op.Lo), op.Hi) }, true
	case graph.LeakyRelu:
		return func(x float32) float32 {
			if x < 0 {
				return op.Alpha * x
			}
			return x
		}, true
	case graph.Sigmoid:
		return ref.Sigmoid, true
	case graph.SiLU:
		return ref.SiLU, true
	case graph.HardSigmoid:
		return func(x float32) float32 { return ref.HardSigmoid(x, op.Alpha, op.Beta) }, true
	case graph.HardSwish:
		return ref.HardSwish, true
	case graph.Tanh:
		return ref.Tanh, true
	}
	return nil, false
}
