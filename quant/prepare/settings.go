package prepare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// settings are a recipe's, of each layer: the overrides that count for it.
type settings struct {
	weights, activations []setting // of each unit
	float                []bool    // units that are kept in float
	inputs               []bool    // units whose inputs are quantized in any case
	counts               []bool    // overrides that change something, as far as it is known
	notes                []string  // overrides by type that concern nothing
}

// setting is one side's of one unit, and the rank of the override it is of, 0 for that of all layers and -1 for
// bfloat16, which gives way to what a layer reads or makes.
type setting struct {
	quantizer recipe.Quantizer
	rank      int
	override  int  // index of that override, -1 for none
	other     bool // the unit would have another setting without it
}

// newSettings finds the overrides of every unit. One by name or pattern that concerns none is an error
// which tells the nearest name.
func newSettings(p placement, r recipe.Recipe) (settings, error) {
	n := len(p.graph.Nodes)
	s := settings{make([]setting, n), make([]setting, n), make([]bool, n), make([]bool, n), make([]bool, len(r.Overrides)), nil}
	used := make([]bool, len(r.Overrides))
	var names, types []string
	for i := range p.graph.Nodes {
		if p.unit[i] != i {
			continue
		}
		l := p.layer(i)
		if op, ok := p.graph.Nodes[i].Op.(graph.Conv); ok && op.Group > 1 && p.rule.GroupsApart {
			l.Types = nil
		}
		names, types = append(names, l.Names...), append(types, l.Types...)
		s.weights[i], s.activations[i] = general(r.Weight), general(r.Activation)
		if r.BF16Mix && !p.layered(i) {
			s.activations[i] = bf16()
		}
		w, weightRank := recipe.Strongest(r.Overrides, l, true)
		a, activationRank := recipe.Strongest(r.Overrides, l, false)
		concerning := 0
		for _, o := range r.Overrides {
			if o.Rank(l) > 0 {
				concerning++
			}
		}
		// One that is weaker than another may be what that one changes, and a name lifts the 8 bits of the ends.
		contested := func(rank int) bool { return concerning > 1 || rank == recipe.ByName && p.rule.Ends8 }
		if w >= 0 && !r.Overrides[w].Float {
			q := *r.Overrides[w].Weight
			s.weights[i] = setting{q, weightRank, w, contested(weightRank) || q != s.weights[i].quantizer}
		}
		if a >= 0 && !r.Overrides[a].Float {
			q := *r.Overrides[a].Activation
			s.activations[i] = setting{q, activationRank, a, contested(activationRank) || q != s.activations[i].quantizer}
		}
		top := w // the stronger of the two
		if activationRank > weightRank {
			top = a
		}
		s.float[i] = top >= 0 && r.Overrides[top].Float
		if s.float[i] && p.asks(i) {
			s.counts[top] = true
		}
		for k, o := range r.Overrides {
			concerned := o.Rank(l) > 0
			used[k] = used[k] || concerned
			if concerned && o.Inputs {
				s.inputs[i] = true
				asked := p.before(i)
				s.counts[k] = s.counts[k] || slices.ContainsFunc(p.operands(i), func(v graph.ValueID) bool { return !slices.Contains(asked, v) })
			}
		}
	}
	for k, o := range r.Overrides {
		s.counts[k] = s.counts[k] || !used[k] // about which more is said
		name := o.Name + o.Pattern
		if !used[k] && name == "" {
			s.notes = append(s.notes, fmt.Sprintf("Overrides[%d] changes nothing: network %q has no %s; the nearest type that it has is %s.",
				k, p.graph.Name, o.Op, nearestName(o.Op, types)))
		}
		if !used[k] && name != "" {
			return s, fmt.Errorf("recipe: overrides[%d] concerns %q, and no layer of network %q is called so: %q is nearest", k, name, p.graph.Name, nearestName(name, names))
		}
	}
	return s, nil
}

// general is the setting of all layers.
func general(q recipe.Quantizer) setting { return setting{q, 0, -1, false} }

// of gives the setting of the weight of unit n, or of the activations it asks for.
func (s settings) of(n int, weight bool) setting {
	if weight {
		return s.weights[n]
	}
	return s.activations[n]
}

// idle tells of the overrides that concern layers and change nothing about them.
func (s settings) idle(network string) (notes []string) {
	for k, counts := range s.counts {
		if !counts {
			notes = append(notes, fmt.Sprintf("Overrides[%d] changes nothing: what it concerns in network %q has no such quantizer, or the same settings without it.", k, network))
		}
	}
	return notes
}

// layer is what overrides tell unit n by.
func (p placement) layer(n int) recipe.Layer {
	node := p.graph.Nodes[n]
	l := recipe.Layer{Names: []string{node.Name}, Types: []string{node.Op.Type()}}
	if m := p.module[n]; m.Kind != "" {
		l.Names, l.Types = append(l.Names, m.Name, m.Path, strings.ReplaceAll(m.Path, ".", "_")), append(l.Types, m.Kind)
	}
	if op, ok := node.Op.(graph.Conv); ok {
		l.Depthwise = op.Group > 1 && op.Group == p.graph.Values[node.Inputs[0]].Shape[1]
	}
	return l
}

// nearestName is the name that fewest changes of a letter lead to.
func nearestName(name string, names []string) string {
	const most = 200 // letters that are looked at
	best, least := "", 2*most
	row := make([]int, most+1)
	name = name[:min(len(name), most)]
	for _, other := range names {
		short := other[:min(len(other), most)]
		for j := range row[:len(short)+1] {
			row[j] = j
		}
		for i := range len(name) {
			diagonal := row[0]
			row[0] = i + 1
			for j := range len(short) {
				change := diagonal
				if name[i] != short[j] {
					change++
				}
				diagonal = row[j+1]
				row[j+1] = min(change, diagonal+1, row[j]+1)
			}
		}
		if row[len(short)] < least {
			best, least = other, row[len(short)]
		}
	}
	return best
}
