package prepare

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// share gives one number to the quantizers that must have one scale: those of the inputs of a sum, and
// those of the inputs and of the output of a concatenation. index is of a value's quantizer, plus one.
// Quantizers with different schemes cannot share, which is an error that names them.
func (p *Prepared) share(index []int) error {
	parent := make([]int, len(p.Quantizers))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	for _, n := range p.Graph.Nodes {
		values := n.Inputs
		switch n.Op.(type) {
		case graph.Add:
		case graph.Concat:
			values = append(append([]graph.ValueID(nil), values...), n.Outputs[0])
		default:
			continue
		}
		first := -1
		for _, v := range values {
			if v == graph.None || index[v] == 0 || p.Quantizers[index[v]-1].Weight {
				continue
			}
			i := index[v] - 1
			if first < 0 {
				first = i
				continue
			}
			a, b := p.Quantizers[first], p.Quantizers[i]
			if a.Scheme != b.Scheme || a.FakeQuant != b.FakeQuant {
				return fmt.Errorf("node %q (%s): %s and %s shall share a scale, but have different schemes: give them the same in the overrides, or set sharedScales to false",
					n.Name, n.Op.Type(), a.Name, b.Name)
			}
			if a.Scheme.PerChannel {
				return fmt.Errorf("node %q (%s): %s and %s shall share a scale, but have one for each channel: set their perChannel or sharedScales to false", n.Name, n.Op.Type(), a.Name, b.Name)
			}
			parent[root(i)] = root(first)
		}
	}
	number := make([]int, len(p.Quantizers)) // of a root
	members := make([]int, len(p.Quantizers))
	for i := range parent {
		members[root(i)]++
	}
	next := 0
	for i := range p.Quantizers {
		r := root(i)
		if members[r] < 2 {
			continue
		}
		if number[r] == 0 {
			next++
			number[r] = next
		}
		p.Quantizers[i].Shared = number[r]
	}
	if next == 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("sharedScales changes nothing: no sum and no concatenation of network %q has two quantizers to share a scale.", p.Graph.Name))
	}
	return nil
}
