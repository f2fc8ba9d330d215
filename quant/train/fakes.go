package train

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// fake is quantizer i of the network with its numbers as calibrated.
func (t *stepper) fake(i int) (fakequant.FakeQuantizer, error) {
	return fakeOf(t.c.Quantizers[i], t.c.Params[i], t.c.Recipe.Rule, t.c.Recipe.MQBenchExact)
}

// fakeOf makes the fake-quantizer of q and gives it its numbers. Of the range it is told only whether it has negative
// numbers, which is all that one of them asks.
func fakeOf(q prepare.Quantizer, p scheme.QParams, rule scheme.Rule, exact bool) (fakequant.FakeQuantizer, error) {
	f, err := fakequant.New(q.FakeQuant, fakequant.Config{Scheme: q.Scheme, Rule: rule, Weight: q.Weight, Exact: exact, Options: q.FakeQuantOptions})
	if err != nil {
		return nil, err
	}
	lo, hi := make([]float32, len(p.Scale)), make([]float32, len(p.Scale))
	for c, s := range p.Scale {
		hi[c] = s * float32(p.QMax-p.ZeroPoint[c])
		if q.Scheme.Symmetric || p.ZeroPoint[c] > p.QMin {
			lo[c] = -s
		}
	}
	f.Load(p, lo, hi)
	return f, nil
}

// learn makes parameters of what fake-quantizer i has of them, as package fakequant names them.
func (t *stepper) learn(i int) (map[string]int, error) {
	f, err := t.fake(i)
	if err != nil {
		return nil, err
	}
	made := map[string]int{}
	trainable, ok := f.(fakequant.Trainable)
	if !ok {
		return made, nil
	}
	for _, p := range trainable.Parameters() {
		k := t.parameter(t.c.Quantizers[i].Name+"."+p.Name, []int{len(p.Value)}, p.Value)
		t.params[k].quantizer, t.params[k].role = i, p.Name
		made[p.Name] = k
	}
	return made, nil
}

// value is where parameter k lies.
func (t *stepper) value(k int) graph.ValueID { return t.params[k].Value }

// quantize puts the quantizers of value v behind it.
func (t *stepper) quantize(v graph.ValueID) error {
	for _, i := range t.on[v] {
		y, err := t.quantizer(i, t.made[v])
		if err != nil {
			return fmt.Errorf("quant/train: %s: %w", t.c.Quantizers[i].Name, err)
		}
		t.made[v] = y
	}
	return nil
}

// form appends quantizer i of x, with its parameters and its gradients.
type form func(t *stepper, i int, x graph.ValueID) (graph.ValueID, error)

// forms are the fake-quantizers that a step has a form of its own for, by name. The others stay as they were observed.
func forms(exact bool) map[string]form {
	all := map[string]form{
		"learnable": (*stepper).learnable,
		"qdrop":     (*stepper).dropping,
		"pact":      (*stepper).clipping,
		"tqt":       (*stepper).threshold,
		"dsq":       (*stepper).soft,
		"dorefa":    (*stepper).normal,
	}
	if exact { // [Q] neither learns
		all["pact"], all["tqt"] = (*stepper).observed, (*stepper).observedThreshold
	}
	return all
}

// quantizer appends quantizer i of x.
func (t *stepper) quantizer(i int, x graph.ValueID) (graph.ValueID, error) {
	name := t.c.Quantizers[i].FakeQuant
	if _, err := fakequant.KindOf(name); err != nil {
		return graph.None, err
	}
	if f, ok := forms(t.c.Recipe.MQBenchExact)[name]; ok {
		return f(t, i, x)
	}
	return t.observed(i, x)
}

// observed has the numbers that were observed; nothing is learned.
func (t *stepper) observed(i int, x graph.ValueID) (graph.ValueID, error) {
	y, grid := t.onGrid(i, x), t.c.Params[i].Grid
	if t.c.Recipe.MQBenchExact && !grid.Whole() { // [Q] it lets the gradient through beyond the greatest float too
		t.blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) { return l.each(l.g) }}
	}
	return y, nil
}

// onGrid is x on the grid of quantizer i as it was observed, with the gradient that this has by itself.
func (t *stepper) onGrid(i int, x graph.ValueID) graph.ValueID {
	name, p := t.c.Quantizers[i].Name, t.c.Params[i]
	if table := p.Grid.Table(); table != nil {
		return t.listed(name, x, p, table)
	}
	return t.Node(name, graph.FakeQuantize{Params: p, Rule: t.c.Recipe.Rule}, x)
}

// observedThreshold is [Q] MQBench's TQT: the scale as observed decides what passes, before it became a power of two.
func (t *stepper) observedThreshold(i int, x graph.ValueID) (graph.ValueID, error) {
	if t.c.Observed == nil {
		return graph.None, fmt.Errorf("MQBench's gradient is decided by the scale that was observed, which a network that was changed after calibration does not have any more: set mqbenchExact to false")
	}
	y, p, raw := t.onGrid(i, x), t.c.Params[i], t.c.Observed[i].Scale[0]
	t.blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID {
			return l.mul(l.g(), l.halfUpInside(l.div(x, l.scalar(raw)), p.QMin, p.QMax))
		})
	}}
	return y, nil
}

// learned is LSQ's arithmetic, without a zero point.
func (t *stepper) learned(i int) Learned {
	q, p := t.c.Quantizers[i], t.c.Params[i]
	return Learned{Axis: p.Axis, QMin: p.QMin, QMax: p.QMax, Symmetric: q.Scheme.Symmetric, Rule: t.c.Recipe.Rule}
}

