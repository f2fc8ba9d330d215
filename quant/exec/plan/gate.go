package plan

import "github.com/quantscope/quantscope/quant/graph"

// A gate is M = Mul(v, S(v)), S being a function of single numbers: a SiLU that the file splits. Where v has
// codes, or as few levels, M is a table over them.

// gate gives the nodes S and M behind v that a step may take up: they are all that reads v, nothing else
// reads S(v), and both are functions of the codes of v, or in a run on floats of its levels.
func (f *fuser) gate(v graph.ValueID, onCodes bool) (gate, mul int, ok bool) {
	if f.ungated || f.Integer != onCodes {
		return 0, 0, false
	}
	if gate, mul, ok = f.gateOf(v); !ok || f.read(v) {
		return 0, 0, false
	}
	b, y := f.Graph.Nodes[gate].Outputs[0], f.Graph.Nodes[mul].Outputs[0]
	if f.read(b) || f.output[b] {
		return 0, 0, false
	}
	if onCodes {
		return gate, mul, f.Codes[v] != nil && f.Codes[b] != nil && f.Codes[y] != nil && f.integer(gate) && f.integer(mul)
	}
	return gate, mul, f.Levels(v) != nil && f.OneScale(b) && f.OneScale(y) && !f.observed[y] // whom a table would leave out
}

// gateOf gives the nodes S and M of M = Mul(v, S(v)), if they are all that reads v, and M all that reads
// S(v).
func (f *fuser) gateOf(v graph.ValueID) (gate, mul int, ok bool) {
	if len(f.readers[v]) != 2 {
		return 0, 0, false
	}
	nodes := f.Graph.Nodes
	gate, mul = f.readers[v][0], f.readers[v][1]
	if _, ok := nodes[gate].Op.(graph.Mul); ok {
		gate, mul = mul, gate
	}
	if _, ok := nodes[mul].Op.(graph.Mul); !ok {
		return 0, 0, false
	}
	if _, ok := nodes[gate].Op.(graph.Elementwise); !ok {
		return 0, 0, false
	}
	b, in := nodes[gate].Outputs[0], nodes[mul].Inputs
	return gate, mul, (in[0] == v && in[1] == b || in[0] == b && in[1] == v) && len(f.readers[b]) == 1
}

// Levels is the quantizer of an activation if it is the only one and leaves at most 256 numbers: what
// follows the value element by element is then a table of as many.
func (p *Plan) Levels(v graph.ValueID) *Quant {
	if len(p.Quants[v]) != 1 || p.Graph.Values[v].Const != nil {
		return nil
	}
	if q := p.Quants[v][0]; len(q.Params.Scale) == 1 && InByte(q.Params) {
		return q
	}
	return nil
}

// OneScale reports whether the quantizers of v, if there are any, have one scale.
func (p *Plan) OneScale(v graph.ValueID) bool {
	for _, q := range p.Quants[v] {
		if len(q.Params.Scale) != 1 {
			return false
		}
	}
	return true
}
