package refine

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// unit is a part of a network whose roundings are learned together: what is computed of inputs up to output.
type unit struct {
	nodes   []int // in order
	inputs  []graph.ValueID
	output  graph.ValueID
	weights []graph.ValueID // constants of layers, in order
}

// units finds the parts of a network whose activation quantizers are nodes, each beginning with a layer that is in
// none before it: layers with what follows them, or with blocks whole residual blocks, and up to three
// layers where nothing branches. They are MQBench's (advanced_ptq.py, spec §5). rounds tells whether the rounding of
// a weight is to be learned.
func units(g *graph.Graph, blocks bool, rounds func(v graph.ValueID) bool) []unit {
	s := &search{g: g, readers: g.Consumers(), made: g.Producers(), done: make([]bool, len(g.Nodes)), rounds: rounds}
	var list []unit
	for n := range g.Nodes {
		if s.done[n] || s.weight(n) == graph.None {
			continue
		}
		var nodes []int
		if blocks {
			nodes = s.block(s.sources(n), 0)
		} else {
			nodes, _ = s.layer(n)
		}
		if !slices.Contains(nodes, n) { // a branch that its block leaves out
			nodes, _ = s.layer(n)
		}
		list = append(list, s.unit(nodes))
	}
	return list
}

// search follows the arrows of a network.
type search struct {
	g       *graph.Graph
	readers [][]int
	made    []int
	done    []bool // nodes that are in a unit
	rounds  func(v graph.ValueID) bool
}

// weight is that of a layer, None of other nodes.
func (s *search) weight(n int) graph.ValueID {
	node := s.g.Nodes[n]
	if _, ok := node.Op.(graph.Weighted); ok {
		if v := node.Inputs[1]; s.g.Values[v].Const != nil && s.g.Values[node.Inputs[0]].Const == nil && s.rounds(v) {
			return v
		}
	}
	return graph.None
}

// users are the nodes that read what n makes, each once.
func (s *search) users(n int) []int {
	var list []int
	for _, v := range s.g.Nodes[n].Outputs {
		if v != graph.None {
			list = append(list, s.readers[v]...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// sources are the nodes, or with -1-i the inputs of the network, that n reads.
func (s *search) sources(n int) []graph.ValueID {
	var list []graph.ValueID
	for _, v := range s.g.Nodes[n].Inputs {
		if v != graph.None && s.g.Values[v].Const == nil && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// joins tells whether a node adds two activations.
func (s *search) joins(n int) bool {
	_, add := s.g.Nodes[n].Op.(graph.Add)
	return add && len(s.sources(n)) > 1
}

// layer is the chain from n up to the next layer, sum, or output; last tells that several read its end or
// nothing follows.
func (s *search) layer(n int) (nodes []int, last bool) {
	for {
		nodes = append(nodes, n)
		users := s.users(n)
		stop := len(users) == 0
		for _, v := range s.g.Nodes[n].Outputs {
			if slices.Contains(s.g.Outputs, v) {
				last, stop = true, true
			}
		}
		for _, u := range users {
			stop = stop || s.weight(u) != graph.None || s.joins(u)
		}
		if stop {
			return nodes, last || len(users) != 1
		}
		n = users[0]
	}
}

// block follows all branches that begin at some values until one node is left, and takes its layer; where nothing
// branched, up to two more.
func (s *search) block(from []graph.ValueID, depth int) []int {
	if depth > 2 {
		return nil
	}
	var nodes, ready []int
	waits, waiting, branches := map[int]int{}, 0, false
	reach := func(u int) {
		if _, seen := waits[u]; !seen {
			waits[u] = len(s.sources(u))
			if _, list := s.g.Nodes[u].Op.(graph.Concat); list {
				waits[u] = 0 // MQBench does not look into the list, and never comes to it this way
			}
			branches = branches || waits[u] > 1
			waiting++
		}
		if waits[u]--; waits[u] == 0 {
			ready = append(ready, u)
			waiting--
		}
	}
	for _, v := range from {
		for _, u := range sorted(s.readers[v]) {
			reach(u)
		}
	}
	end := -1
	for len(ready) > 0 {
		end, ready = ready[0], ready[1:]
		if waiting == 0 && len(ready) == 0 {
			break
		}
		nodes = append(nodes, end)
		for _, u := range s.users(end) {
			reach(u)
		}
	}
	if end < 0 {
		return nodes
	}
	layer, last := s.layer(end)
	nodes = append(nodes, layer...)
	if branches || last {
		return nodes
	}
	end = nodes[len(nodes)-1]
	return append(nodes, s.block(s.g.Nodes[end].Outputs[:1], depth+1)...)
}

func sorted(list []int) []int {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// unit closes a list of nodes: what is read of others is an input, and what does not lead to the last is left out.
func (s *search) unit(nodes []int) unit {
	nodes = sorted(nodes)
	end := nodes[len(nodes)-1]
	leads := map[int]bool{end: true}
	for i := len(nodes) - 1; i >= 0; i-- {
		if !leads[nodes[i]] {
			continue
		}
		for _, v := range s.sources(nodes[i]) {
			if m := s.made[v]; m >= 0 {
				leads[m] = true
			}
		}
	}
	u := unit{output: s.g.Nodes[end].Outputs[0]}
	for _, n := range nodes {
		if leads[n] {
			u.nodes = append(u.nodes, n)
			s.done[n] = true
		}
	}
	for _, n := range u.nodes {
		for _, v := range s.sources(n) {
			if !slices.Contains(u.nodes, s.made[v]) && !slices.Contains(u.inputs, v) {
				u.inputs = append(u.inputs, v)
			}
		}
		if w := s.weight(n); w != graph.None && !slices.Contains(u.weights, w) {
			u.weights = append(u.weights, w)
		}
	}
	return u
}
