package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// initializers notes the file's constants by name; they are decoded when wanted.
func (b *importer) initializers() error {
	list := b.m.Graph.Initializers
	for i := range list {
		t := &list[i]
		if t.Name == "" {
			return fmt.Errorf("graph.initializer[%d] has no name", i)
		}
		if b.init[t.Name] != nil {
			return fmt.Errorf("two initializers have the name %q", t.Name)
		}
		b.init[t.Name] = t
		b.Take(t.Name)
	}
	return nil
}

// Feeds are the inputs that are no initializers, which files before IR version 4 list too.
func (g *Graph) Feeds() []ValueInfo {
	constant := make(map[string]bool, len(g.Initializers))
	for i := range g.Initializers {
		constant[g.Initializers[i].Name] = true
	}
	var feeds []ValueInfo
	for _, in := range g.Inputs {
		if !constant[in.Name] {
			feeds = append(feeds, in)
		}
	}
	return feeds
}

// inputs makes values of the inputs.
func (b *importer) inputs() error {
	batch := 0
	for _, in := range b.m.Graph.Feeds() {
		if in.Name == "" || b.Taken(in.Name) {
			return fmt.Errorf("input %q comes twice or has no name", in.Name)
		}
		if !in.Known {
			return fmt.Errorf("input %q is not a tensor", in.Name)
		}
		d, ok := dtypeOf(in.ElemType)
		if !ok || in.ElemType == Uint32 || in.ElemType == Uint64 {
			return fmt.Errorf("input %q has type %v, which is not supported", in.Name, in.ElemType)
		}
		shape, dynamic, err := b.inputShape(&in)
		if err != nil {
			return err
		}
		if dynamic {
			batch++
		}
		b.casts.count(in.ElemType)
		b.Take(in.Name)
		id := b.Value(graph.Value{Name: in.Name, DType: d, Shape: shape})
		b.ids[in.Name] = id
		b.Graph.Inputs = append(b.Graph.Inputs, id)
	}
	b.Graph.Batch = batch > 0 && batch == len(b.Graph.Inputs)
	if batch > 0 && !b.Graph.Batch {
		b.Graph.Notes = append(b.Graph.Notes, "Some inputs have a symbolic batch and some have not: the batch is 1.")
	}
	return nil
}

// inputShape is the shape of an input with batch 1 where the file leaves the first dimension open.
func (b *importer) inputShape(in *ValueInfo) (shape []int, dynamic bool, err error) {
	given, fixed := b.opt.Shapes[in.Name]
	if !in.HasShape && !fixed {
		return nil, false, fmt.Errorf("input %q has no shape in the file: give one", in.Name)
	}
	dims := make([]int64, len(in.Dims))
	for i, d := range in.Dims {
		open := !d.Set || d.Value < 0
		dims[i] = d.Value
		switch {
		case open && i == 0 && len(in.Dims) > 1:
			dims[i], dynamic = 1, true
		case open && !fixed:
			name := d.Param
			if name == "" {
				name = "?"
			}
			return nil, false, fmt.Errorf("input %q: dimension %d (%s) is not fixed in the file; "+
				"only the first may vary: give the input's shape, or export the model with a fixed one", in.Name, i, name)
		}
	}
	if fixed {
		if in.HasShape && len(given) != len(dims) {
			return nil, false, fmt.Errorf("input %q has rank %d in the file, and shape %v was given", in.Name, len(dims), given)
		}
		dynamic = dynamic && given[0] == 1
		if len(dims) > 1 && in.Dims[0].Set && dims[0] > 0 && dims[0] != int64(given[0]) {
			b.batch = [2]int{int(dims[0]), given[0]}
		}
		dims = dims[:0]
		for _, d := range given {
			dims = append(dims, int64(d))
		}
	}
	if shape, err = shapeOf(dims); err != nil {
		return nil, false, fmt.Errorf("input %q: %w", in.Name, err)
	}
	return shape, dynamic, nil
}

// outputs finds the graph's outputs and sees that each keeps its name.
func (b *importer) outputs() error {
	if len(b.m.Graph.Outputs) == 0 {
		return fmt.Errorf("the graph has no outputs")
	}
	taken := map[graph.ValueID]bool{} // inputs, and outputs so far
	for _, id := range b.Graph.Inputs {
		taken[id] = true
	}
	seen := map[string]bool{}
	outputs, err := b.ends()
	if err != nil {
		return err
	}
	for _, out := range outputs {
		if seen[out.Name] {
			return fmt.Errorf("output %q comes twice", out.Name)
		}
		seen[out.Name] = true
		id, err := b.value(out.Name)
		if err != nil || id == graph.None {
			return fmt.Errorf("output %q is made by no node", out.Name)
		}
		v := b.Graph.Values[id]
		if was, now := b.batch[0], b.batch[1]; was != now && len(v.Shape) > 1 && v.Shape[0] == was && len(out.Dims) > 0 && int(out.Dims[0].Value) == was {
			return fmt.Errorf("output %q %v has the file's batch of %d where %d was given: a constant of the network has it too; "+
				"export the network with a batch of %d or a free one", out.Name, v.Shape, was, now, now)
		}
		switch {
		case v.Name == out.Name:
		case taken[id]:
			// An input or another output under a second name: a Reshape to the same shape copies it.
			node := b.NodeName("Identity_" + out.Name)
			ids, err := b.apply(graph.Reshape{Shape: v.Shape}, node, []graph.ValueID{id}, []string{out.Name})
			if err != nil {
				return fmt.Errorf("output %q: %w", out.Name, err)
			}
			id = ids[0]
		default:
			// What an Identity or Dropout at the end only renamed.
			b.Graph.Values[id].Name = out.Name
		}
		taken[id] = true
		b.Graph.Outputs = append(b.Graph.Outputs, id)
	}
	return nil
}
