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

// learn makes parameters of what a fake-quantizer has of them, as package fakequant names them.
func (t *stepper) learn(i int, f fakequant.FakeQuantizer) map[string]int {
	made := map[string]int{}
	trainable, ok := f.(fakequant.Trainable)
	if !ok {
		return made
	}
	for _, p := range trainable.Parameters() {
		k := t.parameter(t.c.Quantizers[i].Name+"."+p.Name, []int{len(p.Value)}, p.Value)
		t.params[k].quantizer, t.params[k].role = i, p.Name
		made[p.Name] = k
	}
	return made
}

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

// quantizer appends quantizer i of x.
func (t *stepper) quantizer(i int, x graph.ValueID) (graph.ValueID, error) {
	q, p, rule, exact := t.c.Quantizers[i], t.c.Params[i], t.c.Recipe.Rule, t.c.Recipe.MQBenchExact
	if _, err := fakequant.KindOf(q.FakeQuant); err != nil {
		return graph.None, err
	}
	switch {
	case q.FakeQuant == "learnable", q.FakeQuant == "qdrop", q.FakeQuant == "pact" && !exact, q.FakeQuant == "tqt" && !exact:
		f, err := t.fake(i)
		if err != nil {
			return graph.None, err
		}
		params := t.learn(i, f)
		value := func(name string) graph.ValueID { return t.params[params[name]].Value }
		switch q.FakeQuant {
		case "pact":
			c := Clipped{Scheme: q.Scheme, Rule: rule, Negative: q.Scheme.Symmetric || p.ZeroPoint[0] > p.QMin, Alpha: value("alpha"), NAlpha: graph.None}
			t.leaf(c.Alpha, params["alpha"])
			if k, ok := params["n_alpha"]; ok {
				c.NAlpha = t.params[k].Value
				t.leaf(c.NAlpha, k)
			}
			return c.Quantize(t.Builder, t.blocks, q.Name, x), nil
		case "tqt":
			c := Threshold{Log2T: value("log2_t"), Bits: q.Scheme.Bits, QMin: p.QMin, QMax: p.QMax, HalfUp: p.Grid == scheme.HalfUp}
			t.leaf(c.Log2T, params["log2_t"])
			return c.Quantize(t.Builder, t.blocks, q.Name, x), nil
		}
		l := Learned{Scale: value("scale"), Axis: p.Axis, QMin: p.QMin, QMax: p.QMax, Symmetric: q.Scheme.Symmetric, Rule: rule}
		if q.FakeQuant == "qdrop" { // outside of a reconstruction it drops nothing
			l.Zero, l.Symmetric, l.Plain = t.emit.vector([]int{len(p.Scale)}, p.Zeros()...), false, true
			if exact { // [Q] it divides by the scale, whatever the rule
				l.Rule = scheme.ONNX
			}
		} else {
			l.Zero = value("zero_point")
		}
		y, s, z := l.Quantize(t.Builder, t.blocks, q.Name, x)
		t.leaf(s, params["scale"])
		if k, ok := params["zero_point"]; ok {
			t.leaf(z, k)
		}
		return y, nil
	case q.FakeQuant == "dsq":
		return Soft{Params: p, Rule: rule, Alpha: q.FakeQuantOptions.Alpha}.Quantize(t.Builder, t.blocks, q.Name, x), nil
	case q.FakeQuant == "dorefa":
		x = t.normal(q.Name, x)
	}
	y := graph.None
	if table := p.Grid.Table(); table != nil {
		y = t.listed(q.Name, x, p, table)
	} else {
		y = t.Node(q.Name, graph.FakeQuantize{Params: p, Rule: rule}, x)
	}
	switch {
	case exact && q.FakeQuant == "tqt": // [Q] the scale as observed decides what passes, before it became a power of two
		if t.c.Observed == nil {
			return graph.None, fmt.Errorf("MQBench's gradient is decided by the scale that was observed, which a network that was changed after calibration does not have any more: set mqbenchExact to false")
		}
		raw := t.c.Observed[i].Scale[0]
		t.blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) {
			return l.each(func() graph.ValueID {
				return l.mul(l.g(), l.halfUpInside(l.div(x, l.scalar(raw)), p.QMin, p.QMax))
			})
		}}
	case exact && !p.Grid.Whole(): // [Q] it lets the gradient through beyond the greatest float too
		t.blocks[y] = Block{Inputs: []graph.ValueID{x}, grad: func(l *local) ([]graph.ValueID, error) { return l.each(l.g) }}
	}
	return y, nil
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

// normal is DoReFa's h/(max|h| + 1e-5), h = tanh x (spec §2.4). Its gradient is that of its nodes.
func (t *stepper) normal(name string, x graph.ValueID) graph.ValueID {
	e := emit{Builder: t.Builder, at: name}
	h := e.unary(graph.Tanh{}, x)
	most := e.op("max", graph.ReduceMax{Axes: e.others(x, -1), KeepDims: true}, e.unary(graph.Abs{}, h))
	return e.div(h, e.plus(most, fakequant.DoReFaMargin))
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
