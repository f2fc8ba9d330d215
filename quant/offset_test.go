package quant_test

import (
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// A network of ImageNet's classes and one for the background has that first.
func TestClassOffset(t *testing.T) {
	for answers, want := range map[int]int{10: 0, 1000: 0, 1001: 1} {
		b := graphtest.New(t)
		m := quant.Model{Graph: b.Outputs(b.Node("relu", graph.Relu{}, b.Input("x", 1, answers)))}
		if got := m.ClassOffset(); got != want {
			t.Errorf("%d answers: %d, want %d", answers, got, want)
		}
	}
}
