package prepare

import (
	"fmt"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
)

// OpenVINO's quantizer behind a concatenation stands at what is concatenated, once: eighteen of the same value in each
// other are two to the eighteen ways to it.
func TestNestedConcatenations(t *testing.T) {
	b := graphtest.New(t)
	y := b.Node("relu", graph.Relu{}, b.Input("x", 1, 1, 1, 1))
	first := y
	for i := range 18 {
		y = b.Node(fmt.Sprint("cat", i), graph.Concat{Axis: 1}, y, y)
	}
	conv := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Pads: make([]int, 4), Dilations: []int{1, 1}, Group: 1}, y, b.Random("w", 1, 1<<18, 1, 1))
	engine, _ := backend.Of("openvino")
	rule := engine.Placement(false)
	g, modules := fused(b.Outputs(conv), rule, false)
	p := newPlacement(g, rule, modules, recipe.Recipe{})
	if got := p.before(len(g.Nodes) - 1); !slices.Equal(got, []graph.ValueID{first}) {
		t.Errorf("quantizers at %d values, first %v; want one, at %v", len(got), got[:min(len(got), 3)], first)
	}
}
