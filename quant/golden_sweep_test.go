package quant_test

import (
	"context"
	"flag"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// sweepTolerance bounds the difference in dB between the SQNR of logits on our images and MQBench's
// on its 2936, of which ours are some. The configurations lie up to 27 dB apart.
const sweepTolerance = 0.6

// everything runs what takes minutes.
var everything = flag.Bool("everything", false, "run MQBench's whole sweep")

// quickSweep is what always runs: each observer once, on the side where it shows more or takes less time.
func quickSweep() []string {
	return []string{
		"w4a4 w=MinMax/sym/per-channel a=EMAMinMaxObserver/asym Fixed",
		"w4a4 w=MinMax/sym/per-channel a=EMAQuantileObserver/asym Fixed",
		"w4a4 w=MinMax/sym/per-channel a=ClipStdObserver/asym Fixed",
		"w4a4 w=MSEObserver/sym/per-channel a=EMAMinMax/asym Fixed",
		"w4a4 w=LSQObserver/sym/per-channel a=EMAMinMax/asym Fixed",
		"w4a4 config2-style Learnable per-tensor asym",
		"w4a4 w=MinMax/sym/per-tensor a=EMAMinMax/sym Fixed",
	}
}

// MQBench's sweep over resnet20 at other widths and schemes: at 4 bits the first and last layers that
// keep 8 show, and symmetric activations.
func TestGoldenSweep(t *testing.T) {
	var sweep []struct {
		Config string  `json:"cfg"`
		SNR    float64 `json:"logit_snr_db"`
	}
	readJSON(t, &sweep, "golden", "observer_sweep_resnet20.json")
	m := goldenModels()[1]
	var meta goldenMeta
	readJSON(t, &meta, "golden", m.name, "meta.json")
	images := m.load(t)
	evaluated := images[len(meta.CalibIndices):][:400]
	if testing.Short() {
		evaluated = evaluated[:200]
	}
	logits := func(g *graph.Graph) []float32 {
		runners, err := pool.New(t.Context(), g, exec.Config{}, workers)
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
			err = r.Run(t.Context(), x)
			copy(out[10*i:], r.Output(0))
			return err
		}, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	float := logits(network.Shared(t, m.file))
	for _, s := range sweep[1:] { // the first is the float network
		if !*everything && !slices.Contains(quickSweep(), s.Config) {
			continue
		}
		t.Run(s.Config, func(t *testing.T) {
			calibrated := m.calibrated(t, swept(t, s.Config), meta, images)
			var signal report.Signal
			signal.Add(float, logits(calibrated.Quantized(calibrate.All).Graph))
			t.Logf("%.2f dB, MQBench %.2f dB", signal.SQNR(), s.SNR)
			if d := math.Abs(signal.SQNR() - s.SNR); !(d <= sweepTolerance) {
				t.Errorf("%.2f dB, MQBench %.2f dB", signal.SQNR(), s.SNR)
			}
		})
	}
}

// extraTolerance is by how many points top-1 of the images here may differ from that of MQBench's 1000:
// the images are 103, whose standard deviation at 88 % is 3 points.
const extraTolerance = 9

// MQBench's further configurations of mobilenetv2: what its depthwise layers need.
func TestGoldenMobileNetExtra(t *testing.T) {
	if !*everything {
		t.Skip("takes minutes: -everything")
	}
	var extra []struct {
		Config string `json:"cfg"`
		Top1   float64
	}
	readJSON(t, &extra, "golden", "mobilenetv2_extra.json")
	m := goldenModels()[4]
	var meta goldenMeta
	readJSON(t, &meta, "golden", m.name, "meta.json")
	images := m.load(t)
	asymmetric := scheme.QScheme{Bits: 8}
	changes := map[string]func(*recipe.Recipe){
		"w sym pc MinMax / a EMAMSE": func(r *recipe.Recipe) { r.Activation.Observer = "ema_mse" },
		"w sym pc MSE / a EMAMinMax": func(r *recipe.Recipe) { r.Weight.Observer = "mse" },
		"w asym per-tensor MSE / a EMAMinMax learnable": func(r *recipe.Recipe) {
			r.Weight = recipe.Quantizer{FakeQuant: "learnable", Observer: "mse", Scheme: asymmetric}
		},
		"w asym per-channel learnable / a EMAMinMax": func(r *recipe.Recipe) {
			r.Weight.FakeQuant, r.Weight.Scheme = "learnable", scheme.QScheme{Bits: 8, PerChannel: true}
		},
	}
	for _, e := range extra {
		t.Run(e.Config, func(t *testing.T) {
			r := at(t, "config1", 8)
			r.MQBenchExact = true
			change := changes[e.Config]
			if change == nil {
				t.Fatal("no such recipe here")
			}
			change(&r)
			c := m.calibrated(t, r, meta, images)
			right := 0
			for i, a := range answers(t, c, images, meta.ClassOffset) {
				if a == images[i].label {
					right++
				}
			}
			points := 100 * float64(right) / float64(len(images))
			t.Logf("top-1 of %d images: %.1f %%, MQBench's 1000: %.1f %%", len(images), points, 100*e.Top1)
			if d := math.Abs(points - 100*e.Top1); !(d <= extraTolerance) {
				t.Errorf("top-1 %.1f %%, MQBench %.1f %%", points, 100*e.Top1)
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

// swept is the recipe of a configuration as the sweep writes it:
// "w4a4 w=MSEObserver/sym/per-channel a=EMAMinMax/asym Fixed".
func swept(t *testing.T, config string) recipe.Recipe {
	t.Helper()
	words := strings.Fields(config)
	bits := int(words[0][1] - '0')
	if words[1] == "config2-style" {
		return at(t, "config2", bits)
	}
	r := at(t, "config1", bits)
	r.MQBenchExact = true
	for _, side := range []struct {
		spec string
		q    *recipe.Quantizer
	}{{strings.TrimPrefix(words[1], "w="), &r.Weight}, {strings.TrimPrefix(words[2], "a="), &r.Activation}} {
		parts := strings.Split(side.spec, "/")
		side.q.EMARatio = 0
		side.q.Scheme = scheme.QScheme{Bits: bits, Symmetric: parts[1] == "sym", PerChannel: len(parts) > 2 && parts[2] != "per-tensor"}
		side.q.Observer = ""
		for _, k := range observer.Kinds() {
			if k.MQBench == strings.TrimSuffix(parts[0], "Observer")+"Observer" {
				side.q.Observer = k.Name
				if k.Average {
					side.q.EMARatio = 0.9
				}
			}
		}
	}
	return r
}
