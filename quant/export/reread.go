package export

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

// reread decodes a written file and compares it with c: the same inputs and outputs, every node of
// the network with its operator and attributes and no other, every quantizer where it was with its
// numbers, and the stored weights, dequantized, bit for bit what fake-quantizing the float ones gives.
func reread(file []byte, c *calibrate.Calibrated) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		return err
	}
	of := quantizerOf(c)
	r := &reader{c: c, g: g, producer: g.Producers(), id: map[string]graph.ValueID{}, dropped: map[graph.ValueID]graph.ValueID{}, of: of, params: storedParams(c, of), rounded: map[graph.ValueID][]float32{}}
	for v, value := range g.Values {
		r.id[value.Name] = graph.ValueID(v)
	}
	if err := r.ports(c.Graph.Inputs, g.Inputs); err != nil {
		return err
	}
	if err := r.ports(c.Graph.Outputs, g.Outputs); err != nil {
		return err
	}
	nodes := len(c.Graph.Nodes)
	for v, q := range r.of {
		if q >= 0 && c.Graph.Values[v].Const == nil {
			if nodes += 2; !saturates(r.params[q]) {
				nodes++
			}
		}
	}
	for _, n := range c.Graph.Nodes {
		if needless(c, of, r.params, n) {
			r.dropped[n.Outputs[0]] = n.Inputs[0]
			nodes--
		}
	}
	if nodes != len(g.Nodes) {
		return fmt.Errorf("it has %d nodes, not %d", len(g.Nodes), nodes)
	}
	for _, n := range c.Graph.Nodes {
		if _, dropped := r.dropped[n.Outputs[0]]; dropped {
			continue
		}
		if err := r.node(n); err != nil {
			return fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
		}
	}
	return nil
}

// reader compares the graph g of a file with what it was written from.
type reader struct {
	c        *calibrate.Calibrated
	g        *graph.Graph
	producer []int
	id       map[string]graph.ValueID        // of g's values
	dropped  map[graph.ValueID]graph.ValueID // what needless nodes of c.Graph read, by their output
	of       []int                           // quantizer of each value of c.Graph, -1 for none
	params   []scheme.QParams                // of each quantizer, as stored
	rounded  map[graph.ValueID][]float32     // what quantizers make of constants, which many nodes may read
}

func (r *reader) ports(want, got []graph.ValueID) error {
	if len(want) != len(got) {
		return fmt.Errorf("it has %d inputs or outputs, not %d", len(got), len(want))
	}
	for i := range want {
		a, b := r.c.Graph.Values[want[i]], r.g.Values[got[i]]
		if a.Name != b.Name || a.DType != b.DType || !slices.Equal(a.Shape, b.Shape) {
			return fmt.Errorf("input or output %d is %q %v, not %q %v", i, b.Name, b.Shape, a.Name, a.Shape)
		}
	}
	return nil
}

// node compares one node of the network, its outputs and what it reads.
func (r *reader) node(n graph.Node) error {
	first := slices.IndexFunc(n.Outputs, func(v graph.ValueID) bool { return v != graph.None })
	raw, err := r.raw(n.Outputs[first])
	if err != nil {
		return err
	}
	if r.producer[raw] < 0 {
		return fmt.Errorf("nothing makes %q", r.g.Values[raw].Name)
	}
	got := r.g.Nodes[r.producer[raw]]
	if a, b := fmt.Sprint(n.Op), fmt.Sprint(got.Op); n.Op.Type() != got.Op.Type() || a != b {
		return fmt.Errorf("it is %s %s, not %s", got.Op.Type(), b, a)
	}
	for i, v := range n.Inputs {
		given := i < len(got.Inputs) && got.Inputs[i] != graph.None
		if given != (v != graph.None) {
			return fmt.Errorf("input %d is missing, or was not there", i)
		}
		if !given {
			continue
		}
		if err := r.input(n, i, got.Inputs[i]); err != nil {
			return fmt.Errorf("input %q: %w", r.c.Graph.Values[v].Name, err)
		}
	}
	for i, v := range n.Outputs {
		if v == graph.None {
			continue
		}
		raw, err := r.raw(v)
		if err != nil {
			return err
		}
		if want := r.c.Graph.Values[v].Shape; got.Outputs[i] != raw || !slices.Equal(r.g.Values[raw].Shape, want) {
			return fmt.Errorf("output %d is %q %v, not %v", i, r.g.Values[got.Outputs[i]].Name, r.g.Values[raw].Shape, want)
		}
	}
	return nil
}

