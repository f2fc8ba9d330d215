package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// [Q] upper gives codes from 0 on to the activations that MQBench gives such for OpenVINO: those a ReLU
// makes, and of pooling, resizing, flattening and sums those whose nearest quantizers before them, all
// that are equally near, have them. A ReLU6 does not count, and the scale stays that of signed codes.
// index is of a value's quantizer, plus one.
func (p placement) upper(quantizers []Quantizer, index []int) {
	has := make([]bool, len(p.graph.Values))
	for n := range p.graph.Nodes {
		if p.unit[n] != n {
			continue
		}
		v := p.out(n)
		i := index[v] - 1
		if i < 0 || !quantizers[i].Scheme.Symmetric {
			continue
		}
		if has[v] = p.rectifies(n) || p.passesUpper(n) && p.nearest(n, index, has); has[v] {
			quantizers[i].Scheme.Codes, quantizers[i].Scheme.Narrow = scheme.Upper, false
		}
	}
}

// rectifies tells whether a unit is a ReLU or a convolution fused with one.
func (p placement) rectifies(n int) bool {
	return p.kind[n] == backend.ReLU || slices.Contains([]string{"ConvReLU2d", "ConvBnReLU2d", "ConvBnReLU1d"}, p.module[n].Kind)
}

func (p placement) passesUpper(n int) bool {
	return slices.Contains([]backend.Kind{backend.Add, backend.AdaptiveAvgPool, backend.MaxPool, backend.AvgPool, backend.Flatten, backend.Mean, backend.Sum, backend.Upsample}, p.kind[n])
}

// place is a value, behind its quantizer or before it.
type place struct {
	value  graph.ValueID
	behind bool
}

// nearest looks back from unit n, breadth first, a quantizer being one step, and tells whether all of
// the quantizers it meets first have codes from 0 on.
func (p placement) nearest(n int, index []int, has []bool) bool {
	seen := map[place]bool{}
	var next []place
	reads := func(n int) {
		for _, v := range p.graph.Nodes[n].Inputs {
			if v == graph.None || p.graph.Values[v].Const != nil && index[v] == 0 {
				continue
			}
			if at := (place{v, index[v] > 0}); !seen[at] {
				seen[at] = true
				next = append(next, at)
			}
		}
	}
	reads(n)
	for len(next) > 0 {
		step, met, all := next, false, true
		next = nil
		for _, at := range step {
			if at.behind {
				met, all = true, all && has[at.value]
			} else if made := p.producer[at.value]; made >= 0 {
				reads(p.unit[made])
			}
		}
		if met {
			return all
		}
	}
	return false
}
