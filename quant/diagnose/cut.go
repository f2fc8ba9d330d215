package diagnose

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// A run that differs from another one in a few quantizers is the same up to the first node that they
// concern: only what follows needs to be run again, on what the other run made. And what each node makes
// of the float values before it is seen of all nodes at once in a network cut between them.

// steps tells of every node the value that it leaves behind, with and without quantizers: nodes with one
// such value run as one and cannot be cut apart.
type steps struct{ plain, quantized []graph.ValueID }

func stepsOf(c *calibrate.Calibrated) steps {
	q := c.Quantized(calibrate.All)
	return steps{exec.Ends(c.Graph), graph.OfNodes(q, exec.Ends(q.Graph))}
}

// handsOn gives for each of these nodes of g the value that its step hands on. Of a recurrent layer that is the first output
// that is read: often the last state only.
func (s steps) handsOn(g *graph.Graph, nodes []int) []graph.ValueID {
	readers := g.Consumers()
	unread := func(v graph.ValueID) bool {
		return v == graph.None || len(readers[v]) == 0 && !slices.Contains(g.Outputs, v)
	}
	values := make([]graph.ValueID, len(nodes))
	for i, n := range nodes {
		values[i] = s.quantized[n]
		if at := slices.IndexFunc(g.Nodes[n].Outputs, func(v graph.ValueID) bool { return !unread(v) }); at >= 0 && unread(values[i]) {
			values[i] = g.Nodes[n].Outputs[at]
		}
	}
	return values
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
// otherwise. Its inputs are those of g that it reads, then the values of g that it starts from. It is nil
// where output does not depend on the roots.
func behind(g *graph.Graph, s steps, roots []int, output graph.ValueID) (*graph.Part, error) {
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
	if !made[output] {
		return nil, nil
	}
	reads := make([]bool, len(g.Values)) // what leads to output, as far as it is made otherwise
	reads[output] = true
	var from []graph.ValueID
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		if !in[i] || !slices.ContainsFunc(n.Outputs, func(v graph.ValueID) bool { return v != graph.None && reads[v] }) {
			continue
		}
		for _, v := range n.Inputs {
			if v == graph.None || reads[v] {
				continue
			}
			if reads[v] = true; !made[v] && g.Values[v].Const == nil {
				from = append(from, v)
			}
		}
	}
	slices.SortFunc(from, func(a, b graph.ValueID) int {
		first := func(v graph.ValueID) int { // inputs of the network come first
			if i := slices.Index(g.Inputs, v); i >= 0 {
				return i
			}
			return len(g.Inputs) + int(v)
		}
		return cmp.Compare(first(a), first(b))
	})
	return graph.Cut(g, from, []graph.ValueID{output})
}

// apart is g cut between its steps, and what its inputs stand for.
func (s steps) apart(g *graph.Graph) (*graph.Part, []graph.ValueID) {
	part := make([]int, len(g.Nodes))
	for i, v := range s.quantized {
		part[i] = int(v)
	}
	cut := graph.Apart(g, part)
	var reads []graph.ValueID
	for _, v := range cut.Inputs[len(g.Inputs):] {
		reads = append(reads, cut.Source[v])
	}
	return cut, reads
}
