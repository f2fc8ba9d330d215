package calibrate

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
)

// roundBiases gives layers the biases that integers stand for, as the modules of Sophgo's fork do (spec
// §3.2): b ← rhe(b/s)·s with s = s_w·s_x for each channel, in float32, without limits. A layer whose input
// or weight has no integers for codes, or more scales than that, keeps its bias, and so does a bias that several layers read.
func (c *Calibrated) roundBiases() {
	of := make([]int, len(c.Graph.Values)) // quantizer of each value, plus one
	for i, q := range c.Quantizers {
		of[q.Value] = i + 1
	}
	readers := c.Graph.Consumers()
	for _, m := range c.Modules {
		bias := prepare.Bias(c.Graph, m.Nodes)
		if bias == graph.None || len(readers[bias]) > 1 {
			continue
		}
		in := c.Graph.Nodes[m.Nodes[0]].Inputs
		if of[in[0]] == 0 || of[in[1]] == 0 {
			continue
		}
		x, w := c.Params[of[in[0]]-1], c.Params[of[in[1]]-1]
		if b := c.Graph.Values[bias].Const.F; x.Axis >= 0 || w.Block > 0 || !x.Grid.Whole() || !w.Grid.Whole() || len(b)%len(w.Scale) != 0 {
			continue
		}
		b := c.own(bias)
		for i := range b {
			s := w.Scale[i%len(w.Scale)] * x.Scale[0]
			if q := b[i] / s; graph.Finite([]float32{q}) { // else it is far beyond any fraction
				b[i] = float32(math.RoundToEven(float64(q))) * s
			}
		}
	}
}
