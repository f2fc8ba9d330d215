package plan

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// Method is by what arithmetic an operator computes that has several. On floats it decides about bits.
type Method int

// The methods.
const (
	General   Method = iota // the only one, or the one for all shapes
	Depthwise               // each channel by itself
	Winograd2               // of convolutions, by tiles of this side
	Winograd3
	Winograd4
)

// Side is that of Winograd's tiles, 0 for other methods.
func (m Method) Side() int {
	if m < Winograd2 {
		return 0
	}
	return int(m-Winograd2) + 2
}

// walkDims is how many dimensions the kernels step through.
const walkDims = 6

// chooseMethods says how each step computes, and refuses what the kernels cannot do.
func chooseMethods(p *Plan) error {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Node < 0 {
			continue
		}
		n := p.Graph.Nodes[s.Node]
		op := p.operators(n.Op)
		s.Pointwise = op.Epilogue(p, n)
		if op.Method != nil {
			s.Method = op.Method(p.Graph, n)
		}
		if err := p.runs(s, n, op); err != nil {
			return fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
		}
	}
	return nil
}

// runs refuses an operator that has no kernel with these inputs, and what has too many dimensions for one that does not
// take a tensor as a plain row.
func (p *Plan) runs(s *Step, n graph.Node, op Operator) error {
	if s.Pointwise || p.Empty(s) {
		return nil
	}
	if !op.Floats {
		return fmt.Errorf("operator %s does not run on the kernels with these inputs", n.Op.Type())
	}
	if op.Refuses != nil {
		if err := op.Refuses(p.Graph, n); err != nil {
			return err
		}
	}
	if _, ok := n.Op.(graph.Reshape); ok {
		return nil
	}
	for _, v := range append(s.Inputs[:len(s.Inputs):len(s.Inputs)], s.Outputs...) {
		if v == graph.None {
			continue
		}
		if x := p.Graph.Values[v]; len(x.Shape) > walkDims {
			return fmt.Errorf("tensor %q has shape %v: operators run on up to %d dimensions; merge some of them", x.Name, x.Shape, walkDims)
		}
	}
	return nil
}

// Empty tells whether nothing that a step leaves has an element.
func (p *Plan) Empty(s *Step) bool {
	for _, v := range s.Outputs {
		if v != graph.None && graph.Len(p.Graph.Values[v].Shape) > 0 {
			return false
		}
	}
	return true
}
