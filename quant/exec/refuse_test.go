package exec_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// What no kernel can do is decided by the plan, before anything is lowered.
func TestPlanRefuses(t *testing.T) {
	one := []int{1, 1, 1}
	conv := graph.Conv{Kernel: []int{2, 2, 2}, Strides: one, Dilations: one, Pads: make([]int, 6), Group: 1}
	round := func(p scheme.QParams) func(b *graphtest.Builder) graph.ValueID {
		p.ZeroPoint, p.QMax = make([]int32, len(p.Scale)), 6
		return func(b *graphtest.Builder) graph.ValueID {
			return b.Node("round", graph.FakeQuantize{Params: p}, b.Input("x", 1, 2))
		}
	}
	for want, build := range map[string]func(b *graphtest.Builder) graph.ValueID{
		"weights over three axes of space must be constant": func(b *graphtest.Builder) graph.ValueID {
			return b.Node("conv", conv, b.Input("x", 1, 2, 3, 3, 3), b.Input("w", 4, 2, 2, 2, 2))
		},
		"numbers are those of a list": round(scheme.QParams{Scale: []float32{1}, Axis: -1, Grid: scheme.NF4}),
		"logarithmic quantizer":       round(scheme.QParams{Scale: []float32{1, 2}, Axis: 1, Grid: scheme.Log2}),
		"quantizer with blocks":       round(scheme.QParams{Scale: []float32{1, 2}, Axis: 0, Along: 1, Block: 1}),
	} {
		b := graphtest.New(t)
		g := b.Outputs(build(b))
		if _, err := plan.New(t.Context(), g, plan.Config{}, lower.Operators()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
