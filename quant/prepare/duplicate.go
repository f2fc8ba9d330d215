package prepare

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
)

// duplicated gives modules that read one weight a weight each, with the same numbers, [Q] as MQBench makes a copy of a
// module for each further call of it: the second of "conv" is "conv_dup1". Nothing is computed otherwise.
func duplicated(g *graph.Graph, modules []fuse.Module) (*graph.Graph, []fuse.Module) {
	times := map[graph.ValueID]int{} // a weight was read by a module
	own := false                     // g and modules may be changed
	for i, m := range modules {
		n := m.Nodes[0]
		if _, ok := weightAxis(g, n); !ok {
			continue
		}
		w := g.Nodes[n].Inputs[1]
		times[w]++
		if times[w] == 1 {
			continue
		}
		if !own {
			c := *g
			c.Nodes, c.Values = slices.Clone(g.Nodes), slices.Clone(g.Values)
			g, modules, own = &c, slices.Clone(modules), true
		}
		suffix := fmt.Sprintf("_dup%d", times[w]-1)
		again := g.Values[w]
		again.Name += suffix
		g.Nodes[n].Inputs = slices.Clone(g.Nodes[n].Inputs)
		g.Nodes[n].Inputs[1] = graph.ValueID(len(g.Values))
		g.Values = append(g.Values, again)
		modules[i].Path += suffix
	}
	return g, modules
}
