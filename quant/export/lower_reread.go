package export

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

// reread decodes a written file and compares it with the network: its nodes one by one with the
// constants they read, the scale and the zero point of every quantized activation, and every weight,
// dequantized, with what fake-quantizing the float one gives, bit for bit.
func (l *lowering) reread(file []byte) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	r := lowered{l, map[string]*onnx.Tensor{}}
	for i := range m.Graph.Initializers {
		r.constants[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	written, _ := graph.Alive(l.Graph) // codes made for an operator that stayed float after all are not
	for i, n := range l.Graph.Nodes {
		if !written[i] {
			continue
		}
		if err := r.node(m.Graph, n); err != nil {
			return fmt.Errorf("node %q: %w", n.Name, err)
		}
	}
	for v, q := range l.of {
		if q < 0 {
			continue
		}
		value := l.c.Graph.Values[v]
		if value.Const != nil {
			err = r.weight(graph.ValueID(v), l.params[q])
		} else if c := l.codes[v]; c != nil && l.want[v] != nil {
			err = r.numbers(c, inType(l.params[q], l.dtype))
		}
		if err != nil {
			return fmt.Errorf("%q: %w", value.Name, err)
		}
	}
	return nil
}

// lowered is a file beside what it was written from.
type lowered struct {
	*lowering
	constants map[string]*onnx.Tensor
}

// node finds a node by its first output, with its operator and what it reads.
func (r lowered) node(g *onnx.Graph, n graph.Node) error {
	out := r.Graph.Values[n.Outputs[0]].Name
	at := slices.IndexFunc(g.Nodes, func(m onnx.Node) bool { return len(m.Outputs) > 0 && m.Outputs[0] == out })
	if at < 0 {
		return fmt.Errorf("nothing makes %q", out)
	}
	got := g.Nodes[at]
	want, ok := r.types[n.Name]
	if !ok && got.Domain != "" || ok && (got.OpType != want.name || got.Domain != want.domain) {
		return fmt.Errorf("it is %s.%s", got.Domain, got.OpType)
	}
	if got.OpType == "Mul" && n.Op.Type() == "SiLU" { // written as two
		return nil
	}
	if len(got.Inputs) < len(n.Inputs) {
		return fmt.Errorf("it reads %d values, not %d", len(got.Inputs), len(n.Inputs))
	}
	for i, v := range n.Inputs {
		name := ""
		if v != graph.None {
			name = r.Graph.Values[v].Name
		}
		if got.Inputs[i] != name {
			return fmt.Errorf("it reads %q as input %d, not %q", got.Inputs[i], i, name)
		}
		if v == graph.None {
			continue
		}
		if err := r.constant(v); err != nil {
			return fmt.Errorf("input %q: %w", name, err)
		}
	}
	return nil
}

// constant compares a constant with what the file has by its name.
func (r lowered) constant(v graph.ValueID) error {
	want := r.Graph.Values[v].Const
	if want == nil {
		return nil
	}
	if want.DType == graph.Float32 {
		got, err := r.floatsOf(v)
		if err == nil && !slices.EqualFunc(got, want.F, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }) {
			err = fmt.Errorf("the stored numbers differ")
		}
		return err
	}
	got, err := r.intsOf(v)
	if err == nil && !slices.Equal(got, want.I) {
		err = fmt.Errorf("the stored integers differ")
	}
	return err
}

// numbers compares the stored scale and zero point of codes with p.
func (r lowered) numbers(c *coded, p scheme.QParams) error {
	if c.scale == graph.None || c.zero == graph.None {
		return nil // codes that no operator reads by themselves
	}
	scale, err := r.floatsOf(c.scale)
	if err != nil {
		return err
	}
	zero, err := r.intsOf(c.zero)
	if err != nil {
		return err
	}
	if !slices.Equal(scale, p.Scale) || len(zero) != len(p.ZeroPoint) || len(zero) > 0 && zero[0] != int64(p.ZeroPoint[0]) {
		return fmt.Errorf("stored with scale %v and zero point %v, not %v and %v", scale, zero, p.Scale, p.ZeroPoint)
	}
	return nil
}

// weight compares a weight as an integer operator reads it with the fake-quantized one.
func (r lowered) weight(v graph.ValueID, p scheme.QParams) error {
	w, ok := r.weights[v]
	if !ok {
		return nil // dequantized, as in the QDQ form
	}
	q, err := r.intsOf(w.id)
	if err != nil {
		return err
	}
	value := r.c.Graph.Values[v]
	want := make([]float32, len(value.Const.F))
	p.FakeQuantize(want, value.Const.F, value.Const.Shape, r.c.Recipe.Rule)
	if r.can.mqbenchIntegers {
		for i, code := range wrapped(value.Const, w.whole).I {
			want[i] = float32(code-int64(w.whole.ZeroPoint[0])) * w.whole.Scale[0]
		}
	}
	if len(q) != len(want) {
		return fmt.Errorf("%d codes, not %d", len(q), len(want))
	}
	bad := -1
	for ch, run := range p.Groups(value.Shape, len(q)) {
		for i := run.From; i < run.To; i++ {
			if w.dead != nil && w.dead[i/(len(q)/len(w.dead))] {
				continue
			}
			if x := float32(q[i]-int64(w.whole.ZeroPoint[ch])) * w.whole.Scale[ch]; math.Float32bits(x) != math.Float32bits(want[i]) && (x != 0 || want[i] != 0) {
				bad = i
			}
		}
	}
	if bad >= 0 {
		return fmt.Errorf("element %d is stored as code %d, which is not %g", bad, q[bad], want[bad])
	}
	return r.numbers(&w.coded, w.p)
}

func (r lowered) floatsOf(v graph.ValueID) ([]float32, error) {
	t, ok := r.constants[r.Graph.Values[v].Name]
	if !ok {
		return nil, fmt.Errorf("%q is not there", r.Graph.Values[v].Name)
	}
	return t.Floats(nil)
}

func (r lowered) intsOf(v graph.ValueID) ([]int64, error) {
	t, ok := r.constants[r.Graph.Values[v].Name]
	if !ok {
		return nil, fmt.Errorf("%q is not there", r.Graph.Values[v].Name)
	}
	return t.Ints(nil)
}
