package diagnose

import (
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// A run that differs from another one in a few quantizers is the same up to the first node that they
// concern: only what follows needs to be run again, on what the other run made. And what each node makes
// of the float values before it is seen of all nodes at once in a network cut between them.

// steps tells of every node the value that it leaves behind, with and without quantizers: nodes with one
// such value run as one and cannot be cut apart.
type steps struct{ plain, quantized []graph.ValueID }

func stepsOf(g *graph.Graph, quants []exec.Quant) steps {
	return steps{exec.Ends(g, nil), exec.Ends(g, quants)}
}

// close adds to a set of nodes those that run as one with a node of it.
func (s steps) close(in []bool) {
	for grown := true; grown; {
		grown = false
		for _, ends := range [][]graph.ValueID{s.plain, s.quantized} {
			of := map[graph.ValueID]bool{}
			for i, v := range ends {
				of[v] = of[v] || in[i]
			}
			for i, v := range ends {
				if of[v] && !in[i] {
					in[i], grown = true, true
				}
			}
		}
	}
}

// behind is the part of g that computes output from what changes when the nodes of roots compute
// otherwise: its inputs are those of g that it reads, then the values of g that it starts from, its only
// output is output. Values keep their numbers. Where output does not depend on the roots it has no nodes.
func behind(g *graph.Graph, s steps, roots []int, output graph.ValueID) *graph.Graph {
	in := make([]bool, len(g.Nodes))
	for _, n := range roots {
		in[n] = true
	}
	s.close(in)
	made := make([]bool, len(g.Values))
	for i, n := range g.Nodes {
		in[i] = in[i] || slices.ContainsFunc(n.Inputs, func(v graph.ValueID) bool { return v != graph.None && made[v] })
		for _, v := range n.Outputs {
			if v != graph.None {
				made[v] = in[i]
			}
		}
	}
	wanted := make([]bool, len(g.Values))
	wanted[output] = true
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		if in[i] = in[i] && slices.ContainsFunc(n.Outputs, func(v graph.ValueID) bool { return v != graph.None && wanted[v] }); in[i] {
			for _, v := range n.Inputs {
				if v != graph.None {
					wanted[v] = true
				}
			}
		}
	}
	part := &graph.Graph{Name: g.Name, Values: g.Values, Outputs: []graph.ValueID{output}}
	for _, v := range g.Inputs {
		if wanted[v] {
			part.Inputs = append(part.Inputs, v)
		}
	}
	for i, n := range g.Nodes {
		if !in[i] {
			continue
		}
		part.Nodes = append(part.Nodes, n)
		for _, v := range n.Inputs {
			if v != graph.None && !made[v] && g.Values[v].Const == nil && !slices.Contains(part.Inputs, v) {
				part.Inputs = append(part.Inputs, v)
			}
		}
	}
	return part
}

// apart is g cut between its steps: what a step reads of another one is an input of its own, behind those
// of g. reads is what these inputs stand for, outputs are the values that steps leave behind, and of maps
// a value to the input that stands for it.
func apart(g *graph.Graph, s steps) (cut *graph.Graph, reads []graph.ValueID, of map[graph.ValueID]graph.ValueID) {
	cut, of = g.Clone(), map[graph.ValueID]graph.ValueID{}
	producers := g.Producers()
	cut.Outputs = nil
	for i, n := range cut.Nodes {
		for k, v := range n.Inputs {
			if v == graph.None || producers[v] < 0 || s.quantized[producers[v]] == s.quantized[i] {
				continue
			}
			if _, ok := of[v]; !ok {
				of[v] = graph.ValueID(len(cut.Values))
				cut.Values = append(cut.Values, g.Values[v])
				cut.Inputs = append(cut.Inputs, of[v])
				reads = append(reads, v)
			}
			n.Inputs[k] = of[v]
		}
		if !slices.Contains(cut.Outputs, s.quantized[i]) {
			cut.Outputs = append(cut.Outputs, s.quantized[i])
		}
	}
	return cut, reads, of
}
