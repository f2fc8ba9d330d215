package export

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// random is a network of random operators under a preset, as the file says it and as ONNX Runtime ran that.
type random struct {
	seed   string
	net    *graph.Graph // of the written file
	inputs [][]float32
	ran    map[graph.ValueID][]float32 // of ONNX Runtime: fake-quantized values and outputs
}

// TestRandomInONNXRuntime quantizes networks of random operators under each preset in turn and runs what is written in ONNX
// Runtime, simulated and on integers. Every piece between fake-quantized values is given what ONNX Runtime
// gave there, so that a code next to a tie upstream makes no other difference: each value must then be within one code of
// ONNX Runtime's. GRAPHS says how many networks, GRAPH_SEED which.
func TestRandomInONNXRuntime(t *testing.T) {
	presets := recipe.Presets()
	count, err := strconv.Atoi(os.Getenv("GRAPHS"))
	if err != nil {
		count = len(presets)
	}
	seed, _ := strconv.ParseUint(os.Getenv("GRAPH_SEED"), 10, 64)
	var all []random
	var jobs []orttest.Job
	refused := map[string]int{}
	for i := range count {
		p := presets[i%len(presets)]
		p.Rule = scheme.ONNX
		m, err := onnx.FromGraph(network.Random(rand.New(rand.NewPCG(seed, uint64(i))), 30), onnx.MaxWriteOpset)
		if err != nil {
			t.Fatal(err)
		}
		n, job, err := randomFile(t, network.Decode(t, onnx.Encode(m)), p, seed)
		if err != nil {
			refused[p.Name+": "+err.Error()]++
			continue
		}
		n.seed = fmt.Sprintf("%d/%s", i, p.Name)
		all, jobs = append(all, n), append(jobs, job)
	}
	orttest.RunAll(t, "node", "disabled", jobs)
	integers, nodes := 0, 0
	for i, n := range all {
		t.Run(n.seed, func(t *testing.T) {
			for k, y := range jobs[i].Outputs {
				n.ran[randomTargets(n.net)[k]] = y.Data
			}
			for _, config := range []exec.Config{{}, {Integer: true}} {
				a, b := n.compare(t, config)
				integers, nodes = integers+a, nodes+b
			}
		})
	}
	t.Logf("%d networks, %d of %d nodes on integers; refused: %v", len(all), integers, nodes, refused)
	if integers < nodes/10 || len(all) < count*3/4 {
		t.Error("too few to tell anything")
	}
}

// randomFile calibrates g on random numbers under r and writes it; an error is a refusal in words.
func randomFile(t *testing.T, g *graph.Graph, r recipe.Recipe, seed uint64) (n random, job orttest.Job, err error) {
	p, err := prepare.Prepare(g, r)
	if err != nil {
		return n, job, err
	}
	draw := rand.New(rand.NewPCG(seed, 1))
	items := make([][][]float32, 4)
	for i := range items {
		for _, v := range g.Inputs {
			x := make([]float32, graph.Len(g.Values[v].Shape))
			for k := range x {
				x[k] = float32(draw.NormFloat64())
			}
			items[i] = append(items[i], x)
		}
	}
	c, err := calibrate.Run(t.Context(), p, calibrate.Items{Len: len(items), Inputs: func(i int) ([][]float32, error) { return items[i], nil }}, 1, func(int, int) {})
	if err != nil {
		return n, job, err
	}
	file, _, err := QDQ(t.Context(), c)
	if err != nil {
		return n, job, err
	}
	n = random{net: graph.Quantize(lift.Lift(network.Decode(t, file))).Graph, inputs: items[0], ran: map[graph.ValueID][]float32{}}
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	outputs, codes, dequantized := map[string]bool{}, map[string]string{}, map[string]string{}
	for _, y := range m.Graph.Outputs {
		outputs[y.Name] = true
	}
	for _, node := range m.Graph.Nodes {
		switch node.OpType {
		case "QuantizeLinear":
			codes[node.Outputs[0]] = node.Inputs[0]
		case "DequantizeLinear":
			dequantized[codes[node.Inputs[0]]] = node.Outputs[0]
		}
	}
	for _, v := range randomTargets(n.net) {
		name := n.net.Values[v].Name
		if x := dequantized[name]; x != "" {
			name = x
		}
		if !outputs[name] {
			m.Graph.Outputs = append(m.Graph.Outputs, onnx.ValueInfo{Name: name, ElemType: onnx.Float})
		}
		job.Outputs = append(job.Outputs, orttest.Tensor{Name: name})
	}
	job.Model = onnx.Encode(m)
	for k, v := range g.Inputs {
		job.Inputs = append(job.Inputs, orttest.Tensor{Name: g.Values[v].Name, Shape: g.Values[v].Shape, Data: items[0][k]})
	}
	return n, job, nil
}

