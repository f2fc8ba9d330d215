package quant_test

import (
	"context"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/report"
)

// By how much the integer engine and the simulation may differ. A code that falls on the other side of
// a tie is one step of 255: where one in a hundred does, the noise is 1/100 of the square of a step.
const (
	leastSQNR   = 40   // dB, of a step's output, the input being the simulation's
	floatSQNR   = 60   // dB, above which it is floats, of which all may differ in their last bits
	mostUnequal = 0.1  // of the codes of a step's output
	mostFlipped = 0.05 // of the answers, of all steps together
	mostLost    = 1.5  // dB against float, on average over the layers: their noise is another, but no greater
)

// figures are the images of the smaller and of the larger networks that are run.
func (m goldenModel) figures() (calibration, evaluation int) {
	if len(m.images) > 1 { // ImageNet
		return 4, 3
	}
	return 32, 60
}

// TestIntegerFigures prints what the integer engine makes of every network under every configuration
// beside the simulation by fake-quantizers, and bounds by how much they may differ: steps on floats and
// lookups not at all, others by ties, and every difference has a cause.
func TestIntegerFigures(t *testing.T) {
	for _, m := range goldenModels() {
		t.Run(m.name, func(t *testing.T) {
			var meta goldenMeta
			readJSON(t, &meta, "golden", m.name, "meta.json")
			images := m.load(t)
			calibration, n := m.figures()
			meta.CalibIndices = meta.CalibIndices[:calibration]
			for _, config := range m.configs {
				t.Run(config, func(t *testing.T) {
					c := m.calibrated(t, at(t, config, 8), meta, images)
					c.Recipe.Data.ClassOffset = meta.ClassOffset
					none := func(_, _ int) {}
					r, err := evaluate.Run(context.Background(), c, itemsOf(c, images[:n]), workers, none, none)
					if err != nil {
						t.Fatal(err)
					}
					checkFigures(t, r)
					if len(m.images) == 1 {
						onFile(t, c, itemsOf(c, images[:n]))
					}
				})
			}
		})
	}
}

func itemsOf(c *calibrate.Calibrated, images []image) evaluate.Items {
	return evaluate.Items{
		Items: calibrate.Items{Len: len(images), Inputs: func(i int) ([][]float32, error) {
			x, _, err := images[i].data.Tensor(images[i].item, c.Recipe.Preprocess)
			return [][]float32{x}, err
		}},
		Label: func(i int) int { return images[i].label },
	}
}

func checkFigures(t *testing.T, r *report.Report) {
	t.Helper()
	integers, causes := 0, map[report.Cause]int{}
	for _, s := range r.Steps {
		quiet := s.Cause == report.NoCause || s.Cause == report.Placement
		causes[s.Cause]++
		if s.Integer {
			integers++
		}
		if !s.Integer && s.Unequal > 0 || (s.Unequal == 0) != quiet {
			t.Errorf("%s (%s): %.5f unequal for %q", s.Name, s.Op, s.Unequal, s.Cause)
		}
		if s.SQNR < leastSQNR || s.Unequal > mostUnequal && s.SQNR < floatSQNR {
			t.Errorf("%s (%s): %.5f unequal, %.1f dB, %s", s.Name, s.Op, s.Unequal, s.SQNR, s.Cause)
		}
	}
	least, at, lost := report.LimitSQNR+0., "", 0.
	for _, l := range r.Layers {
		if l.SimulationSQNR < least {
			least, at = l.SimulationSQNR, l.Name
		}
		lost += (l.SQNR - l.IntegerSQNR) / float64(len(r.Layers))
	}
	if lost > mostLost {
		t.Errorf("on integers layers have %.2f dB less than simulated, on average", lost)
	}
	a := r.Accuracy
	t.Logf("of %d images float %d, simulation %d, integers %d right; engine and simulation agree on %d", a.Items, a.Float, a.Quantized, a.Integer, a.IntegerAgree)
	t.Logf("%d of %d steps on integers, causes %v; all together, %s differs most, %.1f dB; against float %.2f dB less on average", integers, len(r.Steps), causes, at, least, lost)
	if float64(a.Items-a.IntegerAgree) > mostFlipped*float64(a.Items) {
		t.Errorf("engine and simulation agree on %d of %d", a.IntegerAgree, a.Items)
	}
}

// onFile runs the exported QDQ file, read back, on the integer engine: its layers are the same integers,
// but the file's rule divides by scales where the recipe's multiplies by their inverse.
func onFile(t *testing.T, c *calibrate.Calibrated, items evaluate.Items) {
	t.Helper()
	b, _, err := export.QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	file := network.Decode(t, b)
	float, quantizers := lift.Lift(file)
	lifted := graph.Quantize(float, quantizers).Graph
	var runners []*exec.Runner
	for _, r := range []struct {
		g *graph.Graph
		c exec.Config
	}{
		{c.Quantized(calibrate.All).Graph, exec.Config{Integer: true}},
		{lifted, exec.Config{Integer: true}},
		{lifted, exec.Config{}},
	} {
		e, err := exec.New(t.Context(), r.g, r.c)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		runners = append(runners, e)
	}
	own, read, simulated := runners[0], runners[1], runners[2]
	var toOwn, toSimulated report.Signal
	same, agree := 0, 0
	for i := range items.Len {
		x, err := items.Inputs(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runners {
			if err := r.Run(t.Context(), x...); err != nil {
				t.Fatal(err)
			}
		}
		toOwn.Add(own.Output(0), read.Output(0))
		toSimulated.Add(simulated.Output(0), read.Output(0))
		if argmax(own.Output(0)) == argmax(read.Output(0)) {
			same++
		}
		if argmax(simulated.Output(0)) == argmax(read.Output(0)) {
			agree++
		}
	}
	t.Logf("file on integers: %d of %d answers as the network on integers (%.1f dB), %d as the file simulated (%.1f dB)",
		same, items.Len, toOwn.SQNR(), agree, toSimulated.SQNR())
	most := int(mostFlipped * float64(items.Len))
	if items.Len-same > most || items.Len-agree > most {
		t.Errorf("%d and %d of %d answers agree", same, agree, items.Len)
	}
}
