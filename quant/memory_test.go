package quant_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// The estimate that is made before a recipe is known is at least what the Runners of a comparison of layers
// take, those that take the most, and not twice as much.
func TestMemoryIsEstimated(t *testing.T) {
	j := sampleJob(t)
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Calibrated
	quantized := c.Quantized(calibrate.All).Graph
	keep := slices.Clone(exec.Ends(quantized))
	slices.Sort(keep)
	keep = slices.Compact(keep)
	taken := 0
	for _, run := range []struct {
		g      *graph.Graph
		config exec.Config
	}{
		{c.Float, exec.Config{Keep: keep}}, {quantized, exec.Config{Keep: keep}}, {quantized, exec.Config{Keep: keep, Integer: true}},
		{quantized, exec.Config{Keep: keep, Integer: true}}, {quantized, exec.Config{Keep: keep}}, // the steps
	} {
		n, err := exec.Need(t.Context(), run.g, run.config)
		if err != nil {
			t.Fatal(err)
		}
		taken += n
	}
	got, err := j.Model.Memory(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d KiB estimated, %d KiB taken", got>>10, taken>>10)
	if int(got) < taken || int(got) > 2*taken {
		t.Errorf("%d bytes are estimated, %d are taken", got, taken)
	}
	if more, err := j.Model.Memory(t.Context(), 16); err != nil || more <= got {
		t.Errorf("16 workers take %d bytes, one %d (%v)", more, got, err)
	}
}

// A network that no memory can hold is refused with the figure, without a byte of it.
func TestTooLargeIsRefused(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 16, 8192, 8192)
	g := b.Outputs(b.Node("sum", graph.Add{}, b.Node("p", graph.Sigmoid{}, x), x))
	_, err := (&quant.Model{Graph: g}).Memory(t.Context(), 1)
	if err == nil || !strings.Contains(err.Error(), "needs 12") || !strings.Contains(err.Error(), "MiB of memory") {
		t.Errorf("a network of 12 GiB: %v", err)
	}
}
