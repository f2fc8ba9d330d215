package refine

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// Equalized is a pair of layers whose channels were scaled.
type Equalized struct {
	First   string    `json:"first"` // node
	Second  string    `json:"second"`
	Factors []float32 `json:"factors"` // by which the output channels of the first were divided, those of the second's input multiplied
}

// Bounds of equalization.
const (
	maxPasses = 20   // over all pairs
	converged = 1e-2 // a pass that changes no factor by more is the last
	dead      = 1e-4 // of the widest channel: what is narrower counts as so wide
	maxFactor = 1e6
	margin    = 1.25 // by how much a channel stays below the limit of a clip beyond what it reached
	saturated = 0.98 // of the limit: a channel that gets so far is clipped, and is not scaled
)

// Equalize scales channels between the layers of every pair (Nagel et al. 2019, §4.1): t = √(r1/r2), r1 and
// r2 being how wide channel c is in the first and in the second layer, pair by pair and over again until
// nothing changes, so that chains across depthwise layers are equalized as a whole. Widths are those of the
// weights beside the widest channel's; reach, of the values that second layers read by channel, makes the
// activation between count as a part of the first layer, so that its range does not grow for the weights' sake. What a
// network computes stays the same up to float rounding; across a ReLU6, which is equalized with reach only, for values up
// to a quarter beyond those of reach.
func Equalize(g *graph.Graph, reach map[graph.ValueID][]float32) (*graph.Graph, []Equalized) {
	pairs := pairsOf(g)
	e := newEqualization(g, pairs)
	for range maxPasses {
		most := float32(0)
		for i, p := range pairs {
			t := e.balance(i, reach[p.second.input(g)])
			e.scale(i, t)
			for _, x := range t {
				most = max(most, abs(x-1))
			}
		}
		if most <= converged {
			break
		}
	}
	return e.apply()
}

// EqualizeOnce is MQBench's weight_equalization.py: t = √(r1·r2)/r2 once, and 1 where r1 + r2 < 0.5; [Q] for
// r2 it looks at no more output channels of the second layer than the first layer has. But never across a
// sum, where MQBench changes the network, and in the chains and groups that it stops at too.
func EqualizeOnce(g *graph.Graph) (*graph.Graph, []Equalized) {
	pairs := pairsOf(g)
	e := newEqualization(g, pairs)
	for i, p := range pairs {
		r1, r2 := p.first.widest(e.weights[p.first.weight], false, 1, p.first.out), p.second.widest(e.weights[p.second.weight], true, p.spread, p.first.out)
		t := slices.Repeat([]float32{1}, len(r1))
		for c := range t {
			if r1[c]+r2[c] >= 0.5 && p.limit(g) == 0 {
				root := float32(math.Sqrt(float64(float32(r1[c] * r2[c]))))
				t[c] = min(max(root/r2[c], 1/float32(maxFactor)), maxFactor)
			}
		}
		e.scale(i, t)
	}
	return e.apply()
}

// equalization is the factors of pairs as they grow, and the weights as they would be.
type equalization struct {
	g       *graph.Graph
	pairs   []pair
	weights map[graph.ValueID][]float32
	factors [][]float32
}

func newEqualization(g *graph.Graph, pairs []pair) *equalization {
	e := &equalization{g: g, pairs: pairs, weights: map[graph.ValueID][]float32{}}
	for _, p := range pairs {
		for _, l := range []layer{p.first, p.second} {
			if e.weights[l.weight] == nil {
				e.weights[l.weight] = slices.Clone(g.Values[l.weight].Const.F)
			}
		}
		e.factors = append(e.factors, slices.Repeat([]float32{1}, p.first.out))
	}
	return e
}

// balance gives the factors that make the channels of pair i as wide in one layer as in the other. values
// are how far those between reached in the network as it came, nil where that is not known.
func (e *equalization) balance(i int, values []float32) []float32 {
	p := e.pairs[i]
	t := slices.Repeat([]float32{1}, p.first.out)
	limit := p.limit(e.g)
	if limit > 0 && values == nil {
		return t
	}
	now := make([]float32, p.first.out) // how far the values reach with the factors so far
	for c := range now {
		for k := 0; values != nil && k < p.spread; k++ {
			now[c] = max(now[c], values[c*p.spread+k]/e.factors[i][c])
		}
	}
	r1, r2 := relative(p.first.widest(e.weights[p.first.weight], false, 1, p.first.out)), relative(p.second.widest(e.weights[p.second.weight], true, p.spread, p.second.out))
	between := relative(slices.Clone(now))
	for c := range t {
		first := r1[c]
		if values != nil {
			first = max(first, between[c])
		}
		t[c] = min(max(float32(math.Sqrt(float64(first/r2[c]))), 1/float32(maxFactor)), maxFactor)
		switch before := float32(now[c] * e.factors[i][c]); { // as it was in the network
		case limit == 0:
		case before >= saturated*limit:
			t[c] = 1
		default:
			t[c] = max(t[c], margin*now[c]/limit)
		}
	}
	return t
}

// relative divides by the greatest; nothing is less than dead.
func relative(r []float32) []float32 {
	most := max(slices.Max(r), math.SmallestNonzeroFloat32)
	for c := range r {
		r[c] = max(r[c]/most, dead)
	}
	return r
}

// scale takes factors into pair i.
func (e *equalization) scale(i int, t []float32) {
	p := e.pairs[i]
	p.first.scaleOutputs(e.weights[p.first.weight], t)
	p.second.scaleInputs(e.weights[p.second.weight], t, p.spread)
	for c := range t {
		e.factors[i][c] *= t[c]
	}
}

// apply makes the network of the factors: weights and biases are scaled once, and what lies between goes
// along.
func (e *equalization) apply() (*graph.Graph, []Equalized) {
	out := edit(e.g)
	done := make([]Equalized, len(e.pairs))
	for i, p := range e.pairs {
		t := e.factors[i]
		p.first.scaleOutputs(out.own(p.first.weight), t)
		if p.first.bias != graph.None {
			for c, b := 0, out.own(p.first.bias); c < len(b); c++ {
				b[c] /= t[c]
			}
		}
		p.second.scaleInputs(out.own(p.second.weight), t, p.spread)
		for _, n := range p.between {
			_, silu := e.g.Nodes[n].Op.(graph.SiLU)
			if silu && slices.ContainsFunc(t, func(x float32) bool { return x != 1 }) {
				out.gates[n] = gate{t, p.first.axis(e.g.Values[e.g.Nodes[n].Inputs[0]].Shape)}
			}
		}
		done[i] = Equalized{e.g.Nodes[p.first.node].Name, e.g.Nodes[p.second.node].Name, t}
	}
	return out.done(), done
}

// limit is that of the clip between the layers, 0 where there is none.
func (p pair) limit(g *graph.Graph) float32 {
	limit := float32(0)
	for _, n := range p.between {
		if op, ok := g.Nodes[n].Op.(graph.Clip); ok && (limit == 0 || op.Hi < limit) {
			limit = op.Hi
		}
	}
	return limit
}

// input is what a layer reads.
func (l layer) input(g *graph.Graph) graph.ValueID { return g.Nodes[l.node].Inputs[0] }

// scaleOutputs divides the output channels of a weight.
func (l layer) scaleOutputs(w, t []float32) {
	l.each(func(i, _, out int) { w[i] /= t[out] })
}

// scaleInputs multiplies its input channels.
func (l layer) scaleInputs(w, t []float32, spread int) {
	l.each(func(i, in, _ int) { w[i] *= t[in/spread] })
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}
