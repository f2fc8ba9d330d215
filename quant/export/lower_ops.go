package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// binary emits QLinearAdd or QLinearMul.
func (l *lowering) binary(n graph.Node) bool {
	a, b, y := l.input(n.Inputs[0]), l.input(n.Inputs[1]), l.want[n.Outputs[0]]
	if a == nil || b == nil || y == nil || !slices.Contains(l.can.ops, n.Op.Type()) {
		return false
	}
	l.qlinear(n, operatorType{microsoftDomain, "QLinear" + n.Op.Type()}, n.Outputs[0], y,
		slices.Concat(l.operand(a), l.operand(b), []graph.ValueID{l.scaleOf(y), l.zeroOf(y)})...)
	return true
}

// function emits the QLinear form of an operator of one tensor.
func (l *lowering) function(n graph.Node) bool {
	x, y := l.input(n.Inputs[0]), l.want[n.Outputs[0]]
	if x == nil || y == nil || !slices.Contains(l.can.ops, n.Op.Type()) {
		return false
	}
	l.qlinear(n, operatorType{microsoftDomain, "QLinear" + n.Op.Type()}, n.Outputs[0], y,
		append(l.operand(x), l.scaleOf(y), l.zeroOf(y))...)
	return true
}

// concat joins codes: as they are where all mean the same, else by a QLinearConcat.
func (l *lowering) concat(n graph.Node) bool {
	y := l.want[n.Outputs[0]]
	var parts []graph.ValueID
	alike, first := true, l.input(n.Inputs[0])
	for _, v := range n.Inputs {
		x := l.input(v)
		if x == nil {
			return false
		}
		alike = alike && same(x, first)
		parts = append(parts, l.operand(x)...)
	}
	if alike && (y == nil || same(y, first)) {
		return l.move(n)
	}
	if y == nil || !slices.Contains(l.can.ops, "Concat") {
		return false
	}
	l.qlinear(n, operatorType{microsoftDomain, "QLinearConcat"}, n.Outputs[0], y, append([]graph.ValueID{l.scaleOf(y), l.zeroOf(y)}, parts...)...)
	return true
}

// move emits an operator that moves or limits elements on their codes. Where its output is to have
// other codes, they are made of the first.
func (l *lowering) move(n graph.Node) bool {
	x, v := l.input(n.Inputs[0]), n.Outputs[0]
	if x == nil || len(n.Outputs) != 1 {
		return false
	}
	value := l.c.Graph.Values[v]
	moved := &coded{name: x.name, p: x.p, dtype: x.dtype, scale: x.scale, zero: x.zero}
	requantize := l.want[v] != nil && !same(x, l.want[v])
	lo, hi, limits := codeBounds(n.Op, x.p, l.c.Recipe.Rule)
	switch {
	case limits && lo <= x.p.QMin && hi >= x.p.QMax:
		moved.id = x.id // it changes no code
	case limits:
		moved.id = l.limit(n.Name, v, x.id, x, lo, hi)
	default:
		inputs := make([]graph.ValueID, len(n.Inputs))
		for i, in := range n.Inputs {
			inputs[i] = l.codes[in].id
		}
		moved.id = l.Value(graph.Value{Name: l.Name(value.Name + "_quantized"), DType: x.dtype, Shape: value.Shape})
		op := n.Op
		if pad, ok := op.(graph.Pad); ok {
			op = padCodes{pad, code(x.p, pad.Value, l.c.Recipe.Rule), x.dtype}
		}
		l.Append(graph.Node{Name: n.Name, Op: op, Inputs: inputs, Outputs: []graph.ValueID{moved.id}})
	}
	if !requantize {
		l.codes[v] = moved
		return true
	}
	float := l.dequantize(value.Name, moved.id, l.scaleOf(moved), l.zeroOf(moved), -1)
	l.made(v, float)
	return true
}

// codeBounds are the codes that a ReLU or Clip keeps to; limits is false for other operators.
func codeBounds(op graph.Op, p scheme.QParams, rule scheme.Rule) (lo, hi int32, limits bool) {
	clamp, ok := op.(graph.Clamper)
	if !ok {
		return 0, 0, false
	}
	least, most := clamp.Bounds()
	return code(p, least, rule), code(p, most, rule), true
}

// code is that of one number.
func code(p scheme.QParams, x float32, rule scheme.Rule) int32 {
	var q [1]int32
	p.Quantize(q[:], []float32{x}, []int{1}, rule)
	return q[0]
}
