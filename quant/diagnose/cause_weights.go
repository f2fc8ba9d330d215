package diagnose

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// fewCodes is how many codes of a channel count as few.
const fewCodes = 16

// sharedScale finds the unit's weight if its channels share one scale, and the axis of its channels.
func (b *bench) sharedScale() (i, axis int, ok bool) {
	for _, i := range b.layer.Weights {
		q := b.quantizer(i)
		n := b.m.c.Graph.Nodes[q.Node]
		p := b.m.c.Params[i]
		if q.Value != n.Inputs[1] || p.Axis >= 0 || !p.Grid.Whole() {
			continue
		}
		if op, ok := n.Op.(graph.Weighted); ok {
			axis, _ = op.OutputChannels()
			return i, axis, true
		}
	}
	return 0, 0, false
}

// channelSpread: channels of very different width have one scale, and the narrow ones few codes.
func channelSpread(b *bench) *suspicion {
	i, axis, ok := b.sharedScale()
	if !ok {
		return nil
	}
	w := b.constant(i)
	n := w.Shape[axis]
	lo, hi := make([]float32, n), make([]float32, n)
	for c, run := range scheme.Channels(w.Shape, axis) {
		lo[c], hi[c] = min(lo[c], slices.Min(w.F[run.From:run.To])), max(hi[c], slices.Max(w.F[run.From:run.To]))
	}
	p, err := b.quantizer(i).Scheme.FromRange(lo, hi, axis)
	if err != nil || n < 2 {
		return nil
	}
	one := b.m.c.Params[i]
	width, few := make([]float64, n), 0
	for c := range n {
		width[c] = math.Max(-float64(lo[c]), float64(hi[c]))
		if (float64(hi[c])-float64(lo[c]))/float64(one.Scale[0]) < fewCodes {
			few++
		}
	}
	slices.Sort(width)
	return &suspicion{change{i: &p}, func(output string, before, after float64) string {
		starved := ""
		if few > 0 {
			starved = fmt.Sprintf(": fewer than %d of %d codes for %d of them", fewCodes, one.QMax-one.QMin+1, few)
		}
		return fmt.Sprintf("Its %d channels share one scale, and the widest is %s times as wide as the middle one, %s times as the narrowest%s. "+
			"With a scale for each, %s would be %.1f dB above the noise instead of %.1f.",
			n, times(width[n-1], width[n/2]), times(width[n-1], width[0]), starved, output, after, before)
	}}
}

// times is a ratio as people say it.
func times(a, b float64) string {
	switch x := a / b; {
	case !(x < 1e4):
		return "over 10000"
	case x < 9.95:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.0f", x)
	}
}

// deadChannels: inputs that are always zero, and weights for them that nobody needs, but that widen the
// range.
func deadChannels(b *bench) *suspicion {
	i, _, ok := b.sharedScale()
	q := b.quantizer(i)
	node := b.m.c.Graph.Nodes[q.Node]
	op, conv := node.Op.(graph.Conv)
	if !ok || !conv {
		return nil
	}
	w := b.constant(i)
	in := b.m.c.Graph.Values[node.Inputs[0]].Shape[1]
	alive := make([]bool, in)
	for k, v := range b.part.Inputs {
		if b.part.Source[v] != node.Inputs[0] {
			continue
		}
		for _, given := range b.given {
			per := len(given[k]) / in
			for e, x := range given[k] {
				alive[e/per] = alive[e/per] || x != 0
			}
		}
	}
	dead := 0
	for _, a := range alive {
		if !a {
			dead++
		}
	}
	if dead == 0 || dead == in {
		return nil
	}
	lo, hi := []float32{0}, []float32{0}
	most := 0.0 // of the weights that read what is dead
	own, inner := w.Shape[1], graph.Len(w.Shape[2:])
	for e, x := range w.F {
		o := e / inner / own
		if c := o/(w.Shape[0]/op.Group)*own + e/inner%own; alive[c] {
			lo[0], hi[0] = min(lo[0], x), max(hi[0], x)
		} else {
			most = math.Max(most, math.Abs(float64(x)))
		}
	}
	rest := math.Max(-float64(lo[0]), float64(hi[0]))
	p, err := q.Scheme.FromRange(lo, hi, -1)
	if err != nil || most <= rest {
		return nil
	}
	return &suspicion{change{i: &p}, func(output string, before, after float64) string {
		are := "are"
		if dead == 1 {
			are = "is"
		}
		return fmt.Sprintf("%d of its %d input channels %s zero on all %d items, yet the weights that read what is zero reach %.3g and the others %.3g: the scale is %s times as coarse as need be. "+
			"Without them %s would be %.1f dB above the noise instead of %.1f.", dead, in, are, len(b.given), most, rest, times(most, rest), output, after, before)
	}}
}

// overflows tells of biases that no 32-bit accumulator holds: integer engines have them in units of the
// product of both scales.
func (b *bench) overflows() string {
	g := b.m.c.Graph
	bias := prepare.Bias(g, b.layer.nodes)
	in := g.Nodes[b.layer.Node].Inputs
	var x, w *scheme.QParams
	for _, i := range b.mine {
		switch p := &b.m.c.Params[i]; b.quantizer(i).Value {
		case in[0]:
			x = p
		case in[min(1, len(in)-1)]:
			w = p
		}
	}
	if bias == graph.None || x == nil || w == nil || x.Axis >= 0 || w.Block > 0 || !x.Grid.Whole() || !w.Grid.Whole() {
		return ""
	}
	n, most := 0, 0.0
	values := g.Values[bias].Const.F
	for c, v := range values {
		unit := float64(x.Scale[0]) * float64(w.Scale[c%len(w.Scale)])
		if codes := math.Abs(float64(v)) / unit; codes > math.MaxInt32 {
			n++
			most = math.Max(most, codes)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("The biases of %d of its %d channels do not fit into the 32 bits of an integer engine: the largest would be %.2g, because the scale of its weights is so small.", n, len(values), most)
}
