// Package graphtest builds small graphs for tests: graph.Builder with weights drawn from a seeded
// generator.
package graphtest

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// Builder is a graph in the making. What does not fit ends the test.
type Builder struct {
	*graph.Builder

	t   testing.TB
	rng *rand.Rand
}

// New begins an empty graph.
func New(t testing.TB) *Builder {
	return &Builder{graph.NewBuilder(t.Name()), t, rand.New(rand.NewPCG(1, 2))}
}

// Input adds an input of the network.
func (b *Builder) Input(name string, shape ...int) graph.ValueID {
	return b.Builder.Input(name, graph.Float32, shape...)
}

// Random adds a constant with numbers between -1 and 1.
func (b *Builder) Random(name string, shape ...int) graph.ValueID {
	data := make([]float32, graph.Len(shape))
	for i := range data {
		data[i] = 2*b.rng.Float32() - 1
	}
	return b.Const(name, data, shape...)
}

// Positive adds a constant with numbers between 0.5 and 1.5.
func (b *Builder) Positive(name string, shape ...int) graph.ValueID {
	data := make([]float32, graph.Len(shape))
	for i := range data {
		data[i] = 0.5 + b.rng.Float32()
	}
	return b.Const(name, data, shape...)
}

// Const adds a constant.
func (b *Builder) Const(name string, data []float32, shape ...int) graph.ValueID {
	return b.Builder.Const(name, &graph.Tensor{Shape: shape, F: data})
}

// Node adds a node with one output, which is called name_out.
func (b *Builder) Node(name string, op graph.Op, inputs ...graph.ValueID) graph.ValueID {
	b.t.Helper()
	v := b.Builder.Node(name, op, inputs...)
	if _, err := b.Done(); err != nil {
		b.t.Fatal(err)
	}
	return v
}

// BatchNorm adds a BatchNormalization with random numbers.
func (b *Builder) BatchNorm(name string, x graph.ValueID) graph.ValueID {
	b.t.Helper()
	c := b.Graph.Values[x].Shape[1]
	return b.Node(name, graph.BatchNormalization{Epsilon: 1e-5}, x, b.Random(name+".weight", c), b.Random(name+".bias", c),
		b.Random(name+".running_mean", c), b.Positive(name+".running_var", c))
}

// Conv adds a convolution of k×k without padding; its weight is called name.weight.
func (b *Builder) Conv(name string, x graph.ValueID, out, k int) graph.ValueID {
	b.t.Helper()
	return b.Node(name, graph.Conv{Kernel: []int{k, k}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)},
		x, b.Random(name+".weight", out, b.Graph.Values[x].Shape[1], k, k))
}

// Outputs ends the graph.
func (b *Builder) Outputs(vs ...graph.ValueID) *graph.Graph {
	b.t.Helper()
	g, err := b.Done(vs...)
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

// Item gives random numbers for the inputs of the network.
func (b *Builder) Item() [][]float32 {
	var item [][]float32
	for _, v := range b.Graph.Inputs {
		x := make([]float32, graph.Len(b.Graph.Values[v].Shape))
		for i := range x {
			x[i] = 2*b.rng.Float32() - 1
		}
		item = append(item, x)
	}
	return item
}
