package quant_test

import (
	"context"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// sweepTolerance bounds the difference in dB between the SQNR of logits on our images and MQBench's
// on its 2936, of which ours are some. The configurations lie up to 27 dB apart.
const sweepTolerance = 0.6

// MQBench's sweep over resnet20 at other widths and schemes: at 4 bits the first and last layers that
// keep 8 show, and symmetric activations.
func TestGoldenSweep(t *testing.T) {
	var sweep []struct {
		Config string  `json:"cfg"`
		SNR    float64 `json:"logit_snr_db"`
	}
	readJSON(t, &sweep, "golden", "observer_sweep_resnet20.json")
	theirs := map[string]float64{}
	for _, s := range sweep {
		theirs[s.Config] = s.SNR
	}
	m := goldenModels()[1]
	var meta goldenMeta
	readJSON(t, &meta, "golden", m.name, "meta.json")
	images := m.load(t)
	evaluated := images[len(meta.CalibIndices):][:400]
	if testing.Short() {
		evaluated = evaluated[:200]
	}
	logits := func(g *graph.Graph, quants []exec.Quant) []float32 {
		runners, err := pool.New(g, exec.Config{Quant: quants}, workers)
		if err != nil {
			t.Fatal(err)
		}
		defer runners.Close()
		out := make([]float32, 10*len(evaluated))
		err = runners.Each(context.Background(), 0, len(evaluated), func(r *exec.Runner, i int) error {
			x, _, err := evaluated[i].data.Tensor(evaluated[i].item, m.preprocess(t))
			if err != nil {
				return err
			}
			err = r.Run(x)
			copy(out[10*i:], r.Output(0))
			return err
		}, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	float := logits(loadGraph(t, m.file), nil)
	config1 := func(bits int) recipe.Recipe { return at(t, "config1", bits) }
	for _, c := range []struct {
		name   string
		recipe recipe.Recipe
	}{
		{"w4a4 w=MinMax/sym/per-channel a=EMAMinMaxObserver/asym Fixed", config1(4)},
		{"w4a4 w=MinMax/sym/per-channel a=MinMaxObserver/asym Fixed", func() recipe.Recipe {
			r := config1(4)
			r.Activation.Observer, r.Activation.EMARatio = "minmax", 0
			return r
		}()},
		{"w4a4 config2-style Learnable per-tensor asym", at(t, "config2", 4)},
		{"w4a4 w=MinMax/sym/per-tensor a=EMAMinMax/sym Fixed", symmetric(config1(4))},
		{"w8a8 w=MinMax/sym/per-tensor a=EMAMinMax/sym Fixed", symmetric(config1(8))},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, ok := theirs[c.name]
			if !ok {
				t.Fatal("not in the sweep")
			}
			calibrated := m.calibrated(t, c.recipe, meta, images)
			var s report.Signal
			s.Add(float, logits(calibrated.Graph, calibrated.Exec()))
			t.Logf("%.2f dB, MQBench %.2f dB", s.SQNR(), want)
			if d := math.Abs(s.SQNR() - want); !(d <= sweepTolerance) {
				t.Errorf("%.2f dB, MQBench %.2f dB", s.SQNR(), want)
			}
		})
	}
}

// at is a preset at another number of bits.
func at(t *testing.T, name string, bits int) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = bits, bits
	return r
}

func symmetric(r recipe.Recipe) recipe.Recipe {
	s := scheme.QScheme{Bits: r.Weight.Scheme.Bits, Symmetric: true}
	r.Weight.Scheme, r.Activation.Scheme = s, s
	return r
}
