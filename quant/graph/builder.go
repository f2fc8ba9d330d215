package graph

import (
	"fmt"
	"strconv"
)

// Builder makes a Graph node by node: shapes are inferred, names stay unique. The first node that does
// not fit is remembered, and everything after it is left out, so that a caller asks for the error once.
type Builder struct {
	Graph *Graph // so far; a caller may read it, and change what it put there

	// Fold makes constants of nodes whose inputs are all constant, where their operator is a Folder.
	Fold bool
	// Room is how many bytes of constants Fold may still make.
	Room int

	values, nodes Names
	err           error
}

// NewBuilder begins an empty graph. It does not fold.
func NewBuilder(name string) *Builder {
	return &Builder{Graph: &Graph{Name: name}, values: Names{}, nodes: Names{}}
}

// Edit begins with a clone of g, whose IDs stay.
func Edit(g *Graph) *Builder {
	b := &Builder{Graph: g.Clone(), values: Names{}, nodes: Names{}}
	for _, v := range g.Values {
		b.values.Take(v.Name)
	}
	for _, n := range g.Nodes {
		b.nodes.Take(n.Name)
	}
	return b
}

// Rewrite is Edit without the nodes: a caller appends those that stay, with others before, between and in
// place of them.
func Rewrite(g *Graph) *Builder {
	b := Edit(g)
	b.Graph.Nodes = nil
	return b
}

// Names are those taken, each with the number that tells the next one like it apart.
type Names map[string]int

// Fresh is a name that nothing has, like the one wanted.
func (t Names) Fresh(want string) string {
	name := want
	for t[name] > 0 {
		t[want]++
		name = want + "_" + strconv.Itoa(t[want])
	}
	t[name] = 1
	return name
}

// Take keeps a name, which may be taken already.
func (t Names) Take(name string) { t[name] = max(t[name], 1) }

// Name is a name for a value that no other has, like the one wanted. It is taken then.
func (b *Builder) Name(want string) string { return b.values.Fresh(want) }

// NodeName is Name for nodes.
func (b *Builder) NodeName(want string) string { return b.nodes.Fresh(want) }

// Taken tells whether a value has the name.
func (b *Builder) Taken(name string) bool { return b.values[name] > 0 }

// Take keeps a name for a value that is yet to come.
func (b *Builder) Take(name string) { b.values.Take(name) }

// Value adds a value as it is. Its name must be unique, as Name makes it.
func (b *Builder) Value(v Value) ValueID {
	b.Take(v.Name)
	b.Graph.Values = append(b.Graph.Values, v)
	return ValueID(len(b.Graph.Values) - 1)
}

// Rename gives a value another name, which must be unique. The name it had stays taken.
func (b *Builder) Rename(v ValueID, name string) {
	b.Take(name)
	b.Graph.Values[v].Name = name
}

// Input adds an input of the network.
func (b *Builder) Input(name string, t DType, shape ...int) ValueID {
	v := b.Value(Value{Name: b.Name(name), DType: t, Shape: shape})
	b.Graph.Inputs = append(b.Graph.Inputs, v)
	return v
}

// Const adds a constant.
func (b *Builder) Const(name string, t *Tensor) ValueID {
	return b.Value(Value{Name: b.Name(name), DType: t.DType, Shape: t.Shape, Const: t})
}

// Node adds a node of one output, which is called name_out, and gives that; None after an error.
func (b *Builder) Node(name string, op Op, inputs ...ValueID) ValueID {
	return b.Named(name, name+"_out", op, inputs...)
}

// Named is Node with a name for the output.
func (b *Builder) Named(name, output string, op Op, inputs ...ValueID) ValueID {
	if b.err != nil {
		return None
	}
	out, err := b.Apply(op, b.NodeName(name), inputs, []string{b.Name(output)})
	if err != nil {
		b.err = fmt.Errorf("node %q (%s): %w", name, op.Type(), err)
		return None
	}
	return out[0]
}

// Append adds a node as it is: its outputs exist, its name is unique.
func (b *Builder) Append(n Node) {
	b.nodes.Take(n.Name)
	b.Graph.Nodes = append(b.Graph.Nodes, n)
}

// Done gives the graph with these outputs, in place of those it had if there are any, or the first error.
func (b *Builder) Done(outputs ...ValueID) (*Graph, error) {
	if b.err != nil {
		return nil, b.err
	}
	if len(outputs) > 0 {
		b.Graph.Outputs = outputs
	}
	return b.Graph, nil
}

// Apply gives op its inputs under names as they are: a node makes the outputs or, with Fold, they are
// constants where all inputs are. outputs are names, as many as are wanted of those that op has, ""
// for one that is not.
func (b *Builder) Apply(op Op, name string, inputs []ValueID, outputs []string) ([]ValueID, error) {
	in := make([]Value, len(inputs))
	constant := true
	for i, id := range inputs {
		if id != None {
			in[i] = b.Graph.Values[id]
			constant = constant && in[i].Const != nil
		}
	}
	out, err := op.Infer(in)
	if err != nil {
		return nil, err
	}
	if len(outputs) > len(out) {
		return nil, fmt.Errorf("output %d, %q, is not supported", len(out), outputs[len(out)])
	}
	size := 0
	for i := range out {
		if i < len(outputs) {
			out[i].Name = outputs[i]
		}
		n, ok := Elements(out[i].Shape)
		if !ok || len(out[i].Shape) > MaxRank {
			return nil, fmt.Errorf("output %q has shape %v: over the limit of %d elements and rank %d",
				out[i].Name, brief(out[i].Shape), MaxElements, MaxRank)
		}
		size += n * out[i].DType.bytes()
	}
	f := folder(op, in)
	folds := f != nil && constant && b.Fold
	if folds {
		if err := b.fold(f, in, out, size); err != nil {
			return nil, err
		}
	}
	ids := make([]ValueID, len(outputs))
	for i, s := range outputs {
		if ids[i] = None; s != "" {
			ids[i] = b.Value(out[i])
		}
	}
	if !folds {
		b.Append(Node{Name: name, Op: op, Inputs: append([]ValueID(nil), inputs...), Outputs: ids})
	}
	return ids, nil
}

// fold computes out, which Infer sized, within the room.
func (b *Builder) fold(op Folder, in, out []Value, size int) error {
	if size > b.Room {
		return fmt.Errorf("output %q has shape %v: the model's constants take more memory than its file justifies",
			out[0].Name, brief(out[0].Shape))
	}
	b.Room -= size
	t := make([]*Tensor, len(in))
	_, dequantize := op.(DequantizeLinear)
	for i := range in {
		t[i] = in[i].Const
		if t[i] != nil && !(dequantize && i == 0) {
			t[i].Widen()
		}
	}
	folded, err := op.Fold(t)
	if err != nil {
		return err
	}
	for i := range out {
		out[i].Const = folded[i]
	}
	return nil
}

// bytes is the memory an element of a constant takes: see Tensor.
func (t DType) bytes() int {
	if t == Float32 {
		return 4
	}
	return 8
}

// brief keeps a list of a file printable.
func brief[T any](list []T) []T { return list[:min(len(list), MaxRank+1)] }
