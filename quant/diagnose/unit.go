package diagnose

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fuse"
)

// Unit is what is measured by itself: the quantizers that one node asked for. Of a layer they are that of
// its weight, and that of its input unless another layer asked for it before; of other nodes they are of
// activations only.
type Unit struct {
	Name        string `json:"name"`  // of the layer or node
	Op          string `json:"op"`    // its ONNX operator
	Layer       string `json:"layer"` // kind of module, "Conv2d"; empty for a node that is none
	Node        int    `json:"node"`  // index in Graph.Nodes
	Weights     []int  `json:"weights"`
	Activations []int  `json:"activations"` // both indices into Quantizers
	nodes       []int  // of the layer, or the node
}

// unitsOf are the units of a network, in its order.
func unitsOf(c *calibrate.Calibrated) []Unit {
	layer := map[int]fuse.Module{}
	for _, m := range c.Modules {
		layer[m.Nodes[0]] = m
	}
	var units []Unit
	at := map[int]int{}
	for i, q := range c.Quantizers {
		k, ok := at[q.Node]
		if !ok {
			k = len(units)
			at[q.Node] = k
			n := c.Graph.Nodes[q.Node]
			u := Unit{Name: c.Layer(q.Node), Op: n.Op.Type(), Node: q.Node, nodes: []int{q.Node}}
			if m, ok := layer[q.Node]; ok {
				u.Layer, u.nodes = m.Kind, m.Nodes
			}
			units = append(units, u)
		}
		if q.Weight {
			units[k].Weights = append(units[k].Weights, i)
		} else {
			units[k].Activations = append(units[k].Activations, i)
		}
	}
	slices.SortStableFunc(units, func(a, b Unit) int { return cmp.Compare(a.Node, b.Node) })
	return units
}

// all are the indices of the unit's quantizers.
func (u Unit) all() []int { return slices.Concat(u.Weights, u.Activations) }
