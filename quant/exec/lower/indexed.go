package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// indexed is a call's part that Take and Put have in common, from tensors in ONNX order.
func (l *lowerer) indexed(s *plan.Step, op graph.Op, from graph.ValueID) f32.Indexed {
	p := op.(graph.Indexer).Indexed(l.g.Values[s.Inputs[0]].Shape, l.g.Values[s.Inputs[1]].Shape)
	return f32.Indexed{X: l.ordered(from), Index: l.ordered(s.Inputs[1]), Units: p.Units, Len: p.Len, Outer: p.Outer, OuterStep: p.OuterStep,
		Inner: p.Inner, Tuples: p.Tuples, Dims: p.Dims, Strides: p.Strides}
}

// taken runs an operator that takes elements by an index.
func taken(l *lowerer, s *plan.Step, op graph.Op) {
	c := f32.Take{Indexed: l.indexed(s, op, s.Inputs[0])}
	c.Y = l.orderedOut(s.Out())
	l.emit(c.Call())
	l.store(s.Out(), c.Y)
	l.mapInPlace(s.Out(), l.epilogue(s))
}

// written runs an operator that writes elements by an index over a copy of its first input.
func written(l *lowerer, s *plan.Step, op graph.Op) {
	if op.(graph.Scatterer).Reduces() {
		onTwin(l, s, op)
		return
	}
	x, y := s.Inputs[0], s.Out()
	lay := l.lay(x)
	c := f32.Put{Indexed: l.indexed(s, op, s.Inputs[2])}
	c.Y = l.temp(elem * graph.Len(lay.Shape))
	l.copy(c.Y, plan.Strides(lay.Shape), l.at(x), lay.Stride, lay.Shape)
	if c.Units > 0 {
		l.emit(c.Call())
	}
	l.move(y, c.Y, plan.Strides(lay.Shape))
	l.mapInPlace(y, l.epilogue(s))
}

// topK runs TopK.
func topK(l *lowerer, s *plan.Step, op graph.TopK) {
	l.top(s, op.Axis, op.K, op.Least, false, s.Outputs)
}

// arg runs ArgMax and ArgMin, whose values nobody wants.
func arg(l *lowerer, s *plan.Step, op graph.Arg) {
	l.top(s, op.Axis, 1, op.Least, op.Last, []graph.ValueID{graph.None, s.Out()})
}

// top finds values and places, either of which may be none.
func (l *lowerer) top(s *plan.Step, axis, k int, least, last bool, outputs []graph.ValueID) {
	x := l.g.Values[s.Inputs[0]].Shape
	inner := graph.Len(x[axis+1:])
	c := f32.Top{X: l.ordered(s.Inputs[0]), Rows: graph.Len(x[:axis]) * inner, N: x[axis], Inner: inner, K: k, Least: least, Last: last}
	to := []*uint32{&c.Values, &c.Places}
	wanted := func(i int) bool { return i < len(outputs) && outputs[i] != graph.None }
	for i, at := range to {
		if wanted(i) {
			*at = l.orderedOut(outputs[i])
		} else {
			*at = l.temp(elem * c.Rows * k)
		}
	}
	l.emit(c.Call())
	for i, at := range to {
		if !wanted(i) {
			continue
		}
		l.store(outputs[i], *at)
		if len(outputs) == len(s.Outputs) && outputs[i] == s.Outputs[i] && i > 0 {
			l.mapInPlace(outputs[i], l.quantizersOf(s, i))
		} else {
			l.mapInPlace(outputs[i], l.epilogue(s))
		}
	}
}
