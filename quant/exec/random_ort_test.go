package exec_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	networks "github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// TestRandomInONNXRuntime runs networks of random operators, wired at random, beside ONNX Runtime. GRAPHS says
// how many, GRAPH_SEED which. An operator that the graph refuses for its shapes is left out of the network.
func TestRandomInONNXRuntime(t *testing.T) {
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	count, seed := number("GRAPHS", 100), uint64(number("GRAPH_SEED", 1))
	if testing.Short() {
		count = min(count, 40)
	}
	var graphs []*graph.Graph
	var jobs []orttest.Job
	operators := map[string]int{}
	for i := range count {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		g := networks.Random(r, 30)
		for _, n := range g.Nodes {
			operators[n.Op.Type()]++
		}
		m, err := onnx.FromGraph(g, onnx.MaxWriteOpset)
		if err != nil {
			t.Fatalf("graph %d: %v", i, err)
		}
		j := orttest.Job{Model: onnx.Encode(m)}
		for _, v := range g.Inputs {
			x := make([]float32, graph.Len(g.Values[v].Shape))
			for k := range x {
				x[k] = float32(r.NormFloat64())
			}
			j.Inputs = append(j.Inputs, orttest.Tensor{Name: g.Values[v].Name, Shape: g.Values[v].Shape, Data: x})
		}
		for _, v := range g.Outputs {
			j.Outputs = append(j.Outputs, orttest.Tensor{Name: g.Values[v].Name})
		}
		graphs, jobs = append(graphs, g), append(jobs, j)
	}
	orttest.RunAll(t, "node", "disabled", jobs)
	for i, g := range graphs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			r, err := exec.New(t.Context(), g, exec.Config{Pool: exec.Compiled})
			if err != nil {
				t.Fatalf("%v\n%s", err, networks.Lines(g, nil))
			}
			defer r.Close()
			var inputs [][]float32
			for _, x := range jobs[i].Inputs {
				inputs = append(inputs, x.Data)
			}
			if err := r.Run(t.Context(), inputs...); err != nil {
				t.Fatalf("%v\n%s", err, networks.Lines(g, nil))
			}
			for k, y := range jobs[i].Outputs {
				got := r.Output(k)
				if len(got) != len(y.Data) {
					t.Fatalf("output %s has %d numbers, want %d\n%s", y.Name, len(got), len(y.Data), networks.Lines(g, nil))
				}
				if e := networks.Apart(got, y.Data, 0); e >= 0 {
					t.Fatalf("output %s, element %d is %v, want %v\n%s", y.Name, e, got[e], y.Data[e], networks.Lines(g, nil))
				}
			}
		})
	}
	t.Logf("%d networks of %v", count, operators)
	if len(operators) < 30 {
		t.Errorf("only %d operators come up", len(operators))
	}
}
