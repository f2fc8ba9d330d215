package quant

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/receipt"
)

// ordered is the model with its nodes in the order of the receipt's, as far as the names of its layers tell: a program that
// writes a network again may choose another of the orders in which it can be computed. Both are said to have the same graph,
// which has no order, but layers and quantizers are listed in theirs. Where the names are others, or their order is the
// receipt's, it is m.
func (m *Model) ordered(expected *receipt.Receipt) *Model {
	places := map[string]int{} // of the receipt's layers, -1 for a name that several have
	for i, l := range expected.Layers {
		if _, again := places[l.Name]; again {
			i = -1
		}
		places[l.Name] = i
	}
	type placed struct{ node, place int }
	order := make([]placed, len(m.Graph.Nodes))
	last, same := -1, true
	made := map[graph.ValueID]int{} // the place of what makes a value
	for i, n := range m.Graph.Nodes {
		place := -1
		if p, ok := places[receipt.Label(n.Name)]; ok && p >= 0 {
			same = same && p > last
			place, last = p, p
		}
		for _, v := range n.Inputs {
			if p, ok := made[v]; ok {
				place = max(place, p) // behind it
			}
		}
		for _, v := range n.Outputs {
			made[v] = place
		}
		order[i] = placed{i, place}
	}
	if same {
		return m
	}
	slices.SortStableFunc(order, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	g := *m.Graph
	g.Nodes = nil
	for _, o := range order {
		g.Nodes = append(g.Nodes, m.Graph.Nodes[o.node])
	}
	return &Model{Name: m.Name, SHA256: m.SHA256, Bytes: m.Bytes, Graph: &g}
}

// disordered tells whether the layers have the receipt's weights in another order, as they have where names are others too.
func disordered(expected []receipt.Layer, layers []evidence.Layer) bool {
	var there, here []receipt.Fingerprint
	for _, l := range expected {
		if l.Weights != "" {
			there = append(there, l.Weights)
		}
	}
	for _, l := range layers {
		if l.Weights != "" {
			here = append(here, l.Weights)
		}
	}
	return !slices.Equal(there, here) && slices.Equal(slices.Sorted(slices.Values(there)), slices.Sorted(slices.Values(here)))
}
