package onnx

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// mostUnrolled bounds the nodes that the turns of all loops of a network add.
const mostUnrolled = 1 << 15

// turn counts one turn more of a body.
func (b *importer) turn(body *Graph) error {
	if b.unrolled += 1 + len(body.Nodes); b.unrolled > mostUnrolled {
		return fmt.Errorf("the turns of the network's loops have over %d nodes, and each is spelled out: make them shorter", mostUnrolled)
	}
	return nil
}

// loop spells a Loop out: its body once for each turn. How many there are must be certain before a run.
func (b *importer) loop(n *Node) error {
	body, err := n.graphOf("body")
	if err != nil {
		return err
	}
	carried := len(n.Inputs) - 2
	if carried < 0 || len(body.Inputs) != 2+carried || len(body.Outputs) < 1+carried || len(n.Outputs) > len(body.Outputs)-1 {
		return fmt.Errorf("its body takes %d inputs and gives %d outputs, which does not go with %d and %d of the node",
			len(body.Inputs), len(body.Outputs), len(n.Inputs), len(n.Outputs))
	}
	in, err := b.values(n.Inputs)
	if err != nil {
		return err
	}
	turns, goes := int64(math.MaxInt64), int64(1)
	if in[0] != graph.None {
		if turns, err = b.certain(in[0], "how many turns it takes"); err != nil {
			return err
		}
	}
	if in[1] != graph.None {
		if goes, err = b.certain(in[1], "whether it goes on"); err != nil {
			return err
		}
	}
	state := in[2:]
	stacked := make([][]graph.ValueID, len(body.Outputs)-1-carried)
	for i := int64(0); i < turns && goes != 0; i++ {
		if err := b.turn(body); err != nil {
			return err
		}
		given := append([]graph.ValueID{b.integer(n, graph.Int64, i), b.integer(n, graph.Bool, 1)}, state...)
		out, err := b.inline(body, fmt.Sprintf("%s/%d/", nodeName(n), i), "its body", given)
		if err != nil {
			return err
		}
		if goes, err = b.certain(out[0], "whether it goes on"); err != nil {
			return err
		}
		state = out[1:][:carried]
		for k, v := range out[1+carried:] {
			stacked[k] = append(stacked[k], v)
		}
	}
	for k, list := range stacked {
		if carried+k >= len(n.Outputs) || n.Outputs[carried+k] == "" {
			continue
		}
		v, err := b.stack(n, n.Outputs[carried+k], list, 0)
		if err != nil {
			return err
		}
		b.ids[n.Outputs[carried+k]] = v
	}
	return b.hand(n, state)
}

// scan spells a Scan out: its body once for each place along the axis of what it goes over.
func (b *importer) scan(n *Node) error {
	if b.opset < 9 {
		return fmt.Errorf("the Scan of opset %d, which has a batch, is not supported: export the network with opset 9 or later", b.opset)
	}
	body, err := n.graphOf("body")
	if err != nil {
		return err
	}
	i := indexOf(n.Attrs, "num_scan_inputs")
	if i < 0 || n.Attrs[i].I < 1 || n.Attrs[i].I > int64(len(n.Inputs)) {
		return fmt.Errorf("attribute %q does not go with its %d inputs", "num_scan_inputs", len(n.Inputs))
	}
	over := int(n.Attrs[i].I)
	carried := len(n.Inputs) - over
	if len(body.Inputs) != len(n.Inputs) || len(body.Outputs) < carried || len(n.Outputs) > len(body.Outputs) {
		return fmt.Errorf("its body takes %d inputs and gives %d outputs, which does not go with %d and %d of the node",
			len(body.Inputs), len(body.Outputs), len(n.Inputs), len(n.Outputs))
	}
	in, err := b.values(n.Inputs)
	if err != nil {
		return err
	}
	list := func(name string, k int) int64 {
		if a := indexOf(n.Attrs, name); a >= 0 && k < len(n.Attrs[a].Ints) {
			return n.Attrs[a].Ints[k]
		}
		return 0
	}
	turns, axes := -1, make([]int, over)
	for k := range over {
		v := in[carried+k]
		if v == graph.None {
			return fmt.Errorf("input %d is missing", carried+k)
		}
		shape := b.Graph.Values[v].Shape
		if axes[k], err = graph.AxisOf(list("scan_input_axes", k), len(shape)); err != nil {
			return err
		}
		if m := shape[axes[k]]; turns >= 0 && m != turns {
			return fmt.Errorf("its inputs have %d and %d places to go over", turns, m)
		}
		turns = shape[axes[k]]
	}
	state := in[:carried]
	stacked := make([][]graph.ValueID, len(body.Outputs)-carried)
	for t := range turns {
		if err := b.turn(body); err != nil {
			return err
		}
		given := slices.Clone(state)
		for k, axis := range axes {
			at := t
			if list("scan_input_directions", k) == 1 {
				at = turns - 1 - t
			}
			v, err := b.place(n, in[carried+k], axis, at)
			if err != nil {
				return err
			}
			given = append(given, v)
		}
		out, err := b.inline(body, fmt.Sprintf("%s/%d/", nodeName(n), t), "its body", given)
		if err != nil {
			return err
		}
		state = out[:carried]
		for k, v := range out[carried:] {
			stacked[k] = append(stacked[k], v)
		}
	}
	for k, made := range stacked {
		if carried+k >= len(n.Outputs) || n.Outputs[carried+k] == "" {
			continue
		}
		if list("scan_output_directions", k) == 1 {
			slices.Reverse(made)
		}
		v, err := b.stack(n, n.Outputs[carried+k], made, list("scan_output_axes", k))
		if err != nil {
			return err
		}
		b.ids[n.Outputs[carried+k]] = v
	}
	return b.hand(n, state)
}

