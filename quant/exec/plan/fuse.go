package plan

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// fuse cuts the graph into steps. A step takes up what follows it if that has its form: a function of
// codes behind codes, an operator on floats behind floats. A value that is kept ends a step.
func fuse(p *Plan) error {
	g := p.Graph
	f := fuser{Plan: p, absorbed: make([]bool, len(g.Nodes))}
	for i, v := range g.Inputs {
		p.Steps = append(p.Steps, f.extend(Step{Node: -1, Input: i, Norm: -1, Coded: -1, Chain: []Link{own(v)}}))
	}
	for i, n := range g.Nodes {
		if p.folded[i] || f.absorbed[i] {
			continue
		}
		s := Step{Node: i, Norm: p.Norms[i], Integer: p.integer(i), Coded: -1, Chain: []Link{own(p.made(i))}}
		if s.Norm >= 0 && !s.Integer && p.read(n.Outputs[0]) { // computed aside, without the normalization
			p.Steps = append(p.Steps, Step{Node: i, Norm: -1, Coded: -1, Chain: []Link{own(n.Outputs[0])}})
		}
		switch {
		case len(n.Outputs) == 1:
			s = f.extend(s)
		case s.Integer: // all that it makes are codes
			s.Coded = 0
		}
		p.Steps = append(p.Steps, s)
	}
	for i := range p.Steps {
		p.connect(&p.Steps[i])
	}
	return p.readable()
}

// own is the first link of a chain, the output of the step's operator.
func own(v graph.ValueID) Link { return Link{Node: -1, Value: v, Gate: -1} }

// integer reports whether node i computes on codes in this run.
func (p *Plan) integer(i int) bool { return p.Integer && p.Forms[i].Integer }

// read reports whether somebody wants to see v.
func (p *Plan) read(v graph.ValueID) bool { return p.kept[v] || p.observed[v] }

type fuser struct {
	*Plan
	absorbed []bool
}

// extend takes up what follows s.
func (f *fuser) extend(s Step) Step {
	operator := Operator{Integers: Layer}
	if s.Node >= 0 {
		operator = f.operators(f.Graph.Nodes[s.Node].Op)
	}
	carries := !s.Integer || operator.Integers == Layer || operator.Integers == Sum || operator.Integers == Function
	onCodes := s.Integer
	for {
		v := s.End()
		last := len(s.Chain) - 1
		if s.Integer && s.Coded < 0 && onCodes {
			if f.Codes[v] != nil {
				s.Coded = last
			} else if operator.Integers == Layer && !f.nextInteger(v) {
				onCodes = false
			}
		}
		// What has no codes inside an integer step exists nowhere, so that it cannot end one. Several scales
		// are no epilogue.
		if !carries || !f.OneScale(v) || f.output[v] || f.kept[v] && (!onCodes || f.Codes[v] != nil) {
			return s
		}
		if gate, mul, ok := f.gate(v, onCodes); ok {
			f.absorbed[gate], f.absorbed[mul] = true, true
			s.Chain = append(s.Chain, Link{Node: mul, Value: f.Graph.Nodes[mul].Outputs[0], Gate: gate})
			continue
		}
		n, ok := f.follower(v)
		if !ok || f.integer(n) != onCodes {
			return s
		}
		f.absorbed[n] = true
		s.Chain = append(s.Chain, Link{Node: n, Value: f.Graph.Nodes[n].Outputs[0], Gate: -1})
	}
}

// follower is the only reader of v, if it is element-wise in v.
func (f *fuser) follower(v graph.ValueID) (int, bool) {
	n, ok := f.only(v)
	return n, ok && f.unary(n, v)
}

// nextInteger reports whether v, which is no codes, is on its way to some.
func (f *fuser) nextInteger(v graph.ValueID) bool {
	n, ok := f.follower(v)
	return ok && f.integer(n)
}

// unary reports whether node n computes each element of its output from the same element of v and
// constants.
func (p *Plan) unary(n int, v graph.ValueID) bool {
	node := p.Graph.Nodes[n]
	if node.Inputs[0] != v || len(node.Outputs) != 1 {
		return false
	}
	return p.operators(node.Op).Epilogue(p, node)
}

// connect notes what step s reads and leaves.
func (p *Plan) connect(s *Step) {
	if s.Node < 0 {
		s.Outputs = []graph.ValueID{s.End()}
		return
	}
	n := p.Graph.Nodes[s.Node]
	s.Inputs, s.Outputs = slices.Clone(n.Inputs), []graph.ValueID{s.End()}
	if len(n.Outputs) > 1 {
		s.Outputs = slices.Clone(n.Outputs)
	}
}

// readable checks that what is kept is left in memory, and that what is observed is made as floats.
func (p *Plan) readable() error {
	left, floats := make([]bool, len(p.Quants)), make([]bool, len(p.Quants))
	end := make([]graph.ValueID, len(p.Quants))
	for i := range p.Steps {
		s := &p.Steps[i]
		for _, v := range s.Leaves() {
			left[v], floats[v] = true, s.Coded < 0
		}
		for _, k := range s.Chain {
			floats[k.Value], end[k.Value] = s.Coded < 0, s.End()
		}
		if s.Norm >= 0 {
			end[p.Graph.Nodes[s.Node].Outputs[0]] = s.End()
		}
	}
	read := slices.Clone(p.Keep)
	for _, u := range p.Updates {
		if !slices.Contains(p.Params, u.From) {
			read = append(read, u.From)
		}
	}
	for _, v := range read {
		if p.rounded[v] != v {
			return fmt.Errorf("value %q cannot be read: it is rounded as it is made; take %q", p.Graph.Values[v].Name, p.Graph.Values[p.rounded[v]].Name)
		}
		if p.Graph.Values[v].Const == nil && !left[v] {
			return p.inside(v, end[v], "read")
		}
	}
	for _, v := range p.Observe {
		v = p.rounded[v]
		if p.Graph.Values[v].Const == nil && !floats[v] {
			return p.inside(v, end[v], "observed")
		}
	}
	return nil
}

func (p *Plan) inside(v, end graph.ValueID, what string) error {
	return fmt.Errorf("value %q cannot be %s: in this run it exists only as integers on the way to %q; take that, or run on floats",
		p.Graph.Values[v].Name, what, p.Graph.Values[end].Name)
}

// Ends gives for every node the value that its step leaves in memory when g runs: what Keep can
// be asked for in any run, and what the layer of a convolution hands on. A node's own output may exist only
// inside a step.
func Ends(g *graph.Graph, operators Operators) []graph.ValueID {
	p := newPlan(g, Config{}, operators)
	p.ungated = true
	for _, pass := range []func(*Plan) error{bare, foldNorms, chooseOrders, chooseCodes, chooseForms, fuse} {
		_ = pass(p) // they fail for values asked for, of which there are none
	}
	g = p.Graph
	ends := make([]graph.ValueID, len(g.Nodes))
	for i := range p.Steps {
		for _, n := range p.Steps[i].Nodes() {
			ends[n] = p.Steps[i].End()
		}
	}
	return ofGiven(p, ends, func(y graph.ValueID) graph.ValueID { return y })
}

// Observed reports whether the range of v is asked for.
func (p *Plan) Observed(v graph.ValueID) bool { return int(v) < len(p.observed) && p.observed[v] }
