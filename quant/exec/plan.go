package exec

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// plan is a graph made ready to run: the steps, where every value lies, and the buffers.
type plan struct {
	steps   []step
	layouts []layout
	tapped  map[graph.ValueID]bool // values that are observed or fake-quantized
	codes   []*Quant               // of the values stored as codes, nil for floats
	bufs    []buffer
	staging []int // buffer of each graph input in ONNX order, before it is laid out
	scratch []int // buffers the lowering asked for
}

// newPlan groups the nodes and lays out the values. Buffers have no address yet.
func newPlan(g *graph.Graph, c Config) (*plan, error) {
	observed, keep := map[graph.ValueID]bool{}, map[graph.ValueID]bool{}
	for _, q := range c.Quant {
		observed[q.Value] = true
	}
	for _, v := range c.Observe {
		observed[v] = true
	}
	for _, v := range c.Keep {
		keep[v] = true
	}
	gated := levelGates(g, c, keep)
	if c.Integer {
		gated = integerGates(g, c, keep)
	}
	p := &plan{steps: group(g, observed, keep, gated), layouts: make([]layout, len(g.Values)), codes: codes(g, c), tapped: observed}
	for i := range p.layouts {
		p.layouts[i].buf = -1
	}
	p.dropInnerCodes(g)
	h := halos(g)
	last := p.lastUse(g, keep)
	for v := range g.Values {
		if g.Values[v].Const != nil {
			p.layouts[v], _ = newLayout(-1, g.Values[v].Shape, h[v], elem)
		}
	}
	for i := range g.Inputs {
		p.staging = append(p.staging, len(p.bufs))
		p.bufs = append(p.bufs, buffer{size: elem * graph.Len(g.Values[g.Inputs[i]].Shape), first: 0, last: i})
	}
	views := p.concatViews(g, h, keep)
	for i := range p.steps {
		p.allot(g, i, h, last, views)
	}
	for _, v := range append(c.Keep, g.Outputs...) {
		if g.Values[v].Const == nil && p.layouts[v].buf < 0 {
			return nil, fmt.Errorf("value %q cannot be kept: it exists only inside a fused step", g.Values[v].Name)
		}
	}
	return p, nil
}

// dropInnerCodes leaves codes only to values that a step stores; inside a step all is float.
func (p *plan) dropInnerCodes(g *graph.Graph) {
	stored := make([]bool, len(g.Values))
	for i := range p.steps {
		stored[p.steps[i].out()] = true
		if n := p.steps[i].node; n >= 0 {
			for _, v := range g.Nodes[n].Outputs {
				if v != graph.None && len(g.Nodes[n].Outputs) > 1 {
					stored[v] = true
				}
			}
		}
	}
	for v := range p.codes {
		if !stored[v] {
			p.codes[v] = nil
		}
	}
}

// width is the bytes of an element of v.
func (p *plan) width(v graph.ValueID) int {
	if p.codes[v] != nil {
		return 1
	}
	return elem
}

// alike reports whether a and b are stored alike: both floats, or codes of the same meaning.
func (p *plan) alike(a, b graph.ValueID) bool {
	return p.codes[a] == nil && p.codes[b] == nil || sameCodes(p.codes[a], p.codes[b])
}

// lastUse is the last step that reads each value.
func (p *plan) lastUse(g *graph.Graph, keep map[graph.ValueID]bool) []int {
	last := make([]int, len(g.Values))
	for i := range p.steps {
		if n := p.steps[i].node; n >= 0 {
			for _, v := range g.Nodes[n].Inputs {
				if v != graph.None {
					last[v] = i
				}
			}
		}
	}
	end := len(p.steps)
	for _, v := range g.Outputs {
		last[v] = end
	}
	for v := range keep { // order does not matter: all get the same
		last[v] = end
	}
	return last
}

