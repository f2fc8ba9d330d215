// Package prepare is steps 2 and 3 of MQBench (spec §3.2, §3.4): it decides where the quantizers
// sit. What comes in is a Graph and a Recipe; what goes out is the graph that runs, batch
// normalisation folded where the backend folds it, and the list of its quantizers. A further backend
// is one literal and one line in ruleOf.
package prepare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Quantizer is one fake-quantizer in its place.
type Quantizer struct {
	Name   string        // MQBench's: "conv1.weight_fake_quant", "relu_post_act_fake_quantizer"
	Value  graph.ValueID // what it quantizes: a constant, a graph input or a node's output
	Weight bool          // Value is a weight or, where the backend quantizes them, a bias; a parameter that is added or multiplied goes as an activation
	Node   int           // index of the node that owns the weight, or that first asked for the input to be quantized
	Axis   int           // channel axis of Value where Scheme.PerChannel, else -1
	Along  int           // axis of Value that Scheme.Block cuts, where it does
	Shared int           // quantizers of one number above 0 have one scale
	recipe.Quantizer
}

// Prepared is a network with its quantizers in place and nothing known about ranges yet.
type Prepared struct {
	Graph      *graph.Graph  // the graph to run; for backends that fold, without batch normalisation
	Quantizers []Quantizer   // in the order of the nodes; a node's inputs before its weight
	Modules    []fuse.Module // the layers, indices into Graph.Nodes
	Recipe     recipe.Recipe
	Notes      []string // what of the recipe has no effect on this network, one sentence each
}

// Layer is the name, in the file, of the layer whose anchor is node n, or of the node.
func (p *Prepared) Layer(n int) string {
	for _, m := range p.Modules {
		if m.Nodes[0] == n {
			return m.Name
		}
	}
	return p.Graph.Nodes[n].Name
}

