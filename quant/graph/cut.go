package graph

import (
	"fmt"
	"slices"
)

// Part is a piece of a network as a network of its own.
type Part struct {
	*Graph
	Source []ValueID // of each value, in the whole network
	Origin []int     // of each node, in the whole network
}

// Quantizers gives those of the whole network as they are in the part.
func (p *Part) Quantizers(whole []Quantizer) []Quantizer {
	of := map[ValueID][]FakeQuantize{}
	for _, q := range whole {
		of[q.Value] = append(of[q.Value], q.FakeQuantize)
	}
	var own []Quantizer
	for v, source := range p.Source {
		for _, q := range of[source] {
			own = append(own, Quantizer{ValueID(v), q})
		}
	}
	return own
}

// Cut gives the part of g that makes the values to of the values from, which are its outputs and inputs
// in that order; constants come along. A value may be among both: it is made for the output, and given to
// those that read it. What depends on an input of g that is not among from is an error, which names it.
func Cut(g *Graph, from, to []ValueID) (*Part, error) {
	producer := g.Producers()
	given := make([]bool, len(g.Values))
	for _, v := range from {
		given[v] = true
	}
	keep := make([]bool, len(g.Nodes))
	want := func(v ValueID) error {
		switch {
		case v == None || g.Values[v].Const != nil:
		case producer[v] >= 0:
			keep[producer[v]] = true
		default:
			return fmt.Errorf("what is cut out needs %q, which is not among its inputs", g.Values[v].Name)
		}
		return nil
	}
	for _, v := range to {
		if !given[v] || producer[v] >= 0 {
			if err := want(v); err != nil {
				return nil, err
			}
		}
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		if !keep[i] {
			continue
		}
		for _, v := range g.Nodes[i].Inputs {
			if v != None && !given[v] {
				if err := want(v); err != nil {
					return nil, err
				}
			}
		}
	}
	return extract(g, from, to, keep, func(v ValueID, _ int) bool { return given[v] }), nil
}

// Apart cuts every arrow of g between nodes of different parts, part having the number of each: what a
// node reads of another part is an input, behind those of g, and what it makes for another an output,
// before the other ones of g.
func Apart(g *Graph, part []int) *Part {
	producer := g.Producers()
	crosses := func(v ValueID, reader int) bool {
		return v != None && producer[v] >= 0 && part[producer[v]] != part[reader]
	}
	keep, leaves := make([]bool, len(g.Nodes)), make([]bool, len(g.Values))
	var outputs []ValueID
	for i, n := range g.Nodes {
		keep[i] = true
		for _, v := range n.Inputs {
			if crosses(v, i) && !leaves[v] {
				leaves[v], outputs = true, append(outputs, v)
			}
		}
	}
	inputs := slices.Concat(g.Inputs, outputs)
	for _, v := range g.Outputs {
		if !leaves[v] && producer[v] >= 0 {
			outputs = append(outputs, v)
		}
	}
	return extract(g, inputs, outputs, keep, func(v ValueID, reader int) bool {
		return producer[v] < 0 || crosses(v, reader)
	})
}

// extract makes a network of the nodes that are kept. given tells whether node reader reads v as an
// input of it.
func extract(g *Graph, from, to []ValueID, keep []bool, given func(v ValueID, reader int) bool) *Part {
	b := NewBuilder(g.Name)
	p := &Part{Graph: b.Graph}
	value := func(v ValueID) ValueID {
		x := g.Values[v]
		x.Name = b.Name(x.Name)
		p.Source = append(p.Source, v)
		return b.Value(x)
	}
	input, own := map[ValueID]ValueID{}, map[ValueID]ValueID{}
	for _, v := range from {
		input[v] = value(v)
		p.Inputs = append(p.Inputs, input[v])
	}
	for i, n := range g.Nodes {
		if !keep[i] {
			continue
		}
		n.Inputs, n.Outputs = slices.Clone(n.Inputs), slices.Clone(n.Outputs)
		for k, v := range n.Inputs {
			if v == None {
				continue
			}
			if x, ok := input[v]; ok && given(v, i) {
				n.Inputs[k] = x
				continue
			}
			if _, ok := own[v]; !ok { // a constant
				own[v] = value(v)
			}
			n.Inputs[k] = own[v]
		}
		for k, v := range n.Outputs {
			if v != None {
				own[v] = value(v)
				n.Outputs[k] = own[v]
			}
		}
		b.Append(n)
		p.Origin = append(p.Origin, i)
	}
	for _, v := range to {
		x, ok := own[v]
		if !ok {
			if x, ok = input[v]; !ok {
				own[v] = value(v)
				x = own[v]
			}
		}
		p.Outputs = append(p.Outputs, x)
	}
	return p
}