// input compares what node n reads at input i with value got of the file.
func (r *reader) input(n graph.Node, i int, got graph.ValueID) error {
	v := n.Inputs[i]
	value := r.c.Graph.Values[v]
	if value.Const == nil {
		raw, err := r.raw(v)
		if err == nil && r.of[v] >= 0 {
			got, err = r.unquantized(got, r.params[r.of[v]])
		}
		if err == nil && got != raw {
			err = fmt.Errorf("it reads %q", r.g.Values[got].Name)
		}
		return err
	}
	stored := r.g.Values[got].Const
	if stored == nil || stored.DType != value.Const.DType || !slices.Equal(stored.Shape, value.Const.Shape) {
		return fmt.Errorf("the stored constant has shape %v, not %v", r.g.Values[got].Shape, value.Const.Shape)
	}
	want := value.Const.F
	if q := r.of[v]; q >= 0 {
		if r.rounded[v] == nil {
			r.rounded[v] = make([]float32, len(value.Const.F))
			r.c.Params[q].FakeQuantize(r.rounded[v], value.Const.F, value.Const.Shape, r.c.Recipe.Rule)
		}
		want = r.rounded[v]
	} else if scale := biasScale(r.c.Graph, r.params, r.of, n); i == 2 && scale != nil {
		if codes, at := biasCodes(value.Const.F, scale); at < 0 {
			want = make([]float32, len(codes))
			for j, q := range codes {
				want[j] = float32(q) * scale[j%len(scale)]
			}
		}
	}
	for j := range want {
		if math.Float32bits(stored.F[j]) != math.Float32bits(want[j]) {
			return fmt.Errorf("element %d is stored as %g, not %g", j, stored.F[j], want[j])
		}
	}
	if !slices.Equal(stored.I, value.Const.I) {
		return fmt.Errorf("the stored integers differ")
	}
	return nil
}

// raw is the file's value that holds v before it is quantized. An output that is quantized gave its
// name to the quantized tensor, unless it is an input.
func (r *reader) raw(v graph.ValueID) (graph.ValueID, error) {
	if x, dropped := r.dropped[v]; dropped {
		v = x
	}
	name := r.c.Graph.Values[v].Name
	id, ok := r.id[name]
	if !ok {
		return graph.None, fmt.Errorf("there is no value %q", name)
	}
	if q := r.of[v]; q >= 0 && slices.Contains(r.c.Graph.Outputs, v) && !slices.Contains(r.c.Graph.Inputs, v) {
		return r.unquantized(id, r.params[q])
	}
	return id, nil
}

// unquantized walks from the output of a DequantizeLinear back to what was quantized, and compares
// the numbers on the way with p.
func (r *reader) unquantized(v graph.ValueID, p scheme.QParams) (graph.ValueID, error) {
	for _, want := range []graph.Op{
		graph.DequantizeLinear{Axis: max(p.Axis, 0)},
		graph.QuantizeLinear{Axis: max(p.Axis, 0), To: storage(p)},
	} {
		n := r.producer[v]
		if n < 0 || r.g.Nodes[n].Op != want {
			return graph.None, fmt.Errorf("%q is made by no %s for these parameters", r.g.Values[v].Name, want.Type())
		}
		in := r.g.Nodes[n].Inputs
		scale, zero := r.g.Values[in[1]].Const, r.g.Values[in[2]].Const
		if !slices.Equal(scale.F, p.Scale) || !slices.Equal(zero.I, zeroPoints(p).I) || zero.DType != storage(p) {
			return graph.None, fmt.Errorf("%q has another scale or zero point", r.g.Values[v].Name)
		}
		v = in[0]
	}
	if saturates(p) {
		return v, nil
	}
	n := r.producer[v]
	if n < 0 || r.g.Nodes[n].Op != graph.Op(clipOf(p)) {
		return graph.None, fmt.Errorf("%q is not clipped to the range of its codes", r.g.Values[v].Name)
	}
	return r.g.Nodes[n].Inputs[0], nil
}
