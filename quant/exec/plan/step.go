package plan

import "github.com/quantscope/quantscope/quant/graph"

// Step is one operator with everything element-wise that follows it and is done while its output is in
// cache. The chain lists the values on the way: the operator's own output first, then the output of each
// absorbed node; the last one is what the step leaves in memory.
type Step struct {
	Node  int // index of the operator in Graph.Nodes; -1 for a graph input
	Input int // index of the graph input if Node is -1
	Norm  int // index of a BatchNormalization folded into the weights, or -1
	Chain []Link

	Integer bool // the operator computes on codes
	// Pointwise says that the operator works element by element, and Method by what arithmetic one computes that has
	// several.
	Pointwise bool
	Method    Method
	// Coded is the link of an integer step whose value is rounded to codes: those before it are clamps,
	// those behind it one table. -1 if the step leaves floats, which the other links are functions of.
	Coded int

	// Inputs are those of the operator as it reads them, and Outputs what is left in memory, None where an
	// output is not: floats in place of what is stored as codes if the step runs on floats, which Decode
	// makes before and Encode stores after it.
	Inputs, Outputs []graph.ValueID
	Decode, Encode  []Conversion
	InPlace         bool // the output lies where the input does: there is nothing to do
}

// Link is a value of a step's chain and the absorbed node that makes it.
type Link struct {
	Node  int // index in Graph.Nodes; -1 for the operator's own output
	Value graph.ValueID
	Gate  int // Node is a Mul of the value before and of what this node makes of it; -1 for none
	// Needless says that Node need not run: the quantizer of Value limits it no less. Table is how many of the links
	// that follow are one table over the levels of Value, with its quantizer.
	Needless bool
	Table    int
}

// Conversion makes floats of codes, or codes of floats.
type Conversion struct{ From, To graph.ValueID }

// End is the value, of the graph that was planned, at the end of the chain.
func (s *Step) End() graph.ValueID { return s.Chain[len(s.Chain)-1].Value }

// Out is where the step leaves its first output.
func (s *Step) Out() graph.ValueID { return s.Outputs[0] }

// Leaves are the values that the step leaves in memory as their readers see them.
func (s *Step) Leaves() []graph.ValueID {
	var leaves []graph.ValueID
	for _, v := range s.Outputs {
		if v == graph.None {
			continue
		}
		for _, c := range s.Encode {
			if c.From == v {
				v = c.To
			}
		}
		leaves = append(leaves, v)
	}
	return leaves
}

// Nodes are those of the step, in the order in which they compute.
func (s *Step) Nodes() []int {
	var nodes []int
	add := func(n int) {
		if n >= 0 {
			nodes = append(nodes, n)
		}
	}
	add(s.Node)
	add(s.Norm)
	for _, k := range s.Chain {
		add(k.Gate)
		add(k.Node)
	}
	return nodes
}