// allot gives the outputs of step i a place: in the buffer of its input if nothing has to move, in
// that of the concatenation they go into, or in their own.
func (p *plan) allot(g *graph.Graph, i int, h []halo, last []int, views map[graph.ValueID]view) {
	s := &p.steps[i]
	outs := []graph.ValueID{s.out()}
	if s.node >= 0 && len(g.Nodes[s.node].Outputs) > 1 {
		outs = g.Nodes[s.node].Outputs
	}
	for _, v := range outs {
		if v == graph.None || p.layouts[v].buf >= 0 {
			if v != graph.None { // a concatenation whose first part made the buffer
				b := &p.bufs[p.layouts[v].buf]
				b.last = max(b.last, last[v], i)
			}
			continue
		}
		if s.node >= 0 {
			if in, ok := p.alias(g, s, h[v]); ok {
				src := p.layouts[in]
				lay, _ := newLayout(src.buf, g.Values[v].Shape, halo{}, src.width)
				lay.off = src.off
				p.layouts[v] = lay
				b := &p.bufs[src.buf]
				b.last = max(b.last, last[v])
				continue
			}
		}
		if w, ok := views[v]; ok {
			if p.layouts[w.whole].buf < 0 {
				lay, size := newLayout(len(p.bufs), g.Values[w.whole].Shape, h[w.whole], p.width(w.whole))
				p.layouts[w.whole] = lay
				p.bufs = append(p.bufs, buffer{size: size, first: i, last: i})
			}
			lay := p.layouts[w.whole]
			lay.shape = g.Values[v].Shape
			lay.off += lay.width * w.channel
			p.layouts[v] = lay
			continue
		}
		lay, size := newLayout(len(p.bufs), g.Values[v].Shape, h[v], p.width(v))
		p.layouts[v] = lay
		p.bufs = append(p.bufs, buffer{size: size, first: i, last: max(last[v], i)})
	}
}

// alias reports whether step s can leave its input where it is: a Reshape between dense layouts whose
// storage order is the same, followed by nothing.
func (p *plan) alias(g *graph.Graph, s *step, h halo) (graph.ValueID, bool) {
	n := g.Nodes[s.node]
	if _, ok := n.Op.(graph.Reshape); !ok || len(s.chain) > 1 || h != (halo{}) {
		return 0, false
	}
	in := n.Inputs[0]
	if g.Values[in].Const != nil || p.layouts[in].buf < 0 || !p.layouts[in].dense() {
		return 0, false
	}
	if p.codes[n.Outputs[0]] == nil && p.tapped[n.Outputs[0]] {
		return 0, false // an observer or a fake-quantizer has to see it
	}
	if !p.alike(in, n.Outputs[0]) || !ordered(g.Values[in].Shape) || !ordered(g.Values[n.Outputs[0]].Shape) {
		return 0, false
	}
	return in, true
}

// inPlace reports whether step s was aliased: its output lies where its input is.
func (p *plan) inPlace(g *graph.Graph, s *step) bool {
	if _, ok := g.Nodes[s.node].Op.(graph.Reshape); !ok {
		return false
	}
	in := g.Nodes[s.node].Inputs[0]
	return g.Values[in].Const == nil && p.layouts[in].buf == p.layouts[s.out()].buf
}

// ordered reports whether storage order is ONNX order for a dense tensor of this shape.
func ordered(shape []int) bool {
	return len(shape) != 4 || shape[1] == 1 || shape[2]*shape[3] == 1
}

// view is a value that is written straight into its place in a concatenation.
type view struct {
	whole   graph.ValueID
	channel int
}

// concatViews finds the values that only a Concat along channels reads.
func (p *plan) concatViews(g *graph.Graph, h []halo, keep map[graph.ValueID]bool) map[graph.ValueID]view {
	views := map[graph.ValueID]view{}
	consumers := g.Consumers()
	made := map[graph.ValueID]bool{}
	for i := range p.steps {
		made[p.steps[i].out()] = true
	}
	for i := range p.steps {
		s := &p.steps[i]
		if s.node < 0 {
			continue
		}
		n := g.Nodes[s.node]
		c, ok := n.Op.(graph.Concat)
		if !ok || c.Axis != 1 || len(g.Values[n.Outputs[0]].Shape) != 4 || len(s.chain) > 1 {
			continue
		}
		at := 0
		for _, v := range n.Inputs {
			if made[v] && len(consumers[v]) == 1 && !keep[v] && p.alike(v, n.Outputs[0]) {
				views[v] = view{n.Outputs[0], at}
			}
			at += g.Values[v].Shape[1]
		}
	}
	for _, v := range g.Outputs {
		delete(views, v)
	}
	return views
}

// halos gives the zeros that each value's readers want around it.
func halos(g *graph.Graph) []halo {
	h := make([]halo, len(g.Values))
	for _, n := range g.Nodes {
		var want halo
		switch op := n.Op.(type) {
		case graph.Conv:
			want = convHalo(op, g.Values[n.Inputs[0]].Shape)
		case graph.ConvTranspose:
			want = transposeHalo(op, g.Values[n.Inputs[0]].Shape, g.Values[n.Outputs[0]].Shape)
		default:
			continue
		}
		h[n.Inputs[0]] = h[n.Inputs[0]].max(want)
	}
	return h
}
