package exec

import (
	"github.com/quantscope/quantscope/kernels/q8"
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
