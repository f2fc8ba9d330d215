package observer

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/scheme"
)

// The histogram itself, bin by bin, after each batch, against PyTorch 1.13's.
func TestHistogramsEqualPyTorch(t *testing.T) {
	type tensor struct {
		Off   int
		Shape []int
	}
	var doc struct {
		Torch []struct {
			Observer, Data string
			Steps          []struct{ Histogram tensor }
		} `json:"torch_observers"`
		Inputs map[string][]tensor `json:"observer_inputs"`
	}
	text := shared.Read(t, "golden", "ops", "ops.json")
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	blob := shared.Read(t, "golden", "ops", "ops.bin")
	read := func(r tensor) []float32 {
		n := 1
		for _, d := range r.Shape {
			n *= d
		}
		x := make([]float32, n)
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(blob[r.Off+4*i:]))
		}
		return x
	}
	compared := 0
	for _, g := range doc.Torch {
		if !strings.HasPrefix(g.Observer, "Histogram") {
			continue
		}
		bins := g.Steps[0].Histogram.Shape[0]
		o := newKLD(Config{Scheme: scheme.QScheme{Bits: 8}, Axis: -1, Channels: 1, Exact: true, Options: Options{Bins: bins}}).(*kld)
		for b, step := range g.Steps {
			x := read(doc.Inputs[g.Data][b])
			lo, hi := Of(x)
			o.ObserveRange(0, lo, hi)
			o.Observe(0, x)
			o.EndBatch()
			for i, want := range read(step.Histogram) {
				if math.Abs(o.bins[i]-float64(want)) > 1e-5*max(1, math.Abs(float64(want))) {
					t.Fatalf("%s, batch %d, bin %d of %d: %v, want %v", g.Data, b, i, bins, o.bins[i], want)
				}
			}
			compared++
		}
	}
	if compared != 54 {
		t.Errorf("%d histograms compared", compared)
	}
}

// Resampling keeps the count, whatever the bins become.
func TestResampleKeepsTheCount(t *testing.T) {
	old := make([]float64, 64)
	for i := range old {
		old[i] = float64(i * i % 17)
	}
	for _, c := range []struct{ samples, start int }{{kldUpsample, 0}, {kldUpsample + 1, 3}, {5 * kldUpsample, 1000}, {kldMostSamples, 0}} {
		sum := make([]float64, 64)
		resample(sum, old, c.samples, c.start, false)
		var a, b float64
		for i := range old {
			a, b = a+old[i], b+sum[i]
		}
		if math.Abs(a-b) > 1e-4 {
			t.Errorf("%+v: %v values become %v", c, a, b)
		}
	}
}
