package exec

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// Form says how an integer run computes a node.
type Form struct {
	Integer  bool   // on codes; else on floats, dequantized before and quantized after
	Unplaced bool   // on floats because its input or output has no quantizer
	Why      string // it is computed on floats, or what its integers lose; else empty
}

// Forms gives the form of every node in an integer run, nil for other runs.
func (r *Runner) Forms() []Form { return r.forms }

// Codes gives for every value the quantizer by which an integer run of g stores it as codes, nil where
// it stores floats. Besides quantized values those have one that only move into a quantized value.
func Codes(g *graph.Graph, quants []Quant) []*Quant {
	return codes(g, Config{Quant: quants, Integer: true})
}

// note writes down how step s was lowered.
func (l *lowerer) note(s *step, integer bool) {
	if !l.cfg.Integer {
		return
	}
	f := Form{Integer: integer}
	switch {
	case s.node < 0:
		f.Why = "it is computed on the input as that is copied in"
	case !integer:
		f = l.why(s)
	case l.clipped > 0:
		f.Why = fmt.Sprintf("the bias of %d of its channels is too large for its scale and is cut off", l.clipped)
	}
	nodes := []int{s.node, s.norm}
	for _, k := range s.chain {
		nodes = append(nodes, k.node, k.gate)
	}
	for _, n := range nodes {
		if n >= 0 {
			l.forms[n] = f
		}
	}
}

// why tells why step s runs on floats.
func (l *lowerer) why(s *step) Form {
	n := l.g.Nodes[s.node]
	switch n.Op.(type) {
	case graph.Conv, graph.Gemm, graph.MatMul:
		return l.whyLayer(n)
	}
	for _, v := range n.Inputs {
		switch {
		case v == graph.None:
		case l.g.Values[v].Const == nil && l.plan.codes[v] == nil:
			return l.without("its input", v)
		case l.g.Values[v].Const != nil && l.g.Values[v].DType == graph.Float32 && len(n.Inputs) == 2:
			return Form{Why: "one of its operands is constant"}
		}
	}
	if l.plan.codes[s.out()] == nil {
		return l.without("its output", s.out())
	}
	if len(s.chain) > 1 {
		return Form{Why: "what follows it up to the next quantizer is computed on floats"}
	}
	return Form{Why: "there is no integer kernel for " + n.Op.Type()}
}

// without tells why v is not stored as codes.
func (l *lowerer) without(what string, v graph.ValueID) Form {
	for _, q := range l.cfg.Quant {
		switch {
		case q.Value != v:
		case len(q.Params.Scale) > 1:
			return Form{Why: what + " has a scale for each channel"}
		case !inByte(q.Params):
			return Form{Why: what + " has no codes of 8 bits"}
		}
	}
	return Form{Why: what + " is not quantized", Unplaced: true}
}

// whyLayer tells why a convolution or product is no layer of integers.
func (l *lowerer) whyLayer(n graph.Node) Form {
	w := n.Inputs[1]
	q := weightQuant(l.cfg, w)
	switch {
	case codesOf(l.g, l.cfg, n.Inputs[0]) == nil:
		return l.without("its input", n.Inputs[0])
	case !constant(l.g, n.Inputs[1:]):
		return Form{Why: "its weights are computed while running"}
	case q == nil:
		return l.without("its weight", w)
	}
	if op, ok := n.Op.(graph.Conv); ok && op.Group > 1 {
		in, out := l.g.Values[n.Inputs[0]].Shape[1], l.g.Values[n.Outputs[0]].Shape[1]
		if op.Group != in || out != in {
			return Form{Why: fmt.Sprintf("there is no integer kernel for %d groups of several channels", op.Group)}
		}
	}
	for _, z := range q.Params.ZeroPoint {
		if z != q.Params.ZeroPoint[0] {
			return Form{Why: "its weights have a zero point for each channel"}
		}
	}
	return Form{Why: "there is no integer kernel for such a " + n.Op.Type()}
}
