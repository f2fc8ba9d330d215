package quant_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
)

// TestVerifyOtherOrders: a program that writes a network again may list its nodes in any order in which they can be computed.
// Its layers are compared with those that they are, with data and without, on the kernels and on the scalar engine.
func TestVerifyOtherOrders(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	b := graphtest.New(t)
	conv := func(name string, x graph.ValueID, in, out int) graph.ValueID {
		w := make([]float32, out*in*9)
		for i := range w {
			w[i] = float32(r.NormFloat64())
		}
		op := graph.Conv{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: []int{1, 1, 1, 1}}
		y := b.Node(name, op, x, b.Const(name+".weight", w, out, in, 3, 3), b.Const(name+".bias", make([]float32, out), out))
		return b.Node(name+".relu", graph.Relu{}, y)
	}
	x := conv("stem", b.Input("x", 1, 1, 6, 6), 1, 4)
	for _, name := range []string{"one", "two"} {
		left, right := conv(name+".left", x, 4, 3), conv(name+".right", x, 4, 5)
		far := conv(name+".far", right, 5, 5)
		x = conv(name+".join", b.Node(name+".concat", graph.Concat{Axis: 1}, left, far, right), 13, 4)
	}
	y := b.Node("flatten", graph.Reshape{Shape: []int{1, 4}}, b.Node("gap", graph.GlobalAveragePool{}, x))
	g := b.Outputs(y)
	items := make([]float32, 12*36)
	for i := range items {
		items[i] = float32(r.NormFloat64())
	}
	set, err := dataset.Open([]dataset.File{dataset.InMemory("x.npy", dataset.EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{12, 1, 6, 6}, F: items}))}, dataset.FromNone)
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"config1", "openvino", "vitis"} {
		j := quant.Job{Model: &quant.Model{Name: "branches", Bytes: 1, SHA256: receipt.Sum([]byte("branches")), Graph: g}, Data: set, Progress: func(string, int, int) {}}
		if j.Recipe, err = recipe.Preset(preset); err != nil {
			t.Fatal(err)
		}
		j.Recipe.Data.Calibration, j.Recipe.Data.Evaluation = 8, 4
		made, err := quant.Quantize(context.Background(), j)
		if err != nil {
			t.Fatal(err)
		}
		for k := range 3 {
			other := *g
			other.Nodes = shuffled(r, g)
			j.Model = &quant.Model{Name: "branches", Bytes: 1, SHA256: receipt.Sum([]byte{byte(k)}), Graph: &other}
			for _, data := range []*dataset.Dataset{set, nil} {
				j.Data = data
				v := verify(t, made.Receipt, j)
				for _, step := range v.Steps {
					if step.Status == receipt.Differs && step.Name != receipt.StepModel {
						t.Errorf("%s, order %d: %+v", preset, k, step)
					}
				}
			}
			if k == 0 {
				again, err := quant.Recheck(context.Background(), made.Receipt, j)
				if err != nil || again.Receipt != receipt.Match {
					t.Errorf("%s: %+v, %v", preset, again, err)
				}
			}
			// Under other names nothing tells which layer is which: it is said, and nothing is called another.
			for i := range other.Nodes {
				other.Nodes[i].Name = fmt.Sprint("n", i)
			}
			j.Model = &quant.Model{Name: "branches", Bytes: 1, SHA256: receipt.Sum([]byte{byte(k)}), Graph: &other}
			for _, data := range []*dataset.Dataset{set, nil} {
				j.Data = data
				v := verify(t, made.Receipt, j)
				for _, step := range v.Steps {
					if step.Status == receipt.Differs && step.Name != receipt.StepModel {
						t.Errorf("%s, order %d, renamed: %+v", preset, k, step)
					}
				}
			}
		}
	}
}

// shuffled are the nodes of g in another of their orders.
func shuffled(r *rand.Rand, g *graph.Graph) (nodes []graph.Node) {
	made := map[graph.ValueID]bool{graph.None: true}
	for id, v := range g.Values {
		made[graph.ValueID(id)] = v.Const != nil || slices.Contains(g.Inputs, graph.ValueID(id))
	}
	for rest := slices.Clone(g.Nodes); len(rest) > 0; {
		i := r.IntN(len(rest))
		if slices.ContainsFunc(rest[i].Inputs, func(v graph.ValueID) bool { return !made[v] }) {
			continue
		}
		for _, v := range rest[i].Outputs {
			made[v] = true
		}
		nodes = append(nodes, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return nodes
}
