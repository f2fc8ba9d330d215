package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Mixed precision of Sophgo's fork (bf16_mix_prec): what layers read and make has the codes of the recipe, everything
// else is rounded to bfloat16, in which the chip computes it. The fork rounds a value for each of its readers; here
// it has one quantizer, a layer's if one reads or makes it.

// layered tells whether unit n is a layer with weights.
func (p placement) layered(n int) bool {
	return slices.Contains([]backend.Kind{backend.Conv, backend.ConvTranspose, backend.Linear, backend.LinearBn}, p.kind[n])
}

// bf16 is the setting of what is no layer.
func bf16() setting {
	return setting{recipe.Quantizer{FakeQuant: "bf16", Observer: "minmax", Scheme: scheme.QScheme{Bits: 16, Symmetric: true}}, -1, -1, false}
}

// around are the activations that unit n reads and the one that it makes, but for what a sum, a product or a
// concatenation makes for a ReLU alone: the chip does both in one.
func (p placement) around(n int) []graph.ValueID {
	if p.unit[n] != n {
		return nil
	}
	var values []graph.ValueID
	for i := n; i <= p.last[n]; i++ {
		for _, v := range p.graph.Nodes[i].Inputs {
			if v != graph.None && p.unit[i] == n && p.graph.Values[v].Const == nil && !p.within(v, n) && !p.rectified(v) {
				values = append(values, v)
			}
		}
	}
	for _, v := range p.graph.Nodes[p.last[n]].Outputs {
		if v != graph.None && !p.rectified(v) {
			values = append(values, v)
		}
	}
	return values
}

// within tells whether a node of unit n makes v.
func (p placement) within(v graph.ValueID, n int) bool {
	return p.producer[v] >= 0 && p.unit[p.producer[v]] == n
}

// rectified tells whether v is what the chip hands to a ReLU without rounding it.
func (p placement) rectified(v graph.ValueID) bool {
	if len(p.readers[v]) != 1 || p.leaves(v) || p.kind[p.unit[p.readers[v][0]]] != backend.ReLU {
		return false
	}
	return slices.Contains([]backend.Kind{backend.Add, backend.Sub, backend.Mul, backend.Cat, backend.MatMul}, p.made(v))
}
