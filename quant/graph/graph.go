// Package graph is a network as the rest of the core sees it: nodes in topological order over
// values, every shape known. Packages of file formats make it, as onnx does, and so may a program, with a
// Builder, which infers shapes and folds what does not depend on an input. Operators say themselves what
// is to be known of them: shapes (Op), values of constants (Folder), and traits (traits.go). Shapes are the
// ONNX ones (NCHW); layout is exec's business.
package graph

import "slices"

// ValueID indexes Graph.Values. None stands for an absent optional input or output.
type ValueID int

// None is an absent optional input or output.
const None ValueID = -1

// Value is a tensor that flows through the network: an input, a constant, or a node's output.
type Value struct {
	Name  string
	DType DType
	Shape []int
	Const *Tensor // set for weights and other constants; never written once it is there
}

// Node applies one operator. Op carries the decoded attributes, one Go type per operator.
type Node struct {
	Name    string // unique, never empty: the ONNX name, or operator and output where it had none
	Op      Op
	Inputs  []ValueID
	Outputs []ValueID
}

// Graph is a network. A stage never changes the Graph it got: it works on a Clone.
type Graph struct {
	Name    string
	Values  []Value
	Nodes   []Node // topological order
	Inputs  []ValueID
	Outputs []ValueID
	Batch   bool     // the first dimension of every input was symbolic in the file; Shape has 1 there
	Notes   []string // what was converted or assumed on the way in, one sentence each
}

// Op is an operator with its attributes.
type Op interface {
	// Type is the ONNX operator name.
	Type() string
	// Infer gives the outputs' types and shapes. in holds the inputs, zero Values where absent.
	Infer(in []Value) ([]Value, error)
}

// Folder is an Op that can be computed when all its inputs are constants.
type Folder interface {
	Op
	Fold(in []*Tensor) ([]*Tensor, error)
}

// Clone copies the graph down to the slices; constants and ops are shared, being immutable.
func (g *Graph) Clone() *Graph {
	c := *g
	c.Values = slices.Clone(g.Values)
	c.Nodes = slices.Clone(g.Nodes)
	for i := range c.Nodes {
		c.Nodes[i].Inputs = slices.Clone(c.Nodes[i].Inputs)
		c.Nodes[i].Outputs = slices.Clone(c.Nodes[i].Outputs)
	}
	c.Inputs = slices.Clone(g.Inputs)
	c.Outputs = slices.Clone(g.Outputs)
	return &c
}

// Producers maps each value to the index of the node that makes it, -1 for inputs and constants.
func (g *Graph) Producers() []int {
	p := make([]int, len(g.Values))
	for i := range p {
		p[i] = -1
	}
	for i, n := range g.Nodes {
		for _, v := range n.Outputs {
			if v != None {
				p[v] = i
			}
		}
	}
	return p
}

// Consumers maps each value to the indices of the nodes that read it, in order; a node that reads
// a value twice appears twice.
func (g *Graph) Consumers() [][]int {
	c := make([][]int, len(g.Values))
	for i, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != None {
				c[v] = append(c[v], i)
			}
		}
	}
	return c
}