// values are those of names.
func (b *importer) values(names []string) ([]graph.ValueID, error) {
	ids := make([]graph.ValueID, len(names))
	for i, name := range names {
		var err error
		if ids[i], err = b.value(name); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// certain is one number that is known before a run.
func (b *importer) certain(v graph.ValueID, what string) (int64, error) {
	if v == graph.None {
		return 1, nil
	}
	x := b.Graph.Values[v]
	if x.Const == nil {
		return 0, fmt.Errorf("%s, %q, is only known in a run: export the network with a constant in its place", what, x.Name)
	}
	x.Const.Widen()
	if len(x.Const.I) != 1 {
		return 0, fmt.Errorf("%s, %q %v, is not one integer", what, x.Name, x.Shape)
	}
	return x.Const.I[0], nil
}

// integer is a constant scalar.
func (b *importer) integer(n *Node, t graph.DType, v int64) graph.ValueID {
	return b.Const(nodeName(n)+"_turn", &graph.Tensor{DType: t, Shape: []int{}, I: []int64{v}})
}

// emit adds a node that belongs to n, or folds it.
func (b *importer) emit(n *Node, op graph.Op, inputs ...graph.ValueID) (graph.ValueID, error) {
	name := b.NodeName(nodeName(n) + "_" + op.Type())
	out, err := b.apply(op, name, inputs, []string{b.Name(name)})
	if err != nil {
		return graph.None, err
	}
	return out[0], nil
}

// place is what lies at one place along an axis.
func (b *importer) place(n *Node, v graph.ValueID, axis, at int) (graph.ValueID, error) {
	shape := b.Graph.Values[v].Shape
	s := graph.Slice{Starts: make([]int, len(shape)), Steps: slices.Repeat([]int{1}, len(shape)), Sizes: slices.Clone(shape)}
	s.Starts[axis], s.Sizes[axis] = at, 1
	cut, err := b.emit(n, s, v)
	if err != nil {
		return graph.None, err
	}
	return b.emit(n, graph.Reshape{Shape: slices.Delete(slices.Clone(shape), axis, axis+1)}, cut)
}

// stack puts values of one shape one after the other along a new axis.
func (b *importer) stack(n *Node, name string, list []graph.ValueID, at int64) (graph.ValueID, error) {
	if len(list) == 0 {
		return graph.None, fmt.Errorf("output %q is of no turns, and its shape is not known: give the loop a turn, or leave the output out", name)
	}
	first := b.Graph.Values[list[0]].Shape
	axis, err := graph.AxisOf(at, len(first)+1)
	if err != nil {
		return graph.None, err
	}
	parts := make([]graph.ValueID, len(list))
	for i, v := range list {
		if shape := b.Graph.Values[v].Shape; !slices.Equal(shape, first) {
			return graph.None, fmt.Errorf("output %q has shape %v in the first turn and %v in turn %d", name, first, shape, i+1)
		}
		if parts[i], err = b.emit(n, graph.Reshape{Shape: slices.Insert(slices.Clone(first), axis, 1)}, v); err != nil {
			return graph.None, err
		}
	}
	return b.emit(n, graph.Concat{Axis: axis}, parts...)
}

// hand gives the outputs that were carried their names.
func (b *importer) hand(n *Node, state []graph.ValueID) error {
	for i, v := range state {
		if i < len(n.Outputs) && n.Outputs[i] != "" {
			if v == graph.None {
				return fmt.Errorf("output %q is a value that was not given", n.Outputs[i])
			}
			b.ids[n.Outputs[i]] = v
		}
	}
	return nil
}