// quantizes tells whether n fake-quantizes an activation.
func quantizes(g *graph.Graph, n graph.Node) bool {
	_, ok := n.Op.(graph.FakeQuantize)
	return ok && g.Values[n.Inputs[0]].Const == nil
}

// randomTargets are the values that are compared: fake-quantized activations and outputs.
func randomTargets(g *graph.Graph) (list []graph.ValueID) {
	seen := map[graph.ValueID]bool{}
	for _, n := range g.Nodes {
		if quantizes(g, n) {
			list, seen[n.Outputs[0]] = append(list, n.Outputs[0]), true
		}
	}
	for _, v := range g.Outputs {
		if !seen[v] {
			list, seen[v] = append(list, v), true
		}
	}
	return list
}

// compare runs the piece behind each target from what ONNX Runtime gave and tells how many of the nodes were integers.
func (n random) compare(t *testing.T, config exec.Config) (integers, nodes int) {
	g, producer := n.net, n.net.Producers()
	for _, v := range randomTargets(g) {
		if producer[v] < 0 {
			continue
		}
		from, data := n.behind(v)
		part, err := graph.Cut(g, from, []graph.ValueID{v})
		if err != nil {
			t.Fatal(err)
		}
		r, err := exec.New(t.Context(), part.Graph, config)
		if err != nil {
			t.Fatal(err)
		}
		err = r.Run(t.Context(), data...)
		got, forms := r.Output(0), r.Forms()
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if config.Integer {
			nodes += len(forms)
		}
		for _, f := range forms {
			if f.Integer {
				integers++
			}
		}
		if len(got) != len(n.ran[v]) {
			t.Fatalf("%q has %d numbers, want %d", g.Values[v].Name, len(got), len(n.ran[v]))
		}
		if where := network.Apart(got, n.ran[v], n.step(v)); where >= 0 {
			var more func(i int) string
			if config.Integer {
				more = func(i int) string { return fmt.Sprintf("%+v", forms[i]) }
			}
			t.Errorf("integers %t: %q, element %d of %d is %v, want %v (a code is %v)\n%s", config.Integer, g.Values[v].Name, where, len(got), got[where], n.ran[v][where], n.step(v), network.Lines(part.Graph, more))
		}
	}
	return integers, nodes
}

// behind gives the values that target v is made of, fake-quantized ones before they are, with what they were in ONNX
// Runtime: numbers that have codes are their own.
func (n random) behind(v graph.ValueID) (from []graph.ValueID, data [][]float32) {
	g, producer := n.net, n.net.Producers()
	seen := map[graph.ValueID]bool{}
	var walk func(node int)
	walk = func(node int) {
		for _, x := range g.Nodes[node].Inputs {
			if x == graph.None || seen[x] || g.Values[x].Const != nil {
				continue
			}
			seen[x] = true
			if i := producer[x]; i < 0 {
				for k, in := range g.Inputs {
					if in == x {
						from, data = append(from, x), append(data, n.inputs[k])
					}
				}
			} else if quantizes(g, g.Nodes[i]) {
				raw := g.Nodes[i].Inputs[0]
				if !seen[raw] {
					from, data = append(from, raw), append(data, n.ran[x])
				}
				seen[raw] = true
			} else {
				walk(i)
			}
		}
	}
	walk(producer[v])
	return from, data
}

// step is a code of target v, 0 where it has none; of activations by channel the greatest.
func (n random) step(v graph.ValueID) (step float64) {
	for _, node := range n.net.Nodes {
		if q, ok := node.Op.(graph.FakeQuantize); ok && node.Outputs[0] == v {
			for _, s := range q.Params.Scale {
				step = max(step, float64(s))
			}
		}
	}
	return step
}
