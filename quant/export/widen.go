package export

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// storedParams are the numbers that the file gets: those of c, but for dead channels. A weight
// channel that is zero all over gets the least scale there is, and a bias of ordinary size then does
// not fit into an int32 at s_x·s_w. Zeros are zeros at any scale, so that channel's scale is widened
// until the bias fits.
func storedParams(c *calibrate.Calibrated, of []int) []scheme.QParams {
	stored := slices.Clone(c.Params)
	for _, n := range c.Graph.Nodes {
		scale := biasScale(c.Graph, stored, of, n)
		if scale == nil {
			continue
		}
		weight := c.Graph.Values[n.Inputs[1]].Const
		if weight == nil {
			continue // an activation's channels may be zero today and not tomorrow
		}
		bias := c.Graph.Values[n.Inputs[2]].Const.F
		if _, over := biasCodes(bias, scale); over < 0 {
			continue
		}
		w := &stored[of[n.Inputs[1]]]
		dead := deadChannels(weight, *w, c.Recipe.Rule)
		x := stored[of[n.Inputs[0]]].Scale[0]
		w.Scale = slices.Clone(w.Scale)
		for i, b := range bias {
			ch := i % len(scale) % len(w.Scale)
			if _, over := biasCodes(bias[i:i+1], scale[i%len(scale):][:1]); over == 0 && dead[ch] {
				if wide := float32(math.Abs(float64(b)) / float64(x) / (1 << 30)); graph.Finite([]float32{wide}) { // else no scale is wide enough
					w.Scale[ch] = max(w.Scale[ch], wide)
				}
			}
		}
	}
	return stored
}

// deadChannels tells which of the scales of a weight have nothing but zeros.
func deadChannels(t *graph.Tensor, p scheme.QParams, rule scheme.Rule) []bool {
	q := make([]int32, len(t.F))
	p.Quantize(q, t.F, t.Shape, rule)
	dead := make([]bool, len(p.Scale))
	for ch := range dead {
		dead[ch] = true
	}
	for ch, run := range p.Groups(t.Shape, len(q)) {
		for _, v := range q[run.From:run.To] {
			dead[ch] = dead[ch] && v == p.ZeroPoint[ch]
		}
	}
	return dead
}
