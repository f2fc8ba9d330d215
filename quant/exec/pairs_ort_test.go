package exec_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// TestPairsInONNXRuntime runs the networks of TestPairs in ONNX Runtime, as floats and with QuantizeLinear
// and DequantizeLinear in the places of the quantizers. Floats are its floats but for the order of sums.
// Fake-quantized and on integers an output is within one code of its, but for the few numbers where a
// code next to a tie has fallen to the other side before something steep.
func TestPairsInONNXRuntime(t *testing.T) {
	var names []string
	var networks []*network
	var items [][][]float32
	var jobs []orttest.Job
	for _, p := range producers() {
		n := pairs(t, p, continuous())
		item := n.spread(2)[1]
		names, networks, items = append(names, p.name), append(networks, n), append(items, item)
		for _, g := range []*graph.Graph{n.Graph, n.explicit()} {
			jobs = append(jobs, n.job(g, item))
		}
	}
	orttest.RunAll(t, "node", "disabled", jobs)
	for i, n := range networks {
		t.Run(names[i], func(t *testing.T) {
			n = n.in(t)
			n.near("float", n.Graph, exec.Config{Pool: exec.Compiled}, items[i], jobs[2*i])
			n.near("simulated", n.quantized(), exec.Config{Pool: exec.Compiled}, items[i], jobs[2*i+1])
			n.near("integer", n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true}, items[i], jobs[2*i+1])
		})
	}
}

// job is g with an item of the network, for ONNX Runtime; values are named by their numbers, names being
// long here and not unique.
func (n *network) job(g *graph.Graph, item [][]float32) orttest.Job {
	n.t.Helper()
	g = g.Clone()
	for v := range g.Values {
		g.Values[v].Name = fmt.Sprint("v", v)
	}
	for i := range g.Nodes {
		g.Nodes[i].Name = fmt.Sprint("n", i)
	}
	m, err := onnx.FromGraph(g, onnx.MaxWriteOpset)
	if err != nil {
		n.t.Fatal(err)
	}
	j := orttest.Job{Model: onnx.Encode(m)}
	for i, v := range g.Inputs {
		j.Inputs = append(j.Inputs, orttest.Tensor{Name: g.Values[v].Name, Shape: g.Values[v].Shape, Data: item[i]})
	}
	for _, v := range g.Outputs {
		j.Outputs = append(j.Outputs, orttest.Tensor{Name: g.Values[v].Name})
	}
	return j
}

// explicit is the network with its quantizers as nodes; constants are the numbers of their codes.
func (n *network) explicit() *graph.Graph {
	g := n.Graph.Clone()
	after := map[int][]graph.Node{} // by index of the node that makes the value, -1 for inputs
	renamed := map[graph.ValueID]graph.ValueID{}
	producers := g.Producers()
	value := func(v graph.Value) graph.ValueID {
		g.Values = append(g.Values, v)
		return graph.ValueID(len(g.Values) - 1)
	}
	for _, q := range n.quants {
		x, p := g.Values[q.Value], q.Params
		if x.Const != nil {
			c := &graph.Tensor{Shape: x.Shape, F: make([]float32, len(x.Const.F))}
			p.FakeQuantize(c.F, x.Const.F, x.Shape, q.Rule)
			g.Values[q.Value].Const = c
			continue
		}
		scale := value(graph.Value{Shape: []int{}, Const: &graph.Tensor{Shape: []int{}, F: p.Scale}})
		zero := value(graph.Value{DType: graph.Uint8, Shape: []int{}, Const: &graph.Tensor{DType: graph.Uint8, Shape: []int{}, I: []int64{int64(p.ZeroPoint[0])}}})
		codes := value(graph.Value{DType: graph.Uint8, Shape: x.Shape})
		y := value(graph.Value{Shape: x.Shape})
		after[producers[q.Value]] = append(after[producers[q.Value]],
			graph.Node{Op: graph.QuantizeLinear{To: graph.Uint8}, Inputs: []graph.ValueID{q.Value, scale, zero}, Outputs: []graph.ValueID{codes}},
			graph.Node{Op: graph.DequantizeLinear{}, Inputs: []graph.ValueID{codes, scale, zero}, Outputs: []graph.ValueID{y}})
		renamed[q.Value] = y
	}
	read := func(vs []graph.ValueID) {
		for i, v := range vs {
			if y, ok := renamed[v]; ok {
				vs[i] = y
			}
		}
	}
	nodes := after[-1]
	for i, node := range g.Nodes {
		read(node.Inputs)
		nodes = append(append(nodes, node), after[i]...)
	}
	g.Nodes = nodes
	read(g.Outputs)
	return g
}

// near compares a run of g, the network as it is or quantized, with ONNX Runtime's.
func (n *network) near(what string, g *graph.Graph, c exec.Config, item [][]float32, job orttest.Job) {
	n.t.Helper()
	r, err := exec.New(n.t.Context(), g, c)
	if err != nil {
		n.t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(n.t.Context(), item...); err != nil {
		n.t.Fatal(err)
	}
	near, quantized := float32(2e-5), g != n.Graph
	if c.Integer {
		near = 1e-3 // biases are integers
	}
	far, of := 0, 0
	for i, v := range n.Graph.Outputs {
		code := float32(0)
		if k := slices.IndexFunc(n.quants, func(q graph.Quantizer) bool { return q.Value == v }); quantized && k >= 0 {
			code = n.quants[k].Params.Scale[0]
		}
		got, want := r.Output(i), job.Outputs[i].Data
		if len(got) != len(want) {
			n.t.Fatalf("%s, %s: %d numbers, want %d", what, n.Graph.Values[v].Name, len(got), len(want))
		}
		beyond := 0
		for k := range got {
			bound := 1.01*code + near*(1+float32(math.Abs(float64(want[k]))))
			if d := float32(math.Abs(float64(got[k] - want[k]))); !(d <= bound) && got[k] != want[k] {
				beyond++
			}
		}
		allowed := 0
		if quantized {
			allowed = max(2, len(got)/25)
		}
		if far, of = far+beyond, of+len(got); beyond > allowed {
			n.t.Errorf("%s, %s: %d of %d numbers are further than a code away", what, n.Graph.Values[v].Name, beyond, len(got))
		}
	}
	if most := of / 400; quantized && far > most {
		n.t.Errorf("%s: %d of %d numbers are further than a code away, want at most %d", what, far, of, most)
	}
}
