package graph

import "math"

// geluOf is x where the product n is x·(1 + erf(x/√2))·0.5, its factors in any order, else None. single gives the
// node that makes a value which nothing else reads, or nil.
func geluOf(g *Graph, n Node, single func(ValueID) *Node) ValueID {
	half, x, z := false, None, None
	for _, v := range factors(n, single) {
		switch {
		case isNumber(g, v, 0.5) && !half:
			half = true
		case z == None && erfOf(g, v, single) != None:
			z = erfOf(g, v, single)
		case x == None:
			x = v
		default:
			return None
		}
	}
	if half && z != None && x == z {
		return x
	}
	return None
}

// factors are those of a product, and of a product that is one of them.
func factors(n Node, single func(ValueID) *Node) []ValueID {
	for side, v := range n.Inputs {
		if m := single(v); m != nil && m.Op.Type() == (Mul{}).Type() {
			return append([]ValueID{n.Inputs[1-side]}, m.Inputs...)
		}
	}
	return n.Inputs
}

// erfOf is x where v is 1 + erf(x/√2), else None.
func erfOf(g *Graph, v ValueID, single func(ValueID) *Node) ValueID {
	add := single(v)
	if add == nil || add.Op.Type() != (Add{}).Type() {
		return None
	}
	for side, one := range add.Inputs {
		erf := single(add.Inputs[1-side])
		if !isNumber(g, one, 1) || erf == nil || erf.Op.Type() != (Erf{}).Type() {
			continue
		}
		scaled := single(erf.Inputs[0])
		if scaled == nil {
			return None
		}
		a, b := scaled.Inputs[0], scaled.Inputs[len(scaled.Inputs)-1]
		switch scaled.Op.(type) {
		case Div:
			if isNumber(g, b, math.Sqrt2) {
				return a
			}
		case Mul:
			if isNumber(g, b, math.Sqrt2/2) {
				return a
			}
			if isNumber(g, a, math.Sqrt2/2) {
				return b
			}
		}
	}
	return None
}

// isNumber tells whether v is one number, the float next to x or, of those that files shorten, close to it.
func isNumber(g *Graph, v ValueID, x float64) bool {
	c := g.Values[v].Const
	return c != nil && len(c.F) == 1 && math.Abs(float64(c.F[0])/x-1) < 1e-6
}
