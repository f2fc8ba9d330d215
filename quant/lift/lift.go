// Package lift reads an already quantized network back: an ONNX file in QDQ form becomes the float
// graph it was made of and the list of its fake-quantizers, so that the rest of the core treats it like
// a network quantized here.
package lift

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Lift takes QuantizeLinear followed by DequantizeLinear with the same numbers out of g, readers then
// taking the float value, and returns it with the quantizers: those of activations, and those of
// constants that were integers in the file (see graph.Tensor.Params), biases left out. The rule is
// ONNX's. A pair whose quantized value something else reads, or one with a scale for each channel, stays.
func Lift(g *graph.Graph) (*graph.Graph, []graph.Quantizer) {
	out := g.Clone()
	consumers := g.Consumers()
	drop := make([]bool, len(g.Nodes))
	source := make([]graph.ValueID, len(g.Values)) // what to read in place of a value
	for v := range source {
		source[v] = graph.ValueID(v)
	}
	quantized := make([]*scheme.QParams, len(g.Values))
	for i, n := range g.Nodes {
		q, ok := n.Op.(graph.QuantizeLinear)
		if !ok {
			continue
		}
		params, ok := paramsOf(g, n, q.To)
		readers := consumers[n.Outputs[0]]
		if !ok || len(readers) == 0 || slices.Contains(g.Outputs, n.Outputs[0]) {
			continue
		}
		same := func(r int) bool {
			d, ok := paramsOf(g, g.Nodes[r], q.To)
			_, dq := g.Nodes[r].Op.(graph.DequantizeLinear)
			return ok && dq && d.Scale[0] == params.Scale[0] && d.ZeroPoint[0] == params.ZeroPoint[0]
		}
		x := source[n.Inputs[0]]
		if old := quantized[x]; old != nil && !sameParams(*old, params) || !slices.ContainsFunc(readers, same) || len(readers) != count(readers, same) {
			continue
		}
		quantized[x] = &params
		drop[i] = true
		for _, r := range readers {
			drop[r] = true
			source[g.Nodes[r].Outputs[0]] = x
		}
	}
	var quantizers []graph.Quantizer
	var nodes []graph.Node
	for i, n := range out.Nodes {
		if drop[i] {
			continue
		}
		for k, v := range n.Inputs {
			if v != graph.None {
				n.Inputs[k] = source[v]
			}
		}
		nodes = append(nodes, n)
	}
	out.Nodes = nodes
	for i, v := range out.Outputs {
		out.Outputs[i] = source[v]
	}
	for v := range out.Values {
		p := quantized[v]
		if c := out.Values[v].Const; p == nil && c != nil && c.Params != nil && c.Params.QMax <= 1<<16 {
			p = c.Params
		}
		if p != nil {
			quantizers = append(quantizers, graph.Quantizer{Value: graph.ValueID(v), FakeQuantize: graph.FakeQuantize{Params: *p, Rule: scheme.ONNX}})
		}
	}
	return out, quantizers
}

// paramsOf reads the constant scale and zero point of a QuantizeLinear or DequantizeLinear node whose
// integers have type t, if there is one for the whole tensor.
func paramsOf(g *graph.Graph, n graph.Node, t graph.DType) (scheme.QParams, bool) {
	p := scheme.QParams{ZeroPoint: []int32{0}, Axis: -1}
	if len(n.Inputs) < 2 || n.Inputs[1] == graph.None {
		return p, false
	}
	scale := g.Values[n.Inputs[1]].Const
	if scale == nil || len(scale.F) != 1 {
		return p, false
	}
	p.Scale = scale.F
	p.QMin, p.QMax = t.Range()
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		zero := g.Values[n.Inputs[2]].Const
		if zero == nil || len(zero.I) != 1 {
			return p, false
		}
		p.ZeroPoint[0] = int32(zero.I[0])
	}
	return p, true
}

func sameParams(a, b scheme.QParams) bool {
	return a.Scale[0] == b.Scale[0] && a.ZeroPoint[0] == b.ZeroPoint[0] && a.QMin == b.QMin && a.QMax == b.QMax
}

func count(list []int, f func(int) bool) int {
	n := 0
	for _, x := range list {
		if f(x) {
			n++
		}
	}
	return n
}
