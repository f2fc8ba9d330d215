package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// weighted is a layer on floats with constant weights.
type weighted struct {
	l         *lowerer
	s         *plan.Step
	out, axis int // output channels, and which dimension of the weights they are; for 1 they count within a group
	w, bias   []float32
}

// get gives weights and bias, the following BatchNormalization folded in: w·f, (b·f) + shift. They are made
// when they are packed, not where others have packed them.
func (c *weighted) get() (w, bias []float32) {
	if c.w == nil {
		c.w, c.bias = c.l.fold(c.s, c.out, c.axis)
	}
	return c.w, c.bias
}

func (l *lowerer) fold(s *plan.Step, o, axis int) (w, bias []float32) {
	wv := s.Inputs[1]
	w = l.plan.Numbers(wv)
	if len(s.Inputs) > 2 && s.Inputs[2] != graph.None {
		bias = l.plan.Numbers(s.Inputs[2])
	}
	if s.Norm < 0 {
		bias = slices.Clone(bias)
		l.roundBias(s, bias)
		return w, bias
	}
	f, shift := plan.NormFactors(l.g, l.g.Nodes[s.Norm])
	shape := l.g.Values[wv].Shape
	inner := graph.Len(shape[axis+1:])
	groups := o / shape[axis] // more than one only for axis 1
	perGroup := shape[0] / groups
	folded := make([]float32, len(w))
	for c, run := range scheme.Channels(shape, axis) {
		if axis == 1 {
			c += run.From / (inner * shape[1]) / perGroup * shape[1]
		}
		for i := run.From; i < run.To; i++ {
			folded[i] = w[i] * f[c]
		}
	}
	b := make([]float32, o)
	for c := range b {
		b[c] = shift[c]
		if bias != nil {
			b[c] = float32(bias[c]*f[c]) + shift[c]
		}
	}
	l.roundBias(s, b)
	return folded, b
}

// weightsRun reports whether weights or bias of step s are computed while running.
func (l *lowerer) weightsRun(s *plan.Step) bool { return !plan.Constant(l.g, s.Inputs[1:]) }

// hasBias reports whether the layer of s adds one to its sums.
func hasBias(s *plan.Step) bool {
	return s.Norm >= 0 || len(s.Inputs) > 2 && s.Inputs[2] != graph.None
}

// part is x[at:at+n], nil for nil.
func part(x []float32, at, n int) []float32 {
	if x == nil {
		return nil
	}
	return x[at : at+n]
}

// ascending is 0 … n-1.
func ascending(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

// roundBias gives bias, with a following BatchNormalization folded in, as the integers of an integer run
// stand for it, if that is what the run is to do and the layer of s is one of integers there.
func (l *lowerer) roundBias(s *plan.Step, bias []float32) {
	if !l.plan.RoundBias || bias == nil || !l.plan.Forms[s.Node].Integer {
		return
	}
	w := l.plan.Integers(s.Node)
	for i := range bias {
		bias[i] = float32(w.Bias[i]) * w.M[i]
	}
}

// integerOut says what becomes of the sums of s, given the real value m of their units: codes, or floats,
// with the epilogue still to come.
func (l *lowerer) integerOut(s *plan.Step, m []float32) (q8.Out, []float32) {
	if s.Coded < 0 {
		return q8.Out{Float: true, Epilogue: l.epilogue(s)}, m
	}
	r := l.coded(s)
	scaled := make([]float32, len(m))
	for i := range m {
		scaled[i] = m[i] / r.q.Params.Scale[0]
	}
	return q8.Out{Zero: r.zero, Lo: r.lo, Hi: r.hi, Table: r.table}, scaled
}
