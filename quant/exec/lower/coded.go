package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// An integer step rounds to codes once, between the codes of the bounds that clamps on the way put. Whatever
// happens to single codes behind that is one table of 256 entries, applied to each code as it is stored: a
// SiLU, also one that the file splits into Sigmoid and Mul with a quantizer between them (a gate), and any
// chain of such.

// Stored are zero point and bounds of codes as the machine stores them: unsigned, or less 128 signed.
func Stored(p scheme.QParams, dot call.Dot) (zero, lo, hi int32) {
	base := int32(0)
	if p.QMin < 0 {
		base = -128
	}
	if dot.Signed() {
		base += 128
	}
	return p.ZeroPoint[0] - base, p.QMin - base, p.QMax - base
}

// params are what the stored codes of v mean.
func (l *lowerer) params(v graph.ValueID) q8.Params { return l.paramsOf(l.plan.Codes[v]) }

func (l *lowerer) paramsOf(q *plan.Quant) q8.Params {
	zero, _, _ := Stored(q.Params, l.cfg.Dot)
	return q8.Params{Scale: q.Params.Scale[0], Zero: zero}
}

// coded is how the operator of s makes codes: their quantizer, the bounds between which they lie, rounding
// being monotonic, and the table for what follows, 0 if nothing does.
type coded struct {
	q            *plan.Quant
	zero, lo, hi int32
	table        uint32
}

func (l *lowerer) coded(s *plan.Step) coded {
	lo, hi := unbounded[0], unbounded[1]
	for _, k := range s.Chain[1 : s.Coded+1] {
		least, most := l.g.Nodes[k.Node].Op.(graph.Clamper).Bounds()
		lo, hi = min(max(lo, least), most), min(max(hi, least), most)
	}
	c := coded{q: l.plan.Codes[s.Chain[s.Coded].Value]}
	c.zero, c.lo, c.hi = Stored(c.q.Params, l.cfg.Dot)
	code := make([]int32, 2)
	c.q.Params.Quantize(code, []float32{lo, hi}, []int{2}, c.q.Rule)
	shift := c.lo - c.q.Params.QMin
	c.lo, c.hi = max(c.lo, code[0]+shift), min(c.hi, code[1]+shift)
	if behind := s.Chain[s.Coded+1:]; len(behind) > 0 {
		c.table = l.tableOf(c.q, behind)
	}
	return c
}

// translate takes the codes that s has made through a table, unless that is 0.
func (l *lowerer) translate(s *plan.Step, table uint32) {
	if table == 0 {
		return
	}
	y, at := l.lay(s.Out()), l.at(s.Out())
	l.emit(q8.Lookup{X: at, Y: at, Shape: y.Shape, XStrides: y.Stride, YStrides: y.Stride, Table: table}.Call())
}

// recode is the lookup that makes codes of to of those of from.
func (l *lowerer) recode(from, to *plan.Quant) q8.Lookup {
	c := q8.Lookup{Signed: l.cfg.Dot.Signed()}
	c.Table = l.raw(256, func(table []byte) {
		l.encoded(table, l.decoded(allCodes(table), from), to)
		c.Line = q8.LineOf(c.Signed, table, l.paramsOf(from), l.paramsOf(to))
	})
	return c
}

// tableOf is the table from the codes of q to those of the end of links.
func (l *lowerer) tableOf(q *plan.Quant, links []plan.Link) uint32 {
	return l.raw(256, func(dst []byte) { l.throughChain(allCodes(dst), q, links) })
}

// allCodes fills a table with what changes nothing.
func allCodes(table []byte) []byte {
	for i := range table {
		table[i] = byte(i)
	}
	return table
}

// throughChain takes stored codes of q through links, in place.
func (l *lowerer) throughChain(codes []byte, q *plan.Quant, links []plan.Link) {
	x := l.decoded(codes, q)
	for _, k := range links {
		next := l.plan.Codes[k.Value]
		if k.Gate >= 0 {
			l.throughGate(codes, x, q, k)
		} else {
			twin(l.plan.FunctionOf(k))(x)
			if next == nil {
				l.plan.FakeQuantize(x, k.Value)
				continue
			}
			l.encoded(codes, x, next)
		}
		q, x = next, l.decoded(codes, next)
	}
}

// throughGate multiplies codes of q, which are the numbers x, by the function of gate k of x.
func (l *lowerer) throughGate(codes []byte, x []float32, q *plan.Quant, k plan.Link) {
	a, b, y := l.paramsOf(q), l.params(l.g.Nodes[k.Gate].Outputs[0]), l.plan.Codes[k.Value]
	zero, lo, hi := Stored(y.Params, l.cfg.Dot)
	product := ref.QBinary{
		Signed: l.cfg.Dot.Signed(), AScale: a.Scale, BScale: b.Scale, YScale: y.Params.Scale[0],
		AZero: a.Zero, BZero: b.Zero, YZero: zero, Lo: lo, Hi: hi,
	}
	gates, through := make([]byte, len(codes)), slices.Clone(x)
	twin(l.plan.FunctionOf(k))(through)
	l.encoded(gates, through, l.plan.Codes[l.g.Nodes[k.Gate].Outputs[0]])
	for j, g := range gates {
		codes[j] = product.QMul(codes[j], g)
	}
}

// encoded writes the stored codes of x.
func (l *lowerer) encoded(codes []byte, x []float32, q *plan.Quant) {
	_, lo, hi := Stored(q.Params, l.cfg.Dot)
	wide := make([]int32, len(x))
	q.Params.Quantize(wide, x, []int{len(x)}, q.Rule)
	for i, v := range wide {
		codes[i] = byte(min(max(v+lo-q.Params.QMin, lo), hi))
	}
}

// decoded is the numbers that stored codes stand for.
func (l *lowerer) decoded(codes []byte, q *plan.Quant) []float32 {
	zero, _, _ := Stored(q.Params, l.cfg.Dot)
	x := make([]float32, len(codes))
	for i, c := range codes {
		x[i] = float32(ref.QValue(c, l.cfg.Dot.Signed())-zero) * q.Params.Scale[0]
	}
	return x
}
