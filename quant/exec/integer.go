package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// integer emits step s on codes and reports whether it could: its data inputs and its output must be
// stored as codes and the operator have an integer kernel (a convolution or product may also leave floats).
func (l *lowerer) integer(s *step) bool {
	if s.node < 0 || l.plan.codes[l.g.Nodes[s.node].Inputs[0]] == nil {
		return false
	}
	n := l.g.Nodes[s.node]
	switch op := n.Op.(type) {
	case graph.Conv:
		return l.integerConv(s, n, op)
	case graph.Gemm, graph.MatMul:
		return l.integerGemm(s, n)
	}
	if l.plan.codes[s.out()] == nil {
		return false
	}
	if elementwise(l.g, n) {
		return l.integerLookup(s, n)
	}
	switch op := n.Op.(type) {
	case graph.Add, graph.Mul:
		return l.integerBinary(s, n)
	case graph.AveragePool:
		return l.integerAverage(s, n, op.Kernel, op.Strides, op.Dilations, op.Pads, op.IncludePad)
	case graph.GlobalAveragePool:
		shape := l.g.Values[n.Inputs[0]].Shape
		return l.integerAverage(s, n, [2]int{shape[2], shape[3]}, [2]int{1, 1}, [2]int{1, 1}, [4]int{}, false)
	}
	return len(s.chain) == 1 && l.integerMove(s, n)
}

// coded is how the operator of s makes codes, and the table for what follows it, if anything does but
// clamps. Not ok if something does that is no function of codes.
func (l *lowerer) coded(s *step) (r requant, table uint32, ok bool) {
	r, rest, ok := l.clamps(s)
	if ok && len(rest) > 0 {
		table, ok = l.chainTable(r.q, rest)
	}
	return r, table, ok
}

// translate takes the codes that s has made through a table, unless that is 0.
func (l *lowerer) translate(s *step, table uint32) {
	if table == 0 {
		return
	}
	y, at := l.plan.layouts[s.out()], l.at(s.out())
	l.emit(q8.Lookup{X: at, Y: at, Shape: y.shape, XStrides: y.stride, YStrides: y.stride, Table: table}.Call())
}

// stored are zero point and bounds of codes as the machine stores them: unsigned, or less 128 signed.
func stored(p scheme.QParams, dot call.Dot) (zero, lo, hi int32) {
	base := int32(0)
	if p.QMin < 0 {
		base = -128
	}
	if dot.Signed() {
		base += 128
	}
	return p.ZeroPoint[0] - base, p.QMin - base, p.QMax - base
}

// requant is how a step's result becomes the codes of its output: the output's quantizer, and the real
// bounds that clamps on the way put.
type requant struct {
	q      *Quant
	lo, hi float32
}

// clamps reads the chain of s as bounds on the way to codes: ReLU and Clip up to the end, or up to a value
// in between that has codes; rest is what follows that.
func (l *lowerer) clamps(s *step) (r requant, rest []link, ok bool) {
	r = requant{nil, unbounded[0], unbounded[1]}
	for i, k := range s.chain {
		if k.node >= 0 {
			var lo, hi float32
			switch op := l.g.Nodes[k.node].Op.(type) {
			case graph.Relu:
				hi = unbounded[1]
			case graph.Clip:
				lo, hi = op.Lo, op.Hi
			default:
				return r, nil, false
			}
			r.lo, r.hi = min(max(r.lo, lo), hi), min(max(r.hi, lo), hi)
		}
		if i == len(s.chain)-1 {
			r.q = l.plan.codes[k.value]
			return r, nil, r.q != nil
		}
		if l.plan.tapped[k.value] {
			r.q = codesOf(l.g, l.cfg, k.value)
			return r, s.chain[i+1:], r.q != nil && l.plan.codes[s.out()] != nil
		}
	}
	return r, nil, false
}

// bounds are the stored codes between which the result lies: those of the real bounds, rounding being
// monotonic.
func (l *lowerer) bounds(r requant) (zero, lo, hi int32) {
	zero, lo, hi = stored(r.q.Params, l.cfg.Dot)
	code := make([]int32, 2)
	r.q.Params.Quantize(code, []float32{r.lo, r.hi}, []int{2}, r.q.Rule)
	shift := lo - r.q.Params.QMin
	return zero, max(lo, code[0]+shift), min(hi, code[1]+shift)
}
