package plan

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// Parameters are values that live from run to run, as the weights of a network in training do: they lie
// among the constants, and a run reads them where they are.

// Update gives parameter Param at the end of a run the elements of From.
type Update struct{ Param, From graph.ValueID }

// checkParams checks that parameters can be some, and that updates fit them.
func (c Config) checkParams(g *graph.Graph) error {
	seen := set(len(g.Values), nil)
	for _, v := range c.Params {
		if x := g.Values[v]; x.Const == nil && !slices.Contains(g.Inputs, v) {
			return fmt.Errorf("value %q cannot be a parameter, since a node computes it: take an input or a constant of the network", x.Name)
		}
		if seen[v] {
			return fmt.Errorf("value %q is given twice as a parameter", g.Values[v].Name)
		}
		seen[v] = true
	}
	updated := set(len(g.Values), nil)
	for _, u := range c.Updates {
		to, from := g.Values[u.Param], g.Values[u.From]
		switch {
		case !seen[u.Param]:
			return fmt.Errorf("value %q cannot be updated, since it is not among the parameters", to.Name)
		case updated[u.Param]:
			return fmt.Errorf("parameter %q is updated twice", to.Name)
		case !slices.Equal(to.Shape, from.Shape):
			return fmt.Errorf("parameter %q has shape %v and cannot become %q, whose shape is %v", to.Name, to.Shape, from.Name, from.Shape)
		}
		updated[u.Param] = true
	}
	return nil
}

// withParams is a copy of g in which parameters that were constants are inputs.
func withParams(g *graph.Graph, params []graph.ValueID) *graph.Graph {
	own := *g
	own.Values = slices.Clone(g.Values)
	own.Inputs = slices.Clone(g.Inputs)
	for _, v := range params {
		if own.Values[v].Const != nil {
			own.Values[v].Const = nil
			own.Inputs = append(own.Inputs, v)
		}
	}
	return &own
}

// Param reports whether v, an input, is a parameter.
func (p *Plan) Param(v graph.ValueID) bool { _, ok := p.params[v]; return ok }

// Resident reports whether v holds a parameter.
func (p *Plan) Resident(v graph.ValueID) bool { return p.resident[v] }

// HeldBy is the value that holds parameter v, an input.
func (p *Plan) HeldBy(v graph.ValueID) graph.ValueID { return p.Held[p.params[v]] }

// Source is the value whose elements an update takes: what holds them if that is a parameter.
func (p *Plan) Source(u Update) graph.ValueID {
	if slices.Contains(p.Params, u.From) {
		return p.HeldBy(p.rounded[u.From])
	}
	return u.From
}

// hold finds what holds each parameter: the input that is read in its place, if that is as it was set.
func hold(p *Plan) error {
	p.Held, p.Initial, p.resident = make([]graph.ValueID, len(p.Params)), map[graph.ValueID]*graph.Tensor{}, map[graph.ValueID]bool{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Node >= 0 {
			break
		}
		v := p.Graph.Inputs[s.Input]
		k, ok := p.params[v]
		if !ok {
			continue
		}
		if len(s.Chain) > 1 || len(s.Encode) > 0 || len(p.Quants[v]) > 0 || p.observed[v] || p.wantsHalo(v) {
			p.Held[k] = p.floatsOf(v)
		} else {
			p.Held[k], s.InPlace = v, true
		}
		p.resident[p.Held[k]] = true
		if c := p.given.Values[p.Params[k]].Const; c != nil {
			p.Initial[p.Held[k]] = c
		}
	}
	return nil
}

// wantsHalo reports whether a reader of v wants zeros around it.
func (p *Plan) wantsHalo(v graph.ValueID) bool {
	for _, i := range p.readers[v] {
		n := p.Graph.Nodes[i]
		if want := p.operators(n.Op).Halo; want != nil && n.Inputs[0] == v && want(p.Graph, n) != (Halo{}) {
			return true
		}
	}
	return false
}
