package quant_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/room"
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
	m, err := j.Model.Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := m.Quantizing(1)
	t.Logf("%d KiB estimated, %d KiB taken", got>>10, taken>>10)
	if int(got) < taken || int(got) > 2*taken {
		t.Errorf("%d bytes are estimated, %d are taken", got, taken)
	}
	if more := m.Quantizing(16); more <= got {
		t.Errorf("16 workers take %d bytes, one %d", more, got)
	}
}

// A network that no memory can hold is refused with the figure, without a byte of it.
func TestTooLargeIsRefused(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 16, 8192, 8192)
	g := b.Outputs(b.Node("sum", graph.Add{}, b.Node("p", graph.Sigmoid{}, x), x))
	_, err := (&quant.Model{Graph: g}).Memory(t.Context())
	if err == nil || !strings.Contains(err.Error(), "needs 12") || !strings.Contains(err.Error(), "MiB of memory") {
		t.Errorf("a network of 12 GiB: %v", err)
	}
}

// A job takes as many workers as there is memory for, and is refused before it takes any where that is for less than
// one.
func TestAfford(t *testing.T) {
	doubled := func(times int) *graph.Graph {
		b := graphtest.New(t)
		y := b.Input("x", 1, 16)
		for i := range times {
			y = b.Node(fmt.Sprint("c", i), graph.Concat{Axis: 1}, y, y)
		}
		return b.Outputs(y)
	}
	job := quant.Job{Model: &quant.Model{Graph: doubled(22)}, Workers: 2} // 256 MiB
	m, err := job.Model.Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var now runtime.MemStats
	for _, stage := range []func(m quant.Memory, workers int) int64{quant.Memory.Running, quant.Memory.Calibrating, quant.Memory.Quantizing} {
		one, two := stage(m, 1)*5/2, stage(m, 2)*5/2
		runtime.ReadMemStats(&now)
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(now.Sys) + (one+two)/2))
		if got, err := job.Afford(t.Context(), stage); err != nil || got.Workers != 1 {
			t.Errorf("%d workers, %v", got.Workers, err)
		}
		debug.SetMemoryLimit(int64(now.Sys) + one/2)
		if _, err := job.Afford(t.Context(), stage); err == nil || !strings.Contains(err.Error(), "of memory for this, of which") {
			t.Errorf("%v", err)
		}
	}
	job.Model = &quant.Model{Graph: doubled(4)}
	if got, err := job.Afford(t.Context(), quant.Memory.Quantizing); err != nil || got.Workers != 2 {
		t.Errorf("a small network: %d workers, %v", got.Workers, err)
	}
}

// What a few bytes ask for beyond what they justify is refused however much the machine has, unless GOMEMLIMIT says that
// it is meant; inputs justify more.
func TestAllowance(t *testing.T) {
	if room.Told() {
		t.Fatal("the tests run with a GOMEMLIMIT")
	}
	doubled := func(inputs, times int) *quant.Model {
		b := graphtest.New(t)
		y := b.Input("x", 1, inputs)
		for i := range times {
			y = b.Node(fmt.Sprint("c", i), graph.Concat{Axis: 1}, y, y)
		}
		return &quant.Model{Graph: b.Outputs(b.Node("mean", graph.ReduceMean{Axes: []int{1}, KeepDims: true}, y)), Bytes: 100}
	}
	small, large := doubled(16, 23), doubled(16<<14, 9) // the same 512 MiB at last
	if _, err := (quant.Job{Model: small, Workers: 2}).Afford(t.Context(), quant.Memory.Quantizing); err == nil || !strings.Contains(err.Error(), "that its file and its inputs justify") {
		t.Errorf("%v", err)
	}
	few, _ := quant.Allowance(small.Graph, small.Bytes)
	many, _ := quant.Allowance(large.Graph, large.Bytes)
	more, _ := quant.Allowance(small.Graph, 10<<20)
	if few > 1<<30+2<<20 || many <= few && many < room.Left()*9/10 || more <= few && more < room.Left()*9/10 {
		t.Errorf("%d, with larger inputs %d, with a larger file %d", few, many, more)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 40))
	if _, asked := quant.Allowance(small.Graph, small.Bytes); !asked {
		t.Error("GOMEMLIMIT does not count")
	}
}
