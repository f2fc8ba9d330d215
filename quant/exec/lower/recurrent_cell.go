package lower

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// cellOf packs what the cell multiplies by and gives what runs a step of it, of X·W: it makes next, and fresh of an
// LSTM, of hidden and cell.
func (c *sequence) cellOf(w int) func(x operand) {
	h := c.op.Hidden
	switch {
	case c.op.Cell == graph.RNN:
		r := c.pack(2, 0, w)
		return func(x operand) {
			c.sums(r, w, x)
			c.activate(c.functions[0], c.next, c.gates, h)
		}
	case c.op.Cell == graph.LSTM:
		r := c.pack(2, 0, w)
		return func(x operand) {
			c.sums(r, w, x)
			c.lstm()
		}
	case c.op.LinearBeforeReset:
		r := c.pack(2, 0, w)
		return func(x operand) {
			f32Product(c.lowerer, c.hidden.at, h, r, c.spare.at, c.items, w)
			c.elements(call.F32Add, c.gates, c.spare, x, []int{c.items, 2 * h})
			c.activate(c.functions[0], c.gates, c.gates, 2*h)
			candidate := c.gate(c.gates, 2)
			c.elements(call.F32Mul, candidate, c.gate(c.gates, 1), c.gate(c.spare, 2), c.whole)
			c.gru(candidate, x)
		}
	}
	gates, last := c.pack(2, 0, 2*h), c.pack(2, 2*h, w)
	return func(x operand) {
		two := operand{c.spare.at, []int{elem * 2 * h, elem}}
		f32Product(c.lowerer, c.hidden.at, h, gates, two.at, c.items, 2*h)
		c.elements(call.F32Add, c.gates, two, x, []int{c.items, 2 * h})
		c.activate(c.functions[0], c.gates, c.gates, 2*h)
		c.elements(call.F32Mul, c.scrap[0], c.gate(c.gates, 1), c.hidden, c.whole)
		f32Product(c.lowerer, c.scrap[0].at, h, last, c.scrap[1].at, c.items, h)
		c.gru(c.scrap[1], x)
	}
}

// sums makes the gates: X·W + H·R with their biases.
func (c *sequence) sums(r uint32, w int, x operand) {
	f32Product(c.lowerer, c.hidden.at, c.op.Hidden, r, c.gates.at, c.items, w)
	c.elements(call.F32Add, c.gates, c.gates, x, []int{c.items, w})
}

// gru ends a step of a GRU, given what of the state goes into its hidden gate.
func (c *sequence) gru(candidate, x operand) {
	update := c.gate(c.gates, 0)
	c.elements(call.F32Add, candidate, candidate, c.gate(x, 2), c.whole)
	c.activate(c.functions[1], candidate, candidate, c.op.Hidden)
	c.elements(call.F32Sub, c.scrap[0], c.constantOf(1), update, c.whole)
	c.elements(call.F32Mul, c.scrap[0], c.scrap[0], candidate, c.whole)
	c.elements(call.F32Mul, c.scrap[1], update, c.hidden, c.whole)
	c.elements(call.F32Add, c.next, c.scrap[0], c.scrap[1], c.whole)
}

// lstm ends a step of an LSTM, whose gates are input, output, forget and cell.
func (c *sequence) lstm() {
	h := c.op.Hidden
	input, output, forget, cell := c.gate(c.gates, 0), c.gate(c.gates, 1), c.gate(c.gates, 2), c.gate(c.gates, 3)
	peepholes := c.input(graph.RecurrentPeepholes)
	peep := func(gate operand, i int, state operand) {
		if peepholes == 0 {
			return
		}
		p := operand{peepholes + uint32(elem*h*(3*c.d+i)), []int{0, elem}}
		c.elements(call.F32Mul, c.scrap[0], p, state, c.whole)
		c.elements(call.F32Add, gate, gate, c.scrap[0], c.whole)
	}
	peep(input, 0, c.cell)
	peep(forget, 2, c.cell)
	c.activate(c.functions[0], input, input, h)
	if c.op.InputForget {
		c.elements(call.F32Sub, forget, c.constantOf(1), input, c.whole)
	} else {
		c.activate(c.functions[0], forget, forget, h)
	}
	c.activate(c.functions[1], cell, cell, h)
	c.elements(call.F32Mul, c.scrap[0], input, cell, c.whole)
	c.elements(call.F32Mul, c.fresh, forget, c.cell, c.whole)
	c.elements(call.F32Add, c.fresh, c.fresh, c.scrap[0], c.whole)
	peep(output, 1, c.fresh)
	c.activate(c.functions[0], output, output, h)
	c.apply(c.functions[2], c.scrap[1], c.fresh, h, 0) // ONNX Runtime clips gates only
	c.elements(call.F32Mul, c.next, output, c.scrap[1], c.whole)
}

// activate makes to of rows of n numbers, which the layer clips first.
func (c *sequence) activate(a graph.Activation, to, from operand, n int) {
	c.apply(a, to, from, n, c.op.Clip)
}

// apply makes to of rows of n numbers, limited to the clip unless that is 0.
func (c *sequence) apply(a graph.Activation, to, from operand, n int, clip float32) {
	shape := []int{c.items, n}
	each := func(functions ...call.EpilogueOp) {
		if clip > 0 {
			functions = append([]call.EpilogueOp{f32.Clamp(-clip, clip)}, functions...)
		}
		c.emit(f32.Map{X: from.at, Y: to.at, Shape: shape, XStrides: from.strides, YStrides: to.strides, C: 1, Epilogue: functions}.Call())
	}
	aside := operand{c.aside, []int{elem * n, elem}}
	switch a.Name {
	case "Relu":
		each(f32.Relu())
	case "Tanh":
		each(f32.Tanh())
	case "Sigmoid":
		each(f32.Sigmoid())
	case "Softplus":
		each(f32.Softplus())
	case "LeakyRelu":
		each(f32.LeakyRelu(a.Alpha))
	case "HardSigmoid":
		each(f32.HardSigmoid(a.Alpha, a.Beta))
	case "Elu":
		each(f32.Elu(a.Alpha))
	case "Affine":
		each()
		c.elements(call.F32Mul, to, to, c.constantOf(a.Alpha), shape)
		c.elements(call.F32Add, to, to, c.constantOf(a.Beta), shape)
	case "ScaledTanh":
		each()
		c.elements(call.F32Mul, to, to, c.constantOf(a.Beta), shape, f32.Tanh())
		c.elements(call.F32Mul, to, to, c.constantOf(a.Alpha), shape)
	case "ThresholdedRelu":
		each()
		c.elements(call.F32Less, aside, c.constantOf(a.Alpha), to, shape)
		c.elements(call.F32Keep, to, to, aside, shape)
	case "Softsign":
		each()
		c.emit(f32.Map{X: to.at, Y: aside.at, Shape: shape, XStrides: to.strides, YStrides: aside.strides, C: 1, Epilogue: []call.EpilogueOp{f32.Abs()}}.Call())
		c.elements(call.F32Add, aside, aside, c.constantOf(1), shape)
		c.elements(call.F32Div, to, to, aside, shape)
	default:
		c.err = fmt.Errorf("activation %q is not known", a.Name)
	}
}
