package export

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

// deployed is MQBench's deploy model (spec §4.2): the float network without its quantizers, the
// weights clipped to the range of their codes, paddings by nothing dropped. An engine quantizes it
// again, with the ranges that another file gives.
func deployed(c *calibrate.Calibrated) *graph.Graph {
	g := c.Graph.Clone()
	g.Notes = nil
	for i, q := range c.Quantizers {
		if q.Weight {
			g.Values[q.Value].Const = clipped(g.Values[q.Value].Const, c.Params[i])
		}
	}
	dropPads(g)
	return g
}

// clipped limits a constant to what p covers, for each channel where p has several.
func clipped(t *graph.Tensor, p scheme.QParams) *graph.Tensor {
	out := &graph.Tensor{DType: t.DType, Shape: t.Shape, F: slices.Clone(t.F)}
	for c, run := range p.Groups(t.Shape, len(out.F)) {
		lo, hi := covered(p, c)
		for i := run.From; i < run.To; i++ {
			out.F[i] = min(max(out.F[i], lo), hi)
		}
	}
	return out
}

// covered is what an engine that quantizes by itself is told to reach to: the least and the greatest
// number that p gives; of NNIE's codes what was observed, which may lie between two of them.
func covered(p scheme.QParams, c int) (lo, hi float32) {
	if p.Grid == scheme.Log2 {
		return -p.Scale[c], p.Scale[c]
	}
	return p.Reach(c)
}

// dropPads takes Pad nodes out that add nothing.
func dropPads(g *graph.Graph) {
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n graph.Node) bool {
		op, ok := n.Op.(graph.Pad)
		if !ok || !zero(op.Before) || !zero(op.After) || slices.Contains(g.Outputs, n.Outputs[0]) {
			return false
		}
		for _, reader := range g.Nodes {
			for i, v := range reader.Inputs {
				if v == n.Outputs[0] {
					reader.Inputs[i] = n.Inputs[0]
				}
			}
		}
		return true
	})
}

func zero(n []int) bool { return !slices.ContainsFunc(n, func(x int) bool { return x != 0 }) }

// tensorRange is a tensor of the deploy model with what its quantizer covers.
type tensorRange struct {
	name   string
	value  graph.ValueID
	params scheme.QParams
}

// activationRanges are those of the quantized activations, in the order of the quantizers, and of
// what only flattening or resizing leads to one: it has the range of what it becomes.
func activationRanges(c *calibrate.Calibrated, g *graph.Graph) []tensorRange {
	var ranges []tensorRange
	at := map[graph.ValueID]int{}
	for i, q := range c.Quantizers {
		if !q.Weight {
			at[q.Value] = len(ranges)
			ranges = append(ranges, tensorRange{g.Values[q.Value].Name, q.Value, c.Params[i]})
		}
	}
	readers := g.Consumers()
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		switch n.Op.(type) {
		case graph.Reshape, graph.Resize:
			in := n.Inputs[0]
			to, ok := at[n.Outputs[0]]
			if _, has := at[in]; ok && !has && len(readers[in]) == 1 && g.Values[in].Const == nil {
				at[in] = len(ranges)
				ranges = append(ranges, tensorRange{g.Values[in].Name, in, ranges[to].params})
			}
		}
	}
	return ranges
}

// plain tells whether all quantizers have integers times a scale for codes, and activations one scale.
func plain(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		if p := c.Params[i]; p.Block > 0 {
			return refuse("%s has a scale for each block of %d inputs, where the format takes one for each channel", q.Name, p.Block)
		} else if !q.Weight && p.Axis >= 0 {
			return refuse("%s has a scale for each channel, where the format takes one for the tensor", q.Name)
		}
	}
	return whole(c)
}

// whole tells whether all codes are integers times a scale, and those of activations with a scale for each channel all
// that their type has.
func whole(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		if p := c.Params[i]; !p.Grid.Whole() {
			return refuse("%s has codes that are no integers times a scale (%s)", q.Name, p.Grid)
		} else if !q.Weight && p.Axis >= 0 && !saturates(p) {
			return refuse("%s has a scale for each channel and %d bits, where ONNX clips no channel by itself and takes 8 or 16 bits", q.Name, q.Scheme.Bits)
		}
	}
	return nil
}

// symmetric tells whether no quantizer has a zero point.
func symmetric(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		for _, z := range c.Params[i].ZeroPoint {
			if z != 0 {
				return refuse("%s has zero point %d, where the format takes ranges around zero", q.Name, z)
			}
		}
	}
	return nil
}

// perTensor tells whether no weight has scales for its channels.
func perTensor(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		if c.Params[i].Axis >= 0 {
			return refuse("%s has a scale for each channel, where the format takes one for the tensor", q.Name)
		}
	}
	return nil
}

// bitwidth is floor(log2(p−n+1)), what MQBench writes: 7 for [-127, 127].
func bitwidth(p scheme.QParams) int { return int(math.Log2(float64(p.QMax-p.QMin) + 1)) }

// deployFile is the deploy model as ONNX, read back.
func deployFile(ctx context.Context, name string, c *calibrate.Calibrated, g *graph.Graph) (File, []string, error) {
	return modelFile(ctx, name, c, g, opset8, nil, func(file []byte) error {
		m, err := onnx.Decode(file)
		if err != nil {
			return err
		}
		again, err := onnx.ToGraph(m, onnx.Options{})
		if err != nil {
			return err
		}
		return sameNetwork(graph.Compact(g), again)
	})
}

// sameNetwork compares a graph with what was read of its file: the operators that make each value,
// what they read, and the bits of every constant.
func sameNetwork(want, got *graph.Graph) error {
	if len(want.Nodes) != len(got.Nodes) {
		return fmt.Errorf("it has %d nodes, not %d", len(got.Nodes), len(want.Nodes))
	}
	id := map[string]graph.ValueID{}
	for v, value := range got.Values {
		id[value.Name] = graph.ValueID(v)
	}
	made := got.Producers()
	for _, n := range want.Nodes {
		out, ok := id[want.Values[n.Outputs[0]].Name]
		if !ok || made[out] < 0 {
			return fmt.Errorf("nothing makes %q", want.Values[n.Outputs[0]].Name)
		}
		again := got.Nodes[made[out]]
		if a, b := fmt.Sprint(n.Op), fmt.Sprint(again.Op); n.Op.Type() != again.Op.Type() || a != b || len(n.Inputs) != len(again.Inputs) {
			return fmt.Errorf("node %q is %s %s with %d inputs, not %s %s with %d", n.Name, again.Op.Type(), b, len(again.Inputs), n.Op.Type(), a, len(n.Inputs))
		}
		for i, v := range n.Inputs {
			if (v == graph.None) != (again.Inputs[i] == graph.None) {
				return fmt.Errorf("node %q: input %d is missing, or was not there", n.Name, i)
			}
			if v == graph.None {
				continue
			}
			a, b := want.Values[v], got.Values[again.Inputs[i]]
			if a.Name != b.Name || !slices.Equal(a.Shape, b.Shape) || (a.Const == nil) != (b.Const == nil) || a.Const != nil && !sameBits(a.Const, b.Const) {
				return fmt.Errorf("node %q reads %q %v at input %d, not %q %v, or other numbers", n.Name, b.Name, b.Shape, i, a.Name, a.Shape)
			}
		}
	}
	return nil
}

func sameBits(a, b *graph.Tensor) bool {
	return a.DType == b.DType && slices.Equal(a.I, b.I) &&
		slices.EqualFunc(a.F, b.F, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}
