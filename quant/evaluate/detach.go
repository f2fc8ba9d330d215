package evaluate

import (
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// detached is a network cut between its steps. Given the values of one run, each step shows what it makes
// of them by itself.
type detached struct {
	*graph.Part
	whole      *graph.Graph
	quantizers []graph.Quantizer
	step       []int           // of each node, numbered in the order of the network
	first      []int           // node of each step
	sources    []graph.ValueID // of the whole network, of the cut one's inputs behind those of the whole
}

// detach cuts g. A step is what a run with the quantizers does in one go, with the operators behind it that only
// move its values into a quantized one: that is where the integer engine rounds them.
func detach(g *graph.Graph, quantizers []graph.Quantizer) *detached {
	d := &detached{whole: g, step: stepsOf(g, quantizers)}
	for i, s := range d.step {
		if s == len(d.first) {
			d.first = append(d.first, i)
		}
	}
	d.Part = graph.Apart(g, d.step)
	for _, v := range d.Inputs[len(g.Inputs):] {
		d.sources = append(d.sources, d.Source[v])
	}
	d.quantizers = d.Quantizers(quantizers)
	return d
}

// keep is more, with what of the whole network has to be read to run the cut one and to compare with.
func (d *detached) keep(more []graph.ValueID) []graph.ValueID {
	all := slices.Clone(more)
	for _, v := range d.Outputs { // every source is one
		all = append(all, d.Source[v])
	}
	return unique(all)
}

// unique is a list with each value where it stands first.
func unique(list []graph.ValueID) (once []graph.ValueID) {
	seen := map[graph.ValueID]bool{}
	for _, v := range list {
		if !seen[v] {
			seen[v], once = true, append(once, v)
		}
	}
	return once
}

// stepsOf numbers the steps that nodes belong to.
func stepsOf(g *graph.Graph, quantizers []graph.Quantizer) []int {
	q := graph.Quantize(g, quantizers)
	ends, codes, producers := graph.OfNodes(q, exec.Ends(q.Graph)), exec.Codes(q.Graph), g.Producers()
	own := make([]bool, len(g.Values))
	for _, q := range quantizers {
		own[q.Value] = true
	}
	joined := make([]graph.ValueID, len(g.Values)) // the end that a step goes by
	for v := range joined {
		joined[v] = graph.ValueID(v)
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		for _, v := range g.Nodes[i].Inputs {
			if v != graph.None && producers[v] >= 0 && codes[v] != nil && !own[v] {
				joined[v] = joined[ends[i]]
			}
		}
	}
	step := make([]int, len(g.Nodes))
	number := map[graph.ValueID]int{}
	for i := range g.Nodes {
		end := joined[ends[i]]
		if _, ok := number[end]; !ok {
			number[end] = len(number)
		}
		step[i] = number[end]
	}
	return step
}
