package export

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// inserter is the state of insert.
type inserter struct {
	*graph.Builder // of the result
	c              *calibrate.Calibrated
	of             []int            // quantizer of each value of c.Graph, -1 for none
	params         []scheme.QParams // of each quantizer, as stored
	reads          []graph.ValueID  // what readers of each value of c.Graph read now
}

func newInserter(c *calibrate.Calibrated, of []int, params []scheme.QParams) *inserter {
	in := &inserter{Builder: graph.Rewrite(c.Graph), c: c, of: of, params: params, reads: make([]graph.ValueID, len(c.Graph.Values))}
	in.Graph.Notes = nil
	for v := range in.reads {
		in.reads[v] = graph.ValueID(v)
	}
	return in
}

// insert gives the graph of c with its quantizers as QuantizeLinear and DequantizeLinear nodes, its
// quantized constants as integers. Notes of the result tell where it is not
// quite the fake-quantized network.
func insert(ctx context.Context, c *calibrate.Calibrated) (*graph.Graph, error) {
	if len(c.Params) != len(c.Quantizers) {
		return nil, fmt.Errorf("%d quantizers have %d sets of parameters", len(c.Quantizers), len(c.Params))
	}
	of := quantizerOf(c)
	in := newInserter(c, of, storedParams(c, of))
	for _, v := range c.Graph.Inputs {
		in.activation(v)
	}
	for _, n := range c.Graph.Nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in.node(n)
	}
	return in.Done()
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
	if needless(in.c, in.of, in.params, n) {
		in.quantized(n.Outputs[0], n.Inputs[0])
		return
	}
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
	in.Append(n)
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
	q := in.Const(name+"_quantized", codes)
	if p.Block > 0 {
		scale, zero := blocks(p, codes.Shape)
		return in.Named(name+"_DequantizeLinear", name+"_dequantized", graph.DequantizeLinear{Axis: p.Along, Block: p.Block}, q, in.Const(name+"_scale", scale), in.Const(name+"_zero_point", zero))
	}
	return in.dequantize(name, q, in.Const(name+"_scale", scales(p)), in.Const(name+"_zero_point", zeroPoints(p)), p.Axis)
}

// dequantize adds a DequantizeLinear of q, named after the tensor it stands for.
func (in *inserter) dequantize(name string, q, scale, zero graph.ValueID, axis int) graph.ValueID {
	return in.Named(name+"_DequantizeLinear", name+"_dequantized", graph.DequantizeLinear{Axis: max(axis, 0)}, q, scale, zero)
}

// activation puts QuantizeLinear and DequantizeLinear behind a quantized input or output of a node.
func (in *inserter) activation(v graph.ValueID) {
	if in.of[v] >= 0 {
		in.quantized(v, v)
	}
}

// quantized puts them behind x, of whose numbers the quantizer of v makes codes.
func (in *inserter) quantized(v, x graph.ValueID) {
	p, name := in.params[in.of[v]], in.c.Graph.Values[v].Name
	scale, zero := in.Const(name+"_scale", scales(p)), in.Const(name+"_zero_point", zeroPoints(p))
	if !saturates(p) {
		x = in.Named(name+"_Clip", name+"_clipped", clipOf(p), x)
	}
	q := in.Named(name+"_QuantizeLinear", name+"_quantized", graph.QuantizeLinear{Axis: max(p.Axis, 0), To: storage(p)}, x, scale, zero)
	d := in.dequantize(name, q, scale, zero, p.Axis)
	in.reads[v] = d
	i := slices.Index(in.Graph.Outputs, v)
	switch {
	case i < 0 || d == graph.None:
	case slices.Contains(in.Graph.Inputs, v): // one name cannot be both
		in.Graph.Notes = append(in.Graph.Notes, noteInput(name))
	default:
		// The network's output is the quantized tensor, and keeps its name.
		in.Graph.Outputs[i] = d
		in.Rename(v, in.Name(name+"_float"))
		in.Rename(d, name)
	}
}

// noteInput tells of an output that is an input of the network.
func noteInput(name string) string {
	return fmt.Sprintf("The output %q is the input as it is given, not quantized.", name)
}
