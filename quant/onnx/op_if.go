package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// branches puts the branch of an If that its condition chooses in its place. Where the condition is only known in a run
// both are computed, and each element is taken from the one that it chooses: what they make must have equal shapes. A
// branch whose operators cannot have inputs of these sizes stands for NaNs, and a note says so; whatever else is wrong with
// it is an error.
func (b *importer) branches(n *Node) error {
	if len(n.Inputs) != 1 {
		return fmt.Errorf("it has %d inputs, want 1", len(n.Inputs))
	}
	cond, err := b.value(n.Inputs[0])
	if err != nil {
		return err
	}
	if cond == graph.None || graph.Len(b.Graph.Values[cond].Shape) != 1 {
		return fmt.Errorf("its condition %q is not one number", n.Inputs[0])
	}
	names := []string{"then_branch", "else_branch"}
	if t := b.Graph.Values[cond].Const; t != nil {
		chosen := 1
		if len(t.I) > 0 && t.I[0] != 0 || len(t.F) > 0 && t.F[0] != 0 {
			chosen = 0
		}
		ids, err := b.branch(n, names[chosen])
		if err != nil {
			return err
		}
		for i, name := range n.Outputs {
			b.ids[name] = ids[i]
		}
		return nil
	}
	var made [2][]graph.ValueID
	var errs [2]error
	for k, name := range names {
		made[k], errs[k] = b.branch(n, name)
	}
	for k, err := range errs {
		if err == nil {
			continue
		}
		var sizes *graph.SizeError
		if errs[1-k] != nil || !errors.As(err, &sizes) {
			return err
		}
		if made[k] = b.nowhere(made[1-k]); made[k] == nil {
			return err
		}
		b.Graph.Notes = append(b.Graph.Notes, fmt.Sprintf("Where node %q (If) takes its %s, its outputs are NaN: with these sizes of the inputs that branch cannot be computed (%v).", nodeName(n), names[k], err))
	}
	for i, name := range n.Outputs {
		x, y := b.Graph.Values[made[0][i]], b.Graph.Values[made[1][i]]
		if errs == [2]error{} && !slices.Equal(x.Shape, y.Shape) || x.DType != y.DType {
			return fmt.Errorf("its branches give output %q as %v %v and %v %v, and which of them is only known in a run; export the network with a constant condition", name, x.DType, x.Shape, y.DType, y.Shape)
		}
		ids, err := b.apply(graph.Where{}, b.NodeName(nodeName(n)), []graph.ValueID{cond, made[0][i], made[1][i]}, []string{name})
		if err != nil {
			return err
		}
		b.ids[name] = ids[0]
	}
	return nil
}

// nowhere are NaNs in the shapes of floats, in place of what cannot be computed; nil where not all are floats.
func (b *importer) nowhere(like []graph.ValueID) []graph.ValueID {
	var ids []graph.ValueID
	for _, id := range like {
		if id == graph.None || b.Graph.Values[id].DType != graph.Float32 {
			return nil
		}
		ids = append(ids, b.Const("nowhere", &graph.Tensor{F: []float32{float32(math.NaN())}}))
	}
	return ids
}

// branch adds the nodes of a branch, their names with the If's before them, and gives the branch's outputs.
func (b *importer) branch(n *Node, attr string) ([]graph.ValueID, error) {
	inner, err := n.graphOf(attr)
	if err != nil {
		return nil, err
	}
	if len(inner.Outputs) != len(n.Outputs) {
		return nil, fmt.Errorf("its %s gives %d outputs, the node %d", attr, len(inner.Outputs), len(n.Outputs))
	}
	return b.inline(inner, nodeName(n)+"/"+attr+"/", attr, nil)
}

// graphOf is a graph that the node has as an attribute.
func (n *Node) graphOf(attr string) (*Graph, error) {
	i := indexOf(n.Attrs, attr)
	if i < 0 || n.Attrs[i].G == nil {
		return nil, fmt.Errorf("it has no %s", attr)
	}
	return n.Attrs[i].G, nil
}

// inline adds the nodes of a graph inside a node, with a prefix to all its names, and gives its outputs. given are
// its inputs.
func (b *importer) inline(inner *Graph, prefix, what string, given []graph.ValueID) ([]graph.ValueID, error) {
	own := map[string]bool{}
	for _, v := range inner.Inputs {
		own[v.Name] = true
	}
	for i := range inner.Initializers {
		own[inner.Initializers[i].Name] = true
	}
	for i := range inner.Nodes {
		for _, out := range inner.Nodes[i].Outputs {
			own[out] = true
		}
	}
	delete(own, "")
	g := inner.renamed(func(name string) string {
		if own[name] {
			return prefix + name
		}
		return name
	})
	for i := range g.Initializers {
		t := &g.Initializers[i]
		b.init[t.Name] = t
	}
	for i, v := range given {
		b.ids[prefix+inner.Inputs[i].Name] = v
	}
	for i := range g.Nodes {
		for _, name := range g.Nodes[i].reads() {
			b.wanted[name] = true
		}
	}
	for _, v := range g.Outputs {
		b.wanted[v.Name] = true
	}
	for i := range g.Nodes {
		inner := &g.Nodes[i]
		inner.Name = prefix + inner.Name
		if err := b.node(inner); err != nil {
			return nil, fmt.Errorf("%s: node %q (%s): %w", what, nodeName(inner), typeName(inner), err)
		}
	}
	var ids []graph.ValueID
	for _, v := range g.Outputs {
		id, err := b.value(v.Name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
