package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// In a run on floats a value that is fake-quantized has at most 256 levels, so that whatever follows it
// element by element is a table of as many floats: a SiLU costs no more than finding the code, nor does
// one that the file splits into Sigmoid and Mul with quantizers between them. The table is made by the
// scalar twins of the kernels it stands for, to the same bits.

// levelGates finds gates behind fake-quantized values, nothing on the way being read otherwise.
func levelGates(g *graph.Graph, c Config, keep map[graph.ValueID]bool) gates {
	consumers, held := g.Consumers(), holds(g, c, keep)
	of := func(s *step) (gate, mul int, ok bool) {
		v := s.out()
		if held[v] || quantizers(c, v) != 1 || codesOf(g, c, v) == nil {
			return 0, 0, false
		}
		gate, mul, ok = gateOf(g, consumers, v)
		if !ok || held[g.Nodes[gate].Outputs[0]] || !oneScale(c, g.Nodes[gate].Outputs[0]) || !oneScale(c, g.Nodes[mul].Outputs[0]) {
			return 0, 0, false
		}
		_, ok = twin(g.Nodes[gate].Op)
		return gate, mul, ok
	}
	return gates{of: of}
}

// quantizers is how many v has.
func quantizers(c Config, v graph.ValueID) (n int) {
	for _, q := range c.Quant {
		if q.Value == v {
			n++
		}
	}
	return n
}

// oneScale reports whether the quantizers of v, if there are any, have one scale.
func oneScale(c Config, v graph.ValueID) bool {
	return !slices.ContainsFunc(c.Quant, func(q Quant) bool { return q.Value == v && len(q.Params.Scale) != 1 })
}

// levelTable is the post that stands for the quantizer of the first link's value and all of the next n links,
// nil if that would be no faster.
func (l *lowerer) levelTable(links []link) (post *f32.Post, n int) {
	v := links[0].value
	q := codesOf(l.g, l.cfg, v)
	if q == nil || quantizers(l.cfg, v) != 1 || l.plan.codes[v] != nil {
		return nil, 0
	}
	pays := false
	for _, k := range links[1:] {
		_, ok := twin(l.functionOf(k))
		if !ok || slices.Contains(l.cfg.Observe, k.value) || !oneScale(l.cfg, k.value) {
			break
		}
		pays = pays || k.gate >= 0 || slow(l.functionOf(k))
		n++
	}
	if !pays {
		return nil, 0
	}
	p := q.Params
	table := l.constant(int(p.QMax-p.QMin)+1, func(dst []float32) {
		for i := range dst {
			dst[i] = (float32(int(p.QMin)+i) - float32(p.ZeroPoint[0])) * p.Scale[0]
		}
		for _, k := range links[1 : 1+n] {
			l.through(dst, k)
		}
	})
	zero, lo, hi := float32(p.ZeroPoint[0]), float32(p.QMin), float32(p.QMax)
	made := f32.Lookup(p.Scale[0], zero, lo, hi, table)
	if q.Rule == scheme.ONNX {
		made = f32.LookupDiv(p.Scale[0], zero, lo, hi, table)
	}
	return &made, n
}

// limits reports whether the quantizer of link k's value limits it no less than k's operator does, so
// that this need not run: quantizing keeps the order of numbers, and takes the operator's bounds to its
// own ends.
func (l *lowerer) limits(k link) bool {
	q := codesOf(l.g, l.cfg, k.value)
	if k.node < 0 || q == nil || quantizers(l.cfg, k.value) != 1 || l.plan.codes[k.value] != nil || slices.Contains(l.cfg.Observe, k.value) {
		return false
	}
	bounds := []float32{0, unbounded[1]}
	switch op := l.g.Nodes[k.node].Op.(type) {
	case graph.Relu:
	case graph.Clip:
		bounds = []float32{op.Lo, op.Hi}
	default:
		return false
	}
	ends := slices.Clone(unbounded[:])
	l.levels(bounds, k.value)
	l.levels(ends, k.value)
	return slices.Equal(bounds, ends)
}

// through is what link k makes of x, in place.
func (l *lowerer) through(x []float32, k link) {
	f, _ := twin(l.functionOf(k))
	if k.gate < 0 {
		f(x)
	} else {
		g := slices.Clone(x)
		f(g)
		l.levels(g, l.g.Nodes[k.gate].Outputs[0])
		for i := range x {
			x[i] *= g[i]
		}
	}
	l.levels(x, k.value)
}

// levels fake-quantizes x as the value v is.
func (l *lowerer) levels(x []float32, v graph.ValueID) {
	for _, q := range l.cfg.Quant {
		if q.Value == v && l.plan.codes[v] == nil {
			p := q.Params
			p.Axis = -1
			p.FakeQuantize(x, x, []int{len(x)}, q.Rule)
		}
	}
}

// twin is the scalar twin of an operator that maps single numbers: what tables of levels and of codes are
// made by.
func twin(op graph.Op) (ref.Post, bool) {
	switch op := op.(type) {
	case graph.Relu:
		return ref.Clamp(0, unbounded[1]), true
	case graph.Clip:
		return ref.Clamp(op.Lo, op.Hi), true
	case graph.LeakyRelu:
		return ref.LeakyRelu(op.Alpha), true
	case graph.Sigmoid:
		return ref.SigmoidPost(), true
	case graph.SiLU:
		return ref.SiLUPost(), true
	case graph.HardSigmoid:
		return ref.HardSigmoidPost(op.Alpha, op.Beta), true
	case graph.HardSwish:
		return ref.HardSwishPost(), true
	case graph.Tanh:
		return ref.TanhPost(), true
	case graph.Elu:
		return ref.EluPost(op.Alpha), true
	case graph.Softplus:
		return ref.SoftplusPost(), true
	case graph.Mish:
		return ref.MishPost(), true
	case graph.Gelu:
		if op.Tanh {
			return ref.GeluTanhPost(), true
		}
		return ref.GeluPost(), true
	case graph.Exp:
		return ref.ExpPost(), true
	case graph.Sqrt:
		return ref.SqrtPost(), true
	}
	return nil, false
}

// slow reports whether an operator takes longer than finding a code's entry in a table.
func slow(op graph.Op) bool {
	switch op.(type) {
	case graph.Relu, graph.Clip, graph.LeakyRelu, graph.HardSigmoid, graph.HardSwish:
		return false
	}
	return true
}
