package train

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/scheme"
)

const (
	swing   = 16      // steps for which an element that went back counts as oscillating
	sampled = 1 << 14 // elements of a weight that are looked at, at most, evenly spread
	shown   = 4       // items whose activations are looked at
)

// gauge follows the quantizers of a network from step to step. It changes nothing.
type gauge struct {
	quantizers []inspect.Standing
	memory     [][]element // of each quantizer of a constant
}

// element is what is remembered of one of a weight's.
type element struct {
	now, before float32 // its code, less the zero point, and the one before that
	swings      uint8   // steps for which it still counts as oscillating
}

// weights looks at c as a step left it.
func (g *gauge) weights(c *calibrate.Calibrated) {
	first := g.quantizers == nil
	if first {
		g.quantizers, g.memory = make([]inspect.Standing, len(c.Quantizers)), make([][]element, len(c.Quantizers))
	}
	for i, q := range c.Quantizers {
		p, l := c.Params[i], &g.quantizers[i]
		w := c.Graph.Values[q.Value].Const
		l.Name, l.Weight = q.Name, w != nil
		l.Scale = [2]float32{slices.Min(p.Scale), slices.Max(p.Scale)}
		if w == nil || len(w.F) == 0 {
			continue
		}
		codes, clipped := codesOf(w.F, w.Shape, p)
		if first {
			g.memory[i] = make([]element, len(codes))
		}
		swinging := 0
		for k, code := range codes {
			m := &g.memory[i][k]
			if first {
				*m = element{code, code, 0}
			}
			m.swings = max(m.swings, 1) - 1
			if code != m.now {
				if code == m.before {
					m.swings = swing
				}
				m.now, m.before = code, m.now
			}
			if m.swings > 0 {
				swinging++
			}
		}
		l.Clipped, l.Oscillating = share(clipped, len(codes)), share(swinging, len(codes))
	}
}

// codesOf are the codes, less the zero point, of evenly spread elements of x, and how many of these p clips.
func codesOf(x []float32, shape []int, p scheme.QParams) (codes []float32, clipped int) {
	every := (len(x) + sampled - 1) / sampled
	for c, run := range p.Groups(shape, len(x)) {
		one := p // with the scale 1, which the logarithm's numbers do not have
		one.Axis, one.Block, one.Scale, one.ZeroPoint = -1, 0, []float32{1}, p.ZeroPoint[c:c+1]
		scale := p.Scale[c]
		if p.Grid == scheme.Log2 {
			scale = 1
		}
		low, high := p.Clips(c)
		from := len(codes)
		for i := (run.From + every - 1) / every * every; i < run.To; i += every {
			if x[i] < low || x[i] > high {
				clipped++
			}
			codes = append(codes, x[i]/scale)
		}
		one.FakeQuantize(codes[from:], codes[from:], []int{len(codes) - from}, scheme.PyTorch)
	}
	return codes, clipped
}

// activations runs c on the first of the items and looks at what its quantizers are given.
func (g *gauge) activations(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items) error {
	opened, given := open(c)
	keep := slices.DeleteFunc(slices.Clone(given), func(v graph.ValueID) bool { return v == graph.None })
	clipped, all := make([]int, len(given)), make([]int, len(given))
	see := func(r *exec.Runner, _ int) {
		for i, v := range given {
			if v == graph.None {
				continue
			}
			x := r.Value(v)
			for k, run := range c.Params[i].Groups(opened.Values[v].Shape, len(x)) {
				low, high := c.Params[i].Clips(k)
				for _, e := range x[run.From:run.To] {
					if e < low || e > high {
						clipped[i]++
					}
				}
			}
			all[i] += len(x)
		}
	}
	err := pool.Show(ctx, opened, exec.Config{Keep: keep, Pool: items.Pool}, 1, min(items.Len, shown), items.Inputs, see, func(int) {})
	for i, n := range all {
		if n > 0 {
			g.quantizers[i].Clipped = share(clipped[i], n)
		}
	}
	return err
}

// open is the fake-quantized network with a clamp that lets everything through before each fake-quantizer of an activation,
// so that what that is given, one for each of c's, can be read: else it is rounded as it is made.
func open(c *calibrate.Calibrated) (*graph.Graph, []graph.ValueID) {
	q := c.Quantized(calibrate.All)
	b := graph.Rewrite(q.Graph)
	given := slices.Repeat([]graph.ValueID{graph.None}, len(c.Quantizers))
	for _, n := range q.Nodes {
		if _, ok := n.Op.(graph.FakeQuantize); ok {
			x := q.Values[n.Inputs[0]]
			x.Name = b.Name(x.Name + "_given")
			for i, of := range c.Quantizers {
				if x.Const != nil || of.Value != n.Outputs[0] {
					continue
				}
				given[i] = n.Inputs[0]
				own := b.Value(x)
				b.Append(graph.Node{Name: b.NodeName(x.Name), Op: graph.Clip{Lo: infinite(-1), Hi: infinite(1)}, Inputs: n.Inputs[:1:1], Outputs: []graph.ValueID{own}})
				n.Inputs = []graph.ValueID{own}
			}
		}
		b.Append(n)
	}
	return b.Graph, given
}

// now is how the quantizers stand.
func (g *gauge) now() []inspect.Standing { return slices.Clone(g.quantizers) }

func share(k, n int) float64 { return float64(k) / float64(max(n, 1)) }
