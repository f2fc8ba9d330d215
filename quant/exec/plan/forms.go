package plan

import (
	"github.com/quantscope/quantscope/quant/graph"
)

// Form says how an integer run computes a node.
type Form struct {
	Integer  bool   // on codes; else on floats, dequantized before and quantized after
	Unplaced bool   // on floats because its input or output has no quantizer
	Why      string // it is computed on floats, or what its integers lose; else empty
}

// chooseForms decides for every node whether it computes on codes, and says why it does not. That depends on
// the values that it reads and makes, and for a function of single numbers on whether it leads to codes:
// clamps on the way from a sum to its codes are bounds of the rounding, functions between codes are a table.
func chooseForms(p *Plan) error {
	if !p.Integer && !p.RoundBias {
		return nil
	}
	g := p.Graph
	f := former{Plan: p, clamps: make([]bool, len(g.Values)), table: make([]bool, len(g.Values)), from: make([]source, len(g.Values))}
	f.findEnds()
	p.Forms = make([]Form, len(g.Nodes))
	for i, n := range g.Nodes {
		if p.folded[i] {
			p.Forms[i] = p.Forms[p.makers[n.Inputs[0]]]
			continue
		}
		p.Forms[i] = f.form(i, n)
		y := p.made(i)
		if _, ok := p.only(y); !ok || !p.Forms[i].Integer || p.Codes[y] != nil {
			continue
		}
		if f.tabled(n) {
			f.from[y] = function
		} else if len(p.Quants[y]) == 0 {
			f.from[y] = sum
		}
	}
	if !p.Integer { // the biases are all that such a run has of them
		clear(p.Codes)
	}
	return nil
}

// made is the value that node i makes first, with the normalization that is folded into it.
func (p *Plan) made(i int) graph.ValueID {
	if bn := p.Norms[i]; bn >= 0 {
		return p.Graph.Nodes[bn].Outputs[0]
	}
	return p.Graph.Nodes[i].Outputs[0]
}

// source is what a value is on its way to codes.
type source int

const (
	floats   source = iota
	sum             // not rounded yet: clamps may follow
	function        // of codes: more functions may follow
)

// former decides about one node after the other.
type former struct {
	*Plan
	clamps []bool   // of each value: it is codes, or only clamps lie between it and codes
	table  []bool   // of each value: it is codes, or only functions of single numbers lie between it and codes
	from   []source // of values without codes
}

// findEnds looks ahead from every value to codes.
func (f *former) findEnds() {
	for v := range f.Graph.Values {
		f.clamps[v], f.table[v] = f.Codes[v] != nil, f.Codes[v] != nil
	}
	for i := len(f.Graph.Nodes) - 1; i >= 0; i-- {
		n := f.Graph.Nodes[i]
		if _, ok := n.Op.(graph.Elementwise); !ok || f.Codes[n.Inputs[0]] != nil {
			continue
		}
		x, y := n.Inputs[0], n.Outputs[0]
		if _, ok := f.only(x); ok {
			_, clamp := n.Op.(graph.Clamper)
			f.clamps[x] = clamp && len(f.Quants[x]) == 0 && f.clamps[y]
			f.table[x] = f.OneScale(x) && f.table[y]
		}
	}
}

// tabled reports whether n is a function of what is a function of codes.
func (f *former) tabled(n graph.Node) bool {
	_, ok := n.Op.(graph.Elementwise)
	x := n.Inputs[0]
	return ok && (f.Codes[x] != nil || f.from[x] == function)
}

// form decides about node n.
func (f *former) form(i int, n graph.Node) Form {
	op := f.operators(n.Op)
	y := f.made(i)
	switch op.Integers {
	case Layer:
		return f.layer(i, n, op.Layer(f.Plan, n))
	case Function:
		return f.function(n, y)
	}
	if why := f.whyInputs(n); why != (Form{}) {
		return why
	}
	switch {
	case op.Integers == NoIntegers && f.Codes[y] != nil:
		return Form{Why: "there is no integer kernel for " + n.Op.Type()}
	case op.Integers == Move && len(n.Outputs) > 1:
		return f.whyParts(n.Outputs)
	case f.Codes[y] != nil, op.Integers == Sum && len(f.Quants[y]) == 0 && f.clamps[y]:
		return Form{Integer: true}
	}
	return f.whyOutput(y)
}

// function decides about a function of single numbers.
func (f *former) function(n graph.Node, y graph.ValueID) Form {
	x := n.Inputs[0]
	_, clamp := n.Op.(graph.Clamper)
	switch {
	case f.Codes[x] == nil && f.from[x] == floats:
		return f.without("its input", x)
	case f.from[x] == sum && clamp && f.clamps[y], f.tabled(n) && f.table[y]:
		return Form{Integer: true}
	case f.from[x] == sum && !clamp:
		return f.without("its input", x)
	}
	return f.whyOutput(y)
}

// whyInputs tells which input of n keeps it from integers.
func (f *former) whyInputs(n graph.Node) Form {
	for _, v := range n.Inputs {
		switch {
		case v == graph.None:
		case f.Graph.Values[v].Const == nil && f.Codes[v] == nil:
			return f.without("its input", v)
		case f.Graph.Values[v].Const != nil && f.Graph.Values[v].DType == graph.Float32 && len(n.Inputs) > 1:
			return Form{Why: "one of its operands is constant"}
		case f.Graph.Values[v].Const != nil && f.Codes[v] == nil && len(n.Inputs) == 1:
			return Form{Why: "its input is constant"}
		}
	}
	return Form{}
}

// whyOutput tells why y, which has no codes, keeps its maker from integers.
func (f *former) whyOutput(y graph.ValueID) Form {
	if i, ok := f.only(y); ok && len(f.Quants[y]) == 0 {
		if _, ok := f.Graph.Nodes[i].Op.(graph.Elementwise); ok && f.table[f.Graph.Nodes[i].Outputs[0]] {
			return Form{Why: "what follows it up to the next quantizer is computed on floats"}
		}
	}
	return f.without("its output", y)
}

// whyParts tells which output keeps an operator of several from integers.
func (f *former) whyParts(outputs []graph.ValueID) Form {
	for _, v := range outputs {
		if v != graph.None && f.Codes[v] == nil {
			return f.without("its output", v)
		}
	}
	return Form{Integer: true}
}

// without tells why v is not stored as codes.
func (p *Plan) without(what string, v graph.ValueID) Form {
	for _, q := range p.Quants[v] {
		switch {
		case !InByte(q.Params):
			return Form{Why: what + " has no codes of 8 bits"}
		case len(q.Params.Scale) > 1:
			return Form{Why: what + " has a scale for each channel"}
		}
	}
	return Form{Why: what + " is not quantized", Unplaced: true}
}
