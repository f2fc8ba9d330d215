// Package prepare is steps 2 and 3 of MQBench (spec §3.2, §3.4): it decides where the quantizers
// sit. What comes in is a Graph and a Recipe; what goes out is the graph that runs, batch
// normalisation folded where the backend folds it, and the list of its quantizers. A further backend
// is one literal and one line in ruleOf.
package prepare

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Quantizer is one fake-quantizer in its place.
type Quantizer struct {
	Name      string        // MQBench's: "conv1.weight_fake_quant", "relu_post_act_fake_quantizer"
	Value     graph.ValueID // what it quantizes: a constant, a graph input or a node's output
	Weight    bool          // Value is a constant: a weight or, where the backend quantizes them, a bias
	Node      int           // index of the node that owns the weight, or that first asked for the input to be quantized
	Scheme    scheme.QScheme
	Axis      int // channel axis of Value where Scheme.PerChannel, else -1
	Observer  string
	EMARatio  float32
	FakeQuant string
}

// Prepared is a network with its quantizers in place and nothing known about ranges yet.
type Prepared struct {
	Graph      *graph.Graph  // the graph to run; for backends that fold, without batch normalisation
	Quantizers []Quantizer   // in the order of the nodes; a node's inputs before its weight
	Modules    []fuse.Module // the layers, indices into Graph.Nodes
	Recipe     recipe.Recipe
}

// Prepare puts the quantizers of the recipe into g. One value has at most one quantizer, and every
// reader sees the quantized tensor, a residual branch too. The recipe must be valid; a network
// without anything to quantize is an error.
func Prepare(g *graph.Graph, r recipe.Recipe) (*Prepared, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	rule := ruleOf(r.Backend)
	g, modules := rule.fuse(g)
	p := newPlacement(g, modules)
	at8 := make([]bool, len(g.Nodes)) // anchors of the layers that keep 8 bits
	for _, m := range modules {
		at8[m.Nodes[0]] = rule.ends8 && p.atEnd(m)
	}
	out := &Prepared{Graph: g, Modules: modules, Recipe: r}
	index := make([]int, len(g.Values)) // of a value's quantizer, plus one
	add := func(q Quantizer, from recipe.Quantizer) {
		if i := index[q.Value]; i > 0 {
			if at8[q.Node] {
				keep8(&out.Quantizers[i-1])
			}
			return
		}
		q.Scheme, q.Observer, q.EMARatio, q.FakeQuant = from.Scheme, from.Observer, from.EMARatio, from.FakeQuant
		if !q.Scheme.PerChannel {
			q.Axis = -1
		}
		if at8[q.Node] {
			keep8(&q)
		}
		out.Quantizers = append(out.Quantizers, q)
		index[q.Value] = len(out.Quantizers)
	}
	activation := func(v graph.ValueID, n int) {
		value := g.Values[v]
		if value.Const != nil || value.DType != graph.Float32 || rule.lastFloat && p.leaves(v) {
			return
		}
		from := r.Activation
		if rule.unsigned && from.Scheme.Symmetric && p.nonNegative(v) {
			from.Scheme.Symmetric, from.Scheme.Narrow = false, false // the zero point of such values is 0
		}
		add(Quantizer{Name: activationName(g, v, p.producer[v]), Value: v, Node: n, Axis: -1}, from)
	}
	for n := range g.Nodes {
		if rule.placeholders {
			for _, v := range g.Nodes[n].Inputs {
				if slices.Contains(g.Inputs, v) {
					activation(v, n)
				}
			}
		}
		for _, v := range rule.before(p, n) {
			activation(v, n)
		}
		if axis, ok := weightAxis(g, n); ok && !slices.Contains(rule.floatWeights, p.kind[n]) {
			add(Quantizer{Name: weightName(g, n), Value: g.Nodes[n].Inputs[1], Weight: true, Node: n, Axis: axis}, r.Weight)
			if bias := p.bias(n); rule.biases && bias != graph.None {
				add(Quantizer{Name: biasName(g, n), Value: bias, Weight: true, Node: n, Axis: len(g.Values[bias].Shape) - 1}, r.Weight)
			}
		}
		for _, v := range rule.behind(p, n) {
			activation(v, n)
		}
		if rule.results {
			for _, v := range g.Nodes[n].Outputs {
				if v != graph.None && p.leaves(v) {
					activation(v, n)
				}
			}
		}
	}
	if len(out.Quantizers) == 0 {
		return nil, fmt.Errorf("nothing to quantize: network %q has no convolution and no linear layer with constant weights", g.Name)
	}
	return out, nil
}

// fuse is step 1 of MQBench as far as a rule wants it.
func (r rule) fuse(g *graph.Graph) (*graph.Graph, []fuse.Module) {
	if r.unfused {
		return g, fuse.Singles(g)
	}
	return fuse.Fold(g)
}

// keep8 gives a quantizer 8 bits and all codes, as MQBench does at the ends of the network.
func keep8(q *Quantizer) { q.Scheme.Bits, q.Scheme.Narrow = 8, false }
