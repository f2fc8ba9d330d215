package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Codes, scales with zero points and biases are counted; what stays float is four bytes a number.
func TestPredicted(t *testing.T) {
	s := State{Model: &Model{Summary: protocol.Model{Network: inspect.Network{Nodes: []inspect.Node{
		{Name: "conv", Op: "Conv", Shape: []int{1, 8, 5, 5}, Params: 8*27 + 8}, {Name: "relu", Op: "Relu", Shape: []int{1, 8, 5, 5}},
		{Name: "slope", Op: "PRelu", Shape: []int{1, 8, 5, 5}, Params: 8}, {Name: "fc", Op: "Gemm", Shape: []int{1, 3}, Params: 200*3 + 3},
	}}}}}
	s.Recipe.Weight.Scheme.Bits = 8
	const float = 4 * (8*27 + 8 + 8 + 200*3 + 3)
	for _, c := range []struct {
		name   string
		change func(r *recipe.Recipe)
		want   int64
	}{
		{"one scale", func(r *recipe.Recipe) {}, 8*27 + 4*8 + 5 + 4*8 + 600 + 4*3 + 5},
		{"per channel", func(r *recipe.Recipe) { r.Weight.Scheme.PerChannel = true }, 8*27 + 4*8 + 5*8 + 4*8 + 600 + 4*3 + 5*3},
		{"fc in float", func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Name: "fc", Float: true}} }, 8*27 + 4*8 + 5 + 4*8 + 4*603},
		{"fc of 4 bits", func(r *recipe.Recipe) {
			w := r.Weight
			w.Scheme.Bits = 4
			r.Overrides = []recipe.Override{{Name: "fc", Weight: &w}}
		}, 8*27 + 4*8 + 5 + 4*8 + 300 + 4*3 + 5},
	} {
		changed := s
		c.change(&changed.Recipe)
		if f, q := changed.Predicted(); f != float || q != c.want {
			t.Errorf("%s: %d and %d, want %d and %d", c.name, f, q, float, c.want)
		}
	}
}
