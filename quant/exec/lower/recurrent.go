package lower

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// stepCalls is the most calls that a step of a cell takes.
const stepCalls = 40

// sequence is a recurrent layer being lowered, in one direction: the products with W of all steps are one GEMM, and
// each step has that with R.
type sequence struct {
	*lowerer
	s         *plan.Step
	op        graph.Recurrent
	d         int // the direction
	items     int
	functions []graph.Activation // of the direction

	whole  []int     // the shape of a state
	given  uint32    // X·W + bias of each step
	gates  operand   // of the step, beside each other
	spare  operand   // of the size of the gates
	aside  uint32    // as much, for activations
	hidden operand   // the state before the step
	cell   operand   // of an LSTM
	next   operand   // the hidden state behind it
	mask   operand   // which items are in their sequence, no address where all are
	fresh  operand   // the cell state behind the step where some are not
	scrap  []operand // of the size of a state
	number map[float32]operand
}

func recurrent(l *lowerer, s *plan.Step, op graph.Recurrent) {
	x, w := l.g.Values[s.Inputs[0]].Shape, op.Gates()
	steps, items, h := x[0], x[1], op.Hidden
	if !l.room(stepCalls * steps * len(op.Reverse)) {
		return
	}
	c := &sequence{lowerer: l, s: s, op: op, items: items, whole: []int{items, h}, number: map[float32]operand{}}
	from, all := l.ordered(s.Inputs[0]), l.orderedOut(s.Out())
	c.given = l.temp(elem * steps * items * w)
	c.gates = operand{l.temp(elem * items * w), []int{elem * w, elem}}
	c.spare = operand{l.temp(elem * items * w), []int{elem * w, elem}}
	c.aside = l.temp(elem * items * w)
	for range 3 {
		c.scrap = append(c.scrap, c.state())
	}
	kept, cell := c.state(), c.state()
	c.fresh = c.state()
	places := l.constant(steps, func(dst []float32) {
		for t := range dst {
			dst[t] = float32(t)
		}
	})
	lengths := c.input(graph.RecurrentLengths)
	if lengths != 0 {
		c.mask = operand{l.temp(elem * items), []int{elem, 0}}
	}
	for d, reverse := range op.Reverse {
		c.d, c.functions = d, op.Activations[d*op.Cell.Functions():]
		f32Product(l, from, x[2], c.pack(1, 0, w), c.given, steps*items, w)
		c.hidden, c.cell = c.initial(kept, graph.RecurrentHidden), c.initial(cell, graph.RecurrentCell)
		run := c.cellOf(w)
		for i := range steps {
			t := i
			if reverse {
				t = steps - 1 - i
			}
			now := operand{c.given + uint32(elem*t*items*w), c.gates.strides}
			out := operand{all + uint32(elem*(t*len(op.Reverse)+d)*items*h), kept.strides}
			if lengths == 0 {
				c.next, c.fresh = out, c.cell
				run(now)
				c.hidden = out
				continue
			}
			l.elements(call.F32Less, operand{c.mask.at, []int{elem}}, operand{places + uint32(elem*t), []int{0}}, operand{lengths, []int{elem}}, []int{items})
			c.next = c.scrap[2]
			run(now)
			l.elements(call.F32Keep, out, c.next, c.mask, c.whole)
			c.blend(c.hidden, out)
			if op.Cell == graph.LSTM {
				l.elements(call.F32Keep, c.scrap[0], c.fresh, c.mask, c.whole)
				c.blend(c.cell, c.scrap[0])
			}
		}
		for i, last := range []operand{c.hidden, c.cell} {
			if i+1 < len(s.Outputs) && s.Outputs[i+1] != graph.None {
				l.copy(l.at(s.Outputs[i+1])+uint32(elem*d*items*h), kept.strides, last.at, last.strides, c.whole)
			}
		}
	}
	l.store(s.Out(), all)
	l.mapInPlace(s.Out(), l.epilogue(s))
	for i, v := range s.Outputs {
		if i > 0 && v != graph.None {
			l.mapInPlace(v, l.quantizersOf(s, i))
		}
	}
}

// f32Product multiplies rows of k floats by packed columns.
func f32Product(l *lowerer, a uint32, k int, b, to uint32, rows, columns int) {
	l.emit(f32.GEMM{
		A: a, LDA: uint32(elem * k), Runs: 1, RunLen: uint32(k), B: b, C: to, LDC: uint32(elem * columns),
		M: uint32(rows), N: uint32(columns), Lo: unbounded[0], Hi: unbounded[1],
	}.Call())
}

// state is memory for a state.
func (c *sequence) state() operand {
	return operand{c.temp(elem * graph.Len(c.whole)), plan.Strides(c.whole)}
}

// input is the address of an optional input, 0 where there is none.
func (c *sequence) input(i int) uint32 {
	if i >= len(c.s.Inputs) || c.s.Inputs[i] == graph.None {
		return 0
	}
	return c.at(c.s.Inputs[i])
}

// initial fills a state with what an input says it is before the first step, or zeros.
func (c *sequence) initial(to operand, i int) operand {
	if given := c.input(i); given != 0 {
		c.copy(to.at, to.strides, given+uint32(elem*c.d*graph.Len(c.whole)), to.strides, c.whole)
	} else {
		c.emit(f32.Fill{Y: to.at, Shape: c.whole, YStrides: to.strides}.Call())
	}
	return to
}

// blend replaces a state by what has zeros for the items that the mask leaves out.
func (c *sequence) blend(state, fresh operand) {
	c.elements(call.F32Drop, c.scrap[1], state, c.mask, c.whole)
	c.elements(call.F32Either, state, fresh, c.scrap[1], c.whole)
}

// pack packs columns [from, to) of input i, W or R, with the bias that ONNX has for it.
func (c *sequence) pack(i, from, to int) uint32 {
	w, bias := c.s.Inputs[i], graph.None
	if len(c.s.Inputs) > graph.RecurrentBias {
		bias = c.s.Inputs[graph.RecurrentBias]
	}
	k, rows, n := c.g.Values[w].Shape[2], c.op.Gates(), to-from
	first, second := c.d*rows+from, (2*c.d+i-1)*rows+from // row of the weights, and of the bias
	if !plan.Constant(c.g, []graph.ValueID{w, bias}) {
		at := uint32(0)
		if bias != graph.None {
			at = c.at(bias) + uint32(elem*second)
		}
		return c.packAtRunTime(k, n, at, operand{c.at(w) + uint32(elem*first*k), []int{elem * k}}, axis{k, elem})
	}
	key := packing{how: fmt.Sprint("gates ", i, from), weight: w, bias: bias, norm: -1, node: -1, part: c.d}
	return c.shared(key, f32.PackedLen(k, n), func(dst []float32) {
		var b []float32
		if bias != graph.None {
			b = c.plan.Numbers(bias)[second:][:n]
		}
		f32.PackB(dst, n, b, f32.Weights{Data: c.plan.Numbers(w)[first*k:], Positions: []int{0}, Channels: k, ChannelStride: 1, ColumnStride: k})
	})
}

// gate is gate i of those that lie beside each other.
func (c *sequence) gate(of operand, i int) operand {
	return operand{of.at + uint32(elem*i*c.op.Hidden), of.strides}
}

// constantOf is a number for every element of a state, once for equal numbers.
func (c *sequence) constantOf(x float32) operand {
	if _, ok := c.number[x]; !ok {
		c.number[x] = c.scalar(x, 2)
	}
	return c.number[x]
}
