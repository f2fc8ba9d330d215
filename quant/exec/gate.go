package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/graph"
)

// In an integer run whatever happens to single codes after a layer is one table of 256 entries, applied
// to each code as it is stored: a SiLU, also one that the file splits into Sigmoid and Mul with a
// quantizer between them (a gate), and any chain of such.

// codesOf gives the quantizer of an activation if it has codes of one byte.
func codesOf(g *graph.Graph, c Config, v graph.ValueID) *Quant {
	for i := range c.Quant {
		q := &c.Quant[i]
		if q.Value == v && g.Values[v].Const == nil && len(q.Params.Scale) == 1 && inByte(q.Params) {
			return q
		}
	}
	return nil
}

// integerGates finds gates behind layers that run on integers, every value on the way having codes.
func integerGates(g *graph.Graph, c Config, keep map[graph.ValueID]bool) gates {
	consumers, held := g.Consumers(), holds(g, c, keep)
	of := func(s *step) (gate, mul int, ok bool) {
		v := s.out()
		if s.node < 0 || held[v] || codesOf(g, c, v) == nil || !integerLayer(g, c, g.Nodes[s.node]) || !clampsOnly(g, s.chain[1:]) {
			return 0, 0, false
		}
		if gate, mul, ok = gateOf(g, consumers, v); !ok {
			return 0, 0, false
		}
		if _, ok := twin(g.Nodes[gate].Op); !ok {
			return 0, 0, false
		}
		b, y := g.Nodes[gate].Outputs[0], g.Nodes[mul].Outputs[0]
		return gate, mul, !held[b] && codesOf(g, c, b) != nil && codesOf(g, c, y) != nil
	}
	return gates{of: of, last: true}
}

// holds lists the values that must exist by themselves: outputs, and what is observed or kept.
func holds(g *graph.Graph, c Config, keep map[graph.ValueID]bool) map[graph.ValueID]bool {
	held := map[graph.ValueID]bool{}
	for _, v := range append(slices.Clone(g.Outputs), c.Observe...) {
		held[v] = true
	}
	for v := range keep { // order does not matter: a set
		held[v] = true
	}
	return held
}

// gateOf gives the nodes S and M of M = Mul(v, S(v)), if they are all that reads v, and M all that reads
// S(v).
func gateOf(g *graph.Graph, consumers [][]int, v graph.ValueID) (gate, mul int, ok bool) {
	if len(consumers[v]) != 2 {
		return 0, 0, false
	}
	gate, mul = consumers[v][0], consumers[v][1]
	if _, ok := g.Nodes[gate].Op.(graph.Mul); ok {
		gate, mul = mul, gate
	}
	if _, ok := g.Nodes[mul].Op.(graph.Mul); !ok || !unary(g, gate, v) {
		return 0, 0, false
	}
	b, in := g.Nodes[gate].Outputs[0], g.Nodes[mul].Inputs
	return gate, mul, (in[0] == v && in[1] == b || in[0] == b && in[1] == v) && len(consumers[b]) == 1
}

func clampsOnly(g *graph.Graph, links []link) bool {
	for _, k := range links {
		switch g.Nodes[k.node].Op.(type) {
		case graph.Relu, graph.Clip:
		default:
			return false
		}
	}
	return true
}

// chainTable is the table from the codes of q to those of the end of links.
func (l *lowerer) chainTable(q *Quant, links []link) (uint32, bool) {
	for _, k := range links {
		if _, ok := twin(l.functionOf(k)); !ok || k.gate >= 0 && codesOf(l.g, l.cfg, k.value) == nil {
			return 0, false
		}
	}
	return l.raw(256, func(dst []byte) { l.throughChain(allCodes(dst), q, links) }), true
}

// functionOf is the operator of a link, for a gate that of the gate.
func (l *lowerer) functionOf(k link) graph.Op {
	if k.gate >= 0 {
		return l.g.Nodes[k.gate].Op
	}
	return l.g.Nodes[k.node].Op
}

// allCodes fills a table with what changes nothing.
func allCodes(table []byte) []byte {
	for i := range table {
		table[i] = byte(i)
	}
	return table
}

// throughChain takes stored codes of q through links, in place.
func (l *lowerer) throughChain(codes []byte, q *Quant, links []link) {
	x := l.decoded(codes, q)
	for i, k := range links {
		f, _ := twin(l.functionOf(k))
		f(x)
		next := codesOf(l.g, l.cfg, k.value)
		if k.gate >= 0 {
			b := codesOf(l.g, l.cfg, l.g.Nodes[k.gate].Outputs[0])
			za, _, _ := stored(q.Params, l.cfg.Dot)
			zb, _, _ := stored(b.Params, l.cfg.Dot)
			zy, lo, hi := stored(next.Params, l.cfg.Dot)
			product := ref.QBinary{
				Signed: l.cfg.Dot.Signed(), AScale: q.Params.Scale[0], BScale: b.Params.Scale[0], YScale: next.Params.Scale[0],
				AZero: za, BZero: zb, YZero: zy, Lo: lo, Hi: hi,
			}
			gates := make([]byte, len(codes))
			l.encoded(gates, x, b)
			for j, g := range gates {
				codes[j] = product.QMul(codes[j], g)
			}
		} else {
			if next == nil && i < len(links)-1 {
				continue
			}
			if next == nil {
				next = l.plan.codes[k.value]
			}
			l.encoded(codes, x, next)
		}
		q, x = next, l.decoded(codes, next)
	}
}

// encoded writes the stored codes of x.
func (l *lowerer) encoded(codes []byte, x []float32, q *Quant) {
	_, lo, hi := stored(q.Params, l.cfg.Dot)
	wide := make([]int32, len(x))
	q.Params.Quantize(wide, x, []int{len(x)}, q.Rule)
	for i, v := range wide {
		codes[i] = byte(min(max(v+lo-q.Params.QMin, lo), hi))
	}
}

// decoded is the numbers that stored codes stand for.
func (l *lowerer) decoded(codes []byte, q *Quant) []float32 {
	zero, _, _ := stored(q.Params, l.cfg.Dot)
	x := make([]float32, len(codes))
	for i, c := range codes {
		x[i] = float32(ref.QValue(c, l.cfg.Dot.Signed())-zero) * q.Params.Scale[0]
	}
	return x
}
