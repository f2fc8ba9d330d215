package plan

import "github.com/quantscope/quantscope/quant/graph"

// foldNorms finds the BatchNormalizations that go into the constant weights before them: conv(x, w)·f +
// shift = conv(x, w·f) + shift. Whether one does depends on the graph and on its quantizers only.
func foldNorms(p *Plan) error {
	g := p.Graph
	p.Norms = make([]int, len(g.Nodes))
	for i, n := range g.Nodes {
		p.Norms[i] = -1
		if !p.operators(n.Op).Folds || len(p.Quants[n.Outputs[0]]) > 0 {
			continue
		}
		bn, ok := p.only(n.Outputs[0])
		if !ok {
			continue
		}
		norm := g.Nodes[bn]
		if _, ok := norm.Op.(graph.BatchNormalization); ok && norm.Inputs[0] == n.Outputs[0] && p.constant(n.Inputs[1:]) && p.constant(norm.Inputs[1:]) {
			p.Norms[i], p.folded[bn] = bn, true
		}
	}
	return nil
}
