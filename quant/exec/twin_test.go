package exec_test

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// TestTwins names the steps that no kernel computes, and times them like those that one does.
func TestTwins(t *testing.T) {
	b := graph.NewBuilder("twins")
	x := b.Input("x", graph.Float32, 1, 3, 3)
	y := b.Node("determinant", graph.Det{}, b.Node("relu", graph.Relu{}, x))
	g, err := b.Done(y)
	if err != nil {
		t.Fatal(err)
	}
	names, err := exec.Twins(t.Context(), g)
	if err != nil || !slices.Equal(names, []string{"determinant"}) {
		t.Fatal(names, err)
	}
	r, err := exec.New(t.Context(), g, exec.Config{Pool: exec.Compiled})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), []float32{2, 0, 0, 0, 3, 0, 0, 0, 4}); err != nil || r.Output(0)[0] != 24 {
		t.Fatal(r.Output(0), err)
	}
	timings, err := r.Profile(2)
	if err != nil {
		t.Fatal(err)
	}
	last := timings[len(timings)-1]
	if !last.Twin || last.Node != "determinant" || last.Op != "Det" || timings[0].Twin {
		t.Errorf("%+v", timings)
	}
}
