package plan

import "github.com/quantscope/quantscope/quant/graph"

// layOut gives every value a buffer and a place in it: in the buffer of its input if nothing has to move,
// in that of the concatenation it goes into, or in its own.
func layOut(p *Plan) error {
	g := p.Graph
	p.Layouts = make([]Layout, len(g.Values))
	for v := range g.Values {
		p.Layouts[v].Buffer = -1
		if g.Values[v].Const != nil {
			p.Layouts[v], _ = NewLayout(-1, g.Values[v].Shape, p.orders[v], p.halos[v], Elem)
		}
	}
	for i, v := range g.Inputs {
		if p.Param(v) {
			p.Staging = append(p.Staging, -1)
			continue
		}
		p.Staging = append(p.Staging, p.NewBuffer(Elem*graph.Len(g.Values[v].Shape), 0, i))
	}
	for _, v := range p.Held {
		p.Layouts[v], _ = NewLayout(-1, g.Values[v].Shape, p.orders[v], Halo{}, Elem)
	}
	l := layouter{Plan: p, last: p.lastUse(), parts: p.partsOfConcats()}
	for i := range p.Steps {
		s := &p.Steps[i]
		for _, c := range s.Decode {
			l.own(i, c.To)
		}
		for _, v := range s.Outputs {
			if v != graph.None && !p.Resident(v) {
				l.place(i, s, v)
			}
		}
		for _, c := range s.Encode {
			l.place(i, s, c.To)
		}
	}
	return nil
}

// layouter lays values out.
type layouter struct {
	*Plan
	last  []int // step that reads each value last
	parts map[graph.ValueID]part
}

// lastUse is the last step that reads each value.
func (p *Plan) lastUse() []int {
	last := make([]int, len(p.Graph.Values))
	for i := range p.Steps {
		s := &p.Steps[i]
		for _, v := range s.Inputs {
			if v != graph.None {
				last[v] = i
			}
		}
		for _, c := range s.Decode {
			last[c.From] = i
		}
	}
	end := len(p.Steps)
	for v := range p.output {
		if p.output[v] || p.kept[v] {
			last[v] = end
		}
	}
	return last
}

// place gives output v of step i a place.
func (l *layouter) place(i int, s *Step, v graph.ValueID) {
	if at := l.Layouts[v].Buffer; at >= 0 { // a concatenation whose first part made the buffer
		b := &l.Buffers[at]
		b.Last = max(b.Last, l.last[v], i)
		return
	}
	if in, ok := l.alias(s, v); ok {
		src := l.Layouts[in]
		lay, _ := NewLayout(src.Buffer, l.Graph.Values[v].Shape, l.orders[v], Halo{}, src.Width)
		lay.Offset = src.Offset
		l.Layouts[v], s.InPlace = lay, true
		b := &l.Buffers[src.Buffer]
		b.Last = max(b.Last, l.last[v])
		return
	}
	if w, ok := l.parts[v]; ok {
		if l.Layouts[w.whole].Buffer < 0 {
			l.own(i, w.whole)
			l.Buffers[l.Layouts[w.whole].Buffer].Last = i
		}
		lay := l.Layouts[w.whole]
		lay.Shape = l.Graph.Values[v].Shape
		lay.Offset += lay.Width * w.channel
		l.Layouts[v] = lay
		return
	}
	l.own(i, v)
}

// own gives v, made in step i, a buffer of its own.
func (l *layouter) own(i int, v graph.ValueID) {
	lay, size := NewLayout(-1, l.Graph.Values[v].Shape, l.orders[v], l.halos[v], l.width(v))
	lay.Buffer = l.NewBuffer(size, i, max(l.last[v], i))
	l.Layouts[v] = lay
}

// width is the bytes of an element of v.
func (p *Plan) width(v graph.ValueID) int {
	if p.Codes[v] != nil {
		return 1
	}
	return Elem
}

// alike reports whether a and b are stored alike: both floats, or codes of the same meaning.
func (p *Plan) alike(a, b graph.ValueID) bool {
	return p.Codes[a] == nil && p.Codes[b] == nil || SameCodes(p.Codes[a], p.Codes[b])
}

// alias reports whether step s can leave its input where it is: a Reshape between dense layouts whose
// storage order is the same, followed by nothing, its output v neither observed nor fake-quantized.
func (l *layouter) alias(s *Step, v graph.ValueID) (graph.ValueID, bool) {
	if s.Node < 0 || len(s.Chain) > 1 || len(s.Encode) > 0 || l.halos[v] != (Halo{}) {
		return 0, false
	}
	if _, ok := l.Graph.Nodes[s.Node].Op.(graph.Reshape); !ok {
		return 0, false
	}
	in := s.Inputs[0]
	if l.Graph.Values[in].Const != nil || l.Resident(in) || !l.Layouts[in].Ordered() || !l.alike(in, v) || !l.orders[v].same(l.Graph.Values[v].Shape) {
		return 0, false
	}
	if !s.Integer && (len(l.Quants[v]) > 0 || l.observed[v]) {
		return 0, false
	}
	return in, true
}

// part is a value that is written straight into its place in a concatenation.
type part struct {
	whole   graph.ValueID
	channel int
}

// partsOfConcats finds the values that only a Concat along channels reads.
func (p *Plan) partsOfConcats() map[graph.ValueID]part {
	parts := map[graph.ValueID]part{}
	made := make([]bool, len(p.Graph.Values))
	for i := range p.Steps {
		for _, v := range p.Steps[i].Leaves() {
			made[v] = true
		}
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Node < 0 || len(s.Chain) > 1 || len(s.Encode) > 0 {
			continue
		}
		n := p.Graph.Nodes[s.Node]
		c, ok := n.Op.(graph.Concat)
		if !ok || c.Axis != 1 || p.orders[n.Outputs[0]] != ChannelsLast {
			continue
		}
		at := 0
		for _, v := range s.Inputs {
			if int(v) < len(p.readers) && made[v] && !p.kept[v] && p.alike(v, n.Outputs[0]) { // others are floats in place of codes
				if _, ok := p.only(v); ok {
					parts[v] = part{n.Outputs[0], at}
				}
			}
			at += p.Graph.Values[v].Shape[1]
		}
	}
	return parts
}