func (t *stepper) learnable(i int, x graph.ValueID) (graph.ValueID, error) {
	params, err := t.learn(i)
	if err != nil {
		return graph.None, err
	}
	l := t.learned(i)
	l.Scale, l.Zero = t.value(params["scale"]), t.value(params["zero_point"])
	y, s, z := l.Quantize(t.Builder, t.blocks, t.c.Quantizers[i].Name, x)
	t.leaf(s, params["scale"])
	t.leaf(z, params["zero_point"])
	return y, nil
}

// dropping is QDrop, which drops nothing outside of a reconstruction.
func (t *stepper) dropping(i int, x graph.ValueID) (graph.ValueID, error) {
	params, err := t.learn(i)
	if err != nil {
		return graph.None, err
	}
	l, p := t.learned(i), t.c.Params[i]
	l.Scale, l.Zero, l.Symmetric, l.Plain = t.value(params["scale"]), t.emit.vector([]int{len(p.Scale)}, p.Zeros()...), false, true
	if t.c.Recipe.MQBenchExact { // [Q] it divides by the scale, whatever the rule
		l.Rule = scheme.ONNX
	}
	y, s, _ := l.Quantize(t.Builder, t.blocks, t.c.Quantizers[i].Name, x)
	t.leaf(s, params["scale"])
	return y, nil
}

// clipping is PACT.
func (t *stepper) clipping(i int, x graph.ValueID) (graph.ValueID, error) {
	params, err := t.learn(i)
	if err != nil {
		return graph.None, err
	}
	q, p := t.c.Quantizers[i], t.c.Params[i]
	c := Clipped{Scheme: q.Scheme, Rule: t.c.Recipe.Rule, Negative: q.Scheme.Symmetric || p.ZeroPoint[0] > p.QMin, Alpha: t.value(params["alpha"]), NAlpha: graph.None}
	t.leaf(c.Alpha, params["alpha"])
	if k, ok := params["n_alpha"]; ok {
		c.NAlpha = t.value(k)
		t.leaf(c.NAlpha, k)
	}
	return c.Quantize(t.Builder, t.blocks, q.Name, x), nil
}

// threshold is TQT.
func (t *stepper) threshold(i int, x graph.ValueID) (graph.ValueID, error) {
	params, err := t.learn(i)
	if err != nil {
		return graph.None, err
	}
	q, p := t.c.Quantizers[i], t.c.Params[i]
	c := Threshold{Log2T: t.value(params["log2_t"]), Bits: q.Scheme.Bits, QMin: p.QMin, QMax: p.QMax, HalfUp: p.Grid == scheme.HalfUp}
	t.leaf(c.Log2T, params["log2_t"])
	return c.Quantize(t.Builder, t.blocks, q.Name, x), nil
}

// soft is DSQ.
func (t *stepper) soft(i int, x graph.ValueID) (graph.ValueID, error) {
	q := t.c.Quantizers[i]
	return Soft{Params: t.c.Params[i], Rule: t.c.Recipe.Rule, Alpha: q.FakeQuantOptions.Alpha}.Quantize(t.Builder, t.blocks, q.Name, x), nil
}

// listed rounds to the nearest of the numbers of a table, times a scale: the kernels that fake-quantize have no tables of
// numbers, which are for weights, and a network that runs has those rounded.
func (t *stepper) listed(name string, x graph.ValueID, p scheme.QParams, table []float32) graph.ValueID {
	q := quantizer{emit: emit{Builder: t.Builder, at: name}, x: x, axis: p.Axis}
	q.fix(p)
	v := q.div(x, q.scale)
	y := q.scalar(table[0])
	for i, n := range table[1:] {
		above := q.op("above", graph.Greater{}, v, q.scalar((table[i]+n)/2))
		y = q.op("nearest", graph.Where{}, above, q.scalar(n), y)
	}
	y = q.mul(y, q.scale)
	t.blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID { return l.mul(l.g(), l.notBeyond(v, p.Grid)) })
	}}
	return y
}

// notBeyond is 1 where x is not beyond the greatest number of a grid of floats.
func (e emit) notBeyond(x graph.ValueID, g scheme.Grid) graph.ValueID {
	beyond := math.Nextafter32(g.Most(), infinite(1))
	return e.unary(graph.Within{Lo: -beyond, Hi: beyond}, x)
}

// normal is DoReFa, of h/(max|h| + 1e-5), h = tanh x (spec §2.4). The gradient of that is that of its nodes.
func (t *stepper) normal(i int, x graph.ValueID) (graph.ValueID, error) {
	e := emit{Builder: t.Builder, at: t.c.Quantizers[i].Name}
	h := e.unary(graph.Tanh{}, x)
	most := e.op("max", graph.ReduceMax{Axes: e.others(x, -1), KeepDims: true}, e.unary(graph.Abs{}, h))
	return t.observed(i, e.div(h, e.plus(most, fakequant.DoReFaMargin)))
}

// halfUpInside is 1 where x, a number of steps of which negative ties are rounded up, rounds to a code there is.
func (e emit) halfUpInside(x graph.ValueID, qmin, qmax int32) graph.ValueID {
	lo, hi := float32(qmin)-0.5, float32(qmax)+0.5
	lo = math.Nextafter32(lo, infinite(-1)) // a negative tie is inside
	if qmax%2 == 0 {                        // and a positive one where it goes down
		hi = math.Nextafter32(hi, infinite(1))
	}
	return e.unary(graph.Within{Lo: lo, Hi: hi}, x)
}