// Prepare puts the quantizers of the recipe into g. One value has at most one quantizer, and every
// reader sees the quantized tensor, a residual branch too. The recipe must be valid; a network
// without anything to quantize is an error.
func Prepare(g *graph.Graph, r recipe.Recipe) (*Prepared, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	engine, _ := backend.Of(r.Backend)
	rule := engine.Placement(r.MQBenchExact)
	g, modules := fused(g, rule, r.MQBenchExact)
	if r.MQBenchExact {
		g, modules = duplicated(g, modules)
	}
	p := newPlacement(g, rule, modules, r)
	settings, err := newSettings(p, r)
	if err != nil {
		return nil, err
	}
	out := &Prepared{Graph: g, Modules: modules, Recipe: r, Notes: settings.notes}
	const none = -2 // no settings yet
	positive := nonNegative(g)
	index := make([]int, len(g.Values)) // of a value's quantizer, plus one
	var ranks []int                     // of the override that a quantizer's settings are of
	add := func(q Quantizer) {
		s := settings.of(q.Node, q.Weight)
		own := s.quantizer
		if rule.Unsigned && !r.MQBenchExact && !q.Weight && own.Scheme.Symmetric && positive[q.Value] {
			own.Scheme.Symmetric, own.Scheme.Narrow = false, false // the zero point of such values is 0
		}
		i := index[q.Value] - 1
		if i < 0 {
			i = len(out.Quantizers)
			out.Quantizers, ranks = append(out.Quantizers, q), append(ranks, none)
			index[q.Value] = i + 1
		}
		if s.rank > ranks[i] {
			if s.override >= 0 && (s.other || ranks[i] != none && own != out.Quantizers[i].Quantizer) {
				settings.counts[s.override] = true
			}
			out.Quantizers[i].Quantizer, ranks[i] = own, s.rank
		}
	}
	activation := func(v graph.ValueID, n int) {
		if v == graph.None {
			return
		}
		if g.Values[v].DType == graph.Float32 && !(rule.LastFloat && p.leaves(v)) {
			add(Quantizer{Name: activationName(g, v, p.producer[v]), Value: v, Node: n, Axis: p.channels(v)})
		}
	}
	for n := range g.Nodes {
		if rule.Placeholders {
			for _, v := range g.Nodes[n].Inputs {
				if slices.Contains(g.Inputs, v) {
					activation(v, n)
				}
			}
		}
		if settings.inputs[n] { // also of one that another override keeps in float, as in MQBench
			for _, v := range p.operands(n) {
				activation(v, n)
			}
		}
		if settings.float[n] {
			continue
		}
		if r.BF16Mix {
			for _, v := range p.around(n) {
				activation(v, n)
			}
		}
		for _, v := range p.before(n) {
			activation(v, n)
		}
		if axis, ok := weightAxis(g, n); ok && p.weighs(n) {
			add(Quantizer{Name: p.module[n].Path + ".weight_fake_quant", Value: g.Nodes[n].Inputs[1], Weight: true, Node: n, Axis: axis, Along: 1 - axis})
			if bias := p.bias(n); rule.Biases && bias != graph.None { // which has no inputs for blocks
				add(Quantizer{Name: p.module[n].Path + ".bias_fake_quant", Value: bias, Weight: true, Node: n, Axis: len(g.Values[bias].Shape) - 1})
			}
		}
		for i, v := range recurrentWeights(g, n) {
			if p.weighs(n) {
				add(Quantizer{Name: p.path(n) + "." + [...]string{"igates", "hgates"}[i] + ".weight_fake_quant", Value: v, Weight: true, Node: n, Axis: 1, Along: 2})
			}
		}
		for _, v := range p.behind(n) {
			activation(v, n)
		}
		if rule.Results {
			for _, v := range g.Nodes[n].Outputs {
				if v != graph.None && p.leaves(v) {
					activation(v, n)
				}
			}
		}
	}
	if len(out.Quantizers) == 0 && slices.Contains(settings.float, true) {
		return nil, fmt.Errorf("nothing to quantize: the overrides keep every layer of network %q in float; leave one of them out", g.Name)
	}
	if len(out.Quantizers) == 0 && len(out.Modules) > 0 {
		return nil, fmt.Errorf("nothing to quantize: the backend %s quantizes none of the %d layers of network %q, which are %s", r.Backend, len(out.Modules), g.Name, kinds(out.Modules))
	}
	if len(out.Quantizers) == 0 {
		return nil, fmt.Errorf("nothing to quantize: network %q has no convolution and no linear layer with constant weights, and the backend %s quantizes nothing else of it", g.Name, r.Backend)
	}
	if len(out.Modules) == 0 && !slices.ContainsFunc(out.Quantizers, func(q Quantizer) bool { return q.Weight }) {
		out.Notes = append(out.Notes, fmt.Sprintf("Network %q has no convolution and no linear layer with constant weights: what the backend %s quantizes are %d of its activations only, beginning with %s.",
			g.Name, r.Backend, len(out.Quantizers), out.Quantizers[0].Name))
	}
	for i, q := range out.Quantizers {
		if end := q.Weight && p.atEnd(q.Node, r.MQBenchExact) || !q.Weight && p.endReads(q.Value, r.MQBenchExact); rule.Ends8 && end && ranks[i] < recipe.ByName {
			keep8(&out.Quantizers[i])
		}
		if !out.Quantizers[i].Scheme.PerChannel {
			out.Quantizers[i].Axis = -1
		}
		if q.Along == q.Axis || !q.Weight { // a bias
			out.Quantizers[i].Scheme.Block = 0
		}
	}
	if rule.Unsigned && r.MQBenchExact {
		p.upper(out.Quantizers, index)
	}
	if r.SharedScales {
		if err := out.share(index); err != nil {
			return nil, err
		}
	}
	out.Notes = append(out.Notes, settings.idle(g.Name)...)
	return out, nil
}

// fused is step 1 of MQBench as far as a rule wants it.
func fused(g *graph.Graph, rule backend.Rule, exact bool) (*graph.Graph, []fuse.Module) {
	if rule.Unfused {
		return g, fuse.Singles(g)
	}
	return fuse.Fold(g, exact)
}

// weighs tells whether the weight of a module is quantized. [Q] MQBench quantizes that of none for which it has
// no counterpart.
func (p placement) weighs(n int) bool {
	module := p.module[n].Kind
	float := func(name string) bool { return strings.HasPrefix(module, name) }
	return !slices.ContainsFunc(p.rule.FloatWeights, float) && !(p.exact && fuse.QAT(module) == "")
}

// keep8 gives a quantizer 8 bits and all codes, as MQBench does at the ends of the network.
func keep8(q *Quantizer) { q.Scheme.Bits, q.Scheme.Narrow = 8, false }

// kinds lists the kinds of modules, each once.
func kinds(modules []fuse.Module) string {
	var list []string
	for _, m := range modules {
		if !slices.Contains(list, m.Kind) {
			list = append(list, m.Kind)
		}
	}
	return strings.Join(list, ", ")
}
