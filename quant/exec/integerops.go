package exec

import (
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
)

// integerBinary runs Add or Mul of two values stored as codes.
func (l *lowerer) integerBinary(s *step, n graph.Node) bool {
	a, b, y := n.Inputs[0], n.Inputs[1], s.out()
	r, table, ok := l.coded(s)
	if !ok || l.plan.codes[b] == nil {
		return false
	}
	shape := l.plan.layouts[y].shape
	operand := func(v graph.ValueID) q8.Operand {
		p := l.plan.codes[v].Params
		zero, _, _ := stored(p, l.cfg.Dot)
		return q8.Operand{Addr: l.at(v), Strides: l.strides(v, shape), Scale: p.Scale[0], Zero: zero}
	}
	zero, lo, hi := l.bounds(r)
	c := q8.Binary{
		Signed: l.cfg.Dot.Signed(), Shape: shape, A: operand(a), B: operand(b), Lo: lo, Hi: hi,
		Y: q8.Operand{Addr: l.at(y), Strides: l.plan.layouts[y].stride, Scale: r.q.Params.Scale[0], Zero: zero},
	}
	if _, ok := n.Op.(graph.Mul); ok {
		l.emit(q8.Mul{Binary: c}.Call())
	} else {
		l.emit(q8.Add{Binary: c}.Call())
	}
	l.translate(s, table)
	return true
}

// integerAverage runs a mean over windows.
func (l *lowerer) integerAverage(s *step, n graph.Node, kernel, strides, dilations [2]int, pads [4]int, countPad bool) bool {
	r, table, ok := l.coded(s)
	if !ok {
		return false
	}
	x, y := l.plan.codes[n.Inputs[0]].Params, r.q.Params
	xzero, _, _ := stored(x, l.cfg.Dot)
	yzero, lo, hi := l.bounds(r)
	l.emit(q8.AvgPool{
		Pool:   l.integerPool(s, n, kernel, strides, dilations, pads),
		XScale: x.Scale[0], YScale: y.Scale[0], XZero: xzero, YZero: yzero, Lo: lo, Hi: hi, CountPad: countPad,
	}.Call())
	l.translate(s, table)
	return true
}

func (l *lowerer) integerPool(s *step, n graph.Node, kernel, strides, dilations [2]int, pads [4]int) q8.Pool {
	x, y := n.Inputs[0], s.out()
	in, out := l.plan.layouts[x], l.plan.layouts[y]
	return q8.Pool{
		Signed: l.cfg.Dot.Signed(),
		X:      l.at(x), XImg: uint32(in.stride[0]), XRow: uint32(in.stride[2]), XPix: uint32(in.stride[3]),
		Y: l.at(y), YImg: uint32(out.stride[0]), YRow: uint32(out.stride[2]), YPix: uint32(out.stride[3]),
		N: uint32(in.shape[0]), H: uint32(in.shape[2]), W: uint32(in.shape[3]), C: uint32(in.shape[1]),
		OH: uint32(out.shape[2]), OW: uint32(out.shape[3]),
		KH: uint32(kernel[0]), KW: uint32(kernel[1]), StrideH: uint32(strides[0]), StrideW: uint32(strides[1]),
		DilH: uint32(dilations[0]), DilW: uint32(dilations[1]),
		PadT: uint32(pads[0]), PadL: uint32(pads[1]), PadB: uint32(pads[2]), PadR: uint32(pads[3]),
	}
}

// params are what the stored codes of v mean.
func (l *lowerer) params(v graph.ValueID) q8.Params {
	p := l.plan.codes[v].Params
	zero, _, _ := stored(p, l.cfg.Dot)
	return q8.Params{Scale: p.Scale[0], Zero: zero}
}

// integerConcat joins codes; those of another meaning are translated by a table.
func (l *lowerer) integerConcat(s *step, n graph.Node, op graph.Concat) bool {
	y := s.out()
	for _, v := range n.Inputs {
		if l.plan.codes[v] == nil {
			return false
		}
	}
	dst, at := l.plan.layouts[y], l.at(y)
	for _, v := range n.Inputs {
		src := l.plan.layouts[v]
		switch {
		case !sameCodes(l.plan.codes[v], l.plan.codes[y]):
			to := q8.Lookup{
				Signed: l.cfg.Dot.Signed(), X: l.at(v), Y: at, Shape: src.shape, XStrides: src.stride, YStrides: dst.stride,
			}
			to.Table = l.raw(256, func(table []byte) {
				l.encoded(table, l.decoded(allCodes(table), l.plan.codes[v]), l.plan.codes[y])
				to.Line = q8.LineOf(to.Signed, table, l.params(v), l.params(y))
			})
			l.emit(to.Call())
		case src.buf < 0 || src.buf != dst.buf: // else its maker wrote it in place
			l.emit(q8.Copy{X: l.at(v), Y: at, Shape: src.shape, XStrides: src.stride, YStrides: dst.stride}.Call())
		}
		at += uint32(src.shape[op.Axis] * dst.stride[op.Axis])
	}
	return true
}

// integerMove runs operators that only move codes: input and output must mean the same by them.
func (l *lowerer) integerMove(s *step, n graph.Node) bool {
	if op, ok := n.Op.(graph.Concat); ok {
		return l.integerConcat(s, n, op)
	}
	for _, v := range n.Inputs {
		if v != graph.None && !sameCodes(l.plan.codes[v], l.plan.codes[s.out()]) {
			return false
		}
	}
	l.moving = true
	defer func() { l.moving = false }()
	switch op := n.Op.(type) {
	case graph.MaxPool:
		l.emit(q8.MaxPool{Pool: l.integerPool(s, n, op.Kernel, op.Strides, op.Dilations, op.Pads)}.Call())
	case graph.Transpose:
		l.transpose(s, op)
	case graph.Slice:
		l.slice(s, op)
	case graph.Reshape:
		l.reshape(s)
	default:
		return false
	}
	return true
}
