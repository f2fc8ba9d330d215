package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// FakeQuantize makes each element the nearest number that its quantizer has: quantized and back, in
// float32 (scheme.QParams.FakeQuantize), with one scale or one for each index along Params.Axis. It is not
// folded, so that constants keep their quantizers. No ONNX operator: files have QuantizeLinear and
// DequantizeLinear.
type FakeQuantize struct {
	Params scheme.QParams
	Rule   scheme.Rule
}

// Type is the name in messages and tables.
func (FakeQuantize) Type() string { return "FakeQuantize" }

// Infer gives the shape of the input.
func (q FakeQuantize) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	p := q.Params
	if p.Axis >= len(in[0].Shape) || p.Block < 0 || p.Block > 0 && (p.Axis < 0 || p.Along < 0 || p.Along == p.Axis || p.Along >= len(in[0].Shape)) {
		return nil, fmt.Errorf("axes %d and %d are outside input %q %v", p.Axis, p.Along, in[0].Name, in[0].Shape)
	}
	scales := p.Scales(in[0].Shape)
	if len(p.Scale) != scales || len(p.ZeroPoint) != scales {
		return nil, fmt.Errorf("%d scales and %d zero points do not fit axis %d of input %q %v", len(p.Scale), len(p.ZeroPoint), p.Axis, in[0].Name, in[0].Shape)
	}
	return like(in[0]), nil
}

// PerItem holds where an item has the scales of all others.
func (q FakeQuantize) PerItem(_ []Value, carry []bool) bool {
	return alone(carry) && q.Params.Axis != 0
}

// Quantizer is a fake-quantizer to put on a value.
type Quantizer struct {
	Value ValueID
	FakeQuantize
}

// Quantized is a network with fake-quantizers.
type Quantized struct {
	*Graph
	At []int // where each node of the network without them is
}

// OfNodes gives what the nodes of the network without fake-quantizers have, of what all nodes of q have.
func OfNodes[T any](q *Quantized, all []T) []T {
	own := make([]T, len(q.At))
	for i, at := range q.At {
		own[i] = all[at]
	}
	return own
}

// Quantize gives g with fake-quantizers on values, which stay those that are read: an input of the network,
// a constant or what a node makes becomes a value of its own, and a FakeQuantize makes the old one of it. Those
// of one value apply in their order.
func Quantize(g *Graph, quantizers []Quantizer) *Quantized {
	b := Rewrite(g)
	q := &Quantized{Graph: b.Graph}
	of := make([][]FakeQuantize, len(g.Values))
	for _, q := range quantizers {
		of[q.Value] = append(of[q.Value], q.FakeQuantize)
	}
	raw := make([]ValueID, len(g.Values))
	for v, ops := range of {
		raw[v] = ValueID(v)
		if len(ops) > 0 {
			x := g.Values[v]
			x.Name = b.Name(x.Name + "_float")
			raw[v] = b.Value(x)
			b.Graph.Values[v].Const = nil
		}
	}
	put := func(v ValueID) { // the quantizers of v
		x := raw[v]
		for i, op := range of[v] {
			y := v
			if i+1 < len(of[v]) {
				between := g.Values[v]
				between.Name, between.Const = b.Name(between.Name+"_float"), nil
				y = b.Value(between)
			}
			b.Append(Node{Name: b.NodeName(g.Values[v].Name + "_fake_quantize"), Op: op, Inputs: []ValueID{x}, Outputs: []ValueID{y}})
			x = y
		}
		of[v] = nil
	}
	made := g.Producers()
	for i, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != None && made[v] < 0 {
				put(v)
			}
		}
		n.Inputs, n.Outputs = slices.Clone(n.Inputs), slices.Clone(n.Outputs)
		for k, v := range n.Outputs {
			if v != None {
				n.Outputs[k] = raw[v]
			}
		}
		q.At = append(q.At, len(b.Graph.Nodes))
		b.Append(n)
		for _, v := range g.Nodes[i].Outputs {
			if v != None {
				put(v)
			}
		}
	}
	for v := range of { // what no node reads
		put(ValueID(v))
	}
	for i, v := range b.Graph.Inputs {
		b.Graph.Inputs[i] = raw[v]
	}
	return q
}
