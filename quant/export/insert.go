package export

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// inserter is the state of insert.
type inserter struct {
	c      *calibrate.Calibrated
	g      *graph.Graph     // the result
	nodes  []graph.Node     // of the result so far
	of     []int            // quantizer of each value of c.Graph, -1 for none
	params []scheme.QParams // of each quantizer, as stored
	reads  []graph.ValueID  // what readers of each value of c.Graph read now
	names  map[string]bool  // of values and nodes; only asked, never listed
}

// insert gives the graph of c with its quantizers as QuantizeLinear and DequantizeLinear nodes, its
// quantized constants as integers. Notes of the result tell where it is not
// quite the fake-quantized network.
func insert(c *calibrate.Calibrated) (*graph.Graph, error) {
	if len(c.Params) != len(c.Quantizers) {
		return nil, fmt.Errorf("%d quantizers have %d sets of parameters", len(c.Quantizers), len(c.Params))
	}
	of := quantizerOf(c)
	in := &inserter{
		c: c, g: c.Graph.Clone(), of: of, params: storedParams(c, of),
		reads: make([]graph.ValueID, len(c.Graph.Values)),
		names: map[string]bool{},
	}
	in.g.Notes = nil
	for v := range in.reads {
		in.reads[v] = graph.ValueID(v)
		in.names[c.Graph.Values[v].Name] = true
	}
	for _, n := range c.Graph.Nodes {
		in.names[n.Name] = true
	}
	for _, v := range c.Graph.Inputs {
		in.activation(v)
	}
	for _, n := range c.Graph.Nodes {
		in.node(n)
	}
	in.g.Nodes = in.nodes
	return in.g, nil
}

// quantizerOf gives the quantizer of each value, -1 for none.
func quantizerOf(c *calibrate.Calibrated) []int {
	of := make([]int, len(c.Graph.Values))
	for v := range of {
		of[v] = -1
	}
	for i, q := range c.Quantizers {
		of[q.Value] = i
	}
	return of
}

// node appends one node of the network with what its inputs need before it and its outputs after it.
func (in *inserter) node(n graph.Node) {
	n.Inputs = slices.Clone(n.Inputs)
	bias := biasScale(in.c.Graph, in.params, in.of, n)
	for i, v := range n.Inputs {
		switch {
		case v == graph.None:
		case i == 2 && bias != nil:
			n.Inputs[i] = in.bias(n, v, bias)
		default:
			in.constant(v)
			n.Inputs[i] = in.reads[v]
		}
	}
	in.nodes = append(in.nodes, n)
	for _, v := range n.Outputs {
		if v != graph.None {
			in.activation(v)
		}
	}
}

// constant stores a quantized constant as integers, when its first reader comes.
func (in *inserter) constant(v graph.ValueID) {
	value := in.c.Graph.Values[v]
	if in.of[v] < 0 || value.Const == nil || in.reads[v] != v {
		return
	}
	p := in.params[in.of[v]]
	in.reads[v] = in.dequantized(value.Name, codes(value.Const, p, in.c.Recipe.Rule), p)
}

// dequantized adds a constant of codes and the node that makes numbers of it.
func (in *inserter) dequantized(name string, codes *graph.Tensor, p scheme.QParams) graph.ValueID {
	q := in.add(name+"_quantized", codes)
	return in.dequantize(name, q, in.add(name+"_scale", scales(p)), in.add(name+"_zero_point", zeroPoints(p)), p.Axis)
}

// dequantize adds a DequantizeLinear of q, named after the tensor it stands for.
func (in *inserter) dequantize(name string, q, scale, zero graph.ValueID, axis int) graph.ValueID {
	v := graph.Value{Name: in.fresh(name + "_dequantized"), DType: graph.Float32, Shape: in.g.Values[q].Shape}
	in.g.Values = append(in.g.Values, v)
	d := graph.ValueID(len(in.g.Values) - 1)
	in.nodes = append(in.nodes, graph.Node{
		Name: in.fresh(name + "_DequantizeLinear"), Op: graph.DequantizeLinear{Axis: max(axis, 0)},
		Inputs: []graph.ValueID{q, scale, zero}, Outputs: []graph.ValueID{d},
	})
	return d
}

// activation puts QuantizeLinear and DequantizeLinear behind a quantized input or output of a node.
func (in *inserter) activation(v graph.ValueID) {
	if in.of[v] < 0 {
		return
	}
	p, value := in.params[in.of[v]], in.c.Graph.Values[v]
	scale, zero := in.add(value.Name+"_scale", scales(p)), in.add(value.Name+"_zero_point", zeroPoints(p))
	x := v
	if !saturates(p) {
		x = in.clip(v, p)
	}
	in.g.Values = append(in.g.Values, graph.Value{
		Name: in.fresh(value.Name + "_quantized"), DType: storage(p), Shape: value.Shape,
	})
	q := graph.ValueID(len(in.g.Values) - 1)
	in.nodes = append(in.nodes, graph.Node{
		Name: in.fresh(value.Name + "_QuantizeLinear"), Op: graph.QuantizeLinear{Axis: max(p.Axis, 0), To: storage(p)},
		Inputs: []graph.ValueID{x, scale, zero}, Outputs: []graph.ValueID{q},
	})
	d := in.dequantize(value.Name, q, scale, zero, p.Axis)
	in.reads[v] = d
	i := slices.Index(in.g.Outputs, v)
	switch {
	case i < 0:
	case slices.Contains(in.g.Inputs, v): // one name cannot be both
		in.g.Notes = append(in.g.Notes, noteInput(value.Name))
	default:
		// The network's output is the quantized tensor, and keeps its name.
		in.g.Outputs[i] = d
		in.g.Values[v].Name, in.g.Values[d].Name = in.fresh(value.Name+"_float"), value.Name
	}
}

// noteInput tells of an output that is an input of the network.
func noteInput(name string) string {
	return fmt.Sprintf("The output %q is the input as it is given, not quantized.", name)
}

// clip keeps a tensor within the range of p.
func (in *inserter) clip(v graph.ValueID, p scheme.QParams) graph.ValueID {
	value := in.c.Graph.Values[v]
	in.g.Values = append(in.g.Values, graph.Value{
		Name: in.fresh(value.Name + "_clipped"), DType: graph.Float32, Shape: value.Shape,
	})
	x := graph.ValueID(len(in.g.Values) - 1)
	in.nodes = append(in.nodes, graph.Node{
		Name: in.fresh(value.Name + "_Clip"), Op: clipOf(p),
		Inputs: []graph.ValueID{v}, Outputs: []graph.ValueID{x},
	})
	return x
}

// add appends a constant.
func (in *inserter) add(name string, t *graph.Tensor) graph.ValueID {
	in.g.Values = append(in.g.Values, graph.Value{Name: in.fresh(name), DType: t.DType, Shape: t.Shape, Const: t})
	return graph.ValueID(len(in.g.Values) - 1)
}

// fresh is a name that no value and no node has, like the one wanted.
func (in *inserter) fresh(want string) string {
	name := want
	for i := 2; in.names[name]; i++ {
		name = want + "_" + strconv.Itoa(i)
	}
	in.names[name] = true
	return name
}
