package quant_test

import (
	"context"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/pool"
)

// Every network under every configuration: quantizers at the same places, the same numbers, logits
// and answers.
func TestGoldenConfigs(t *testing.T) {
	for _, m := range goldenModels() {
		t.Run(m.name, func(t *testing.T) {
			var meta goldenMeta
			readJSON(t, &meta, "golden", m.name, "meta.json")
			images := m.load(t)
			for _, config := range m.configs {
				t.Run(config, func(t *testing.T) { m.check(t, config, meta, images) })
			}
		})
	}
}

func (m goldenModel) check(t *testing.T, config string, meta goldenMeta, images []image) {
	c := m.calibrated(t, at(t, config, 8), meta, images)
	var golden []goldenQuantizer
	readJSON(t, &golden, "golden", m.name, config+"_qparams.json")
	matched := matchQuantizers(t, &c.Prepared, string(shared.Read(t, "golden", m.name, config+"_graph.txt")), golden)
	if t.Failed() {
		return
	}
	compareParams(t, c, matched)
	input := readFloats(t, "golden", m.name, "input.f32")
	compareLogits(t, runAll(t, c.Quantized(calibrate.All).Graph, input),
		readFloats(t, "golden", m.name, "logits_"+config+".f32"), readFloats(t, "golden", m.name, "logits_fp32.f32"))
	if pred := meta.Pred[config]; pred != nil { // tensorrt has logits, but no answers
		compareAnswers(t, c, images, pred, meta.ClassOffset)
	}
}

// compareParams holds our scales and zero points against MQBench's.
func compareParams(t *testing.T, c *calibrate.Calibrated, golden []goldenQuantizer) {
	t.Helper()
	worst := map[bool]float64{} // by weight
	for i, q := range c.Quantizers {
		p, g := c.Params[i], golden[i]
		if p.QMin != g.QuantMin || p.QMax != g.QuantMax || p.Axis != g.Axis || len(p.Scale) != len(g.Scale) {
			t.Errorf("%s: codes %d to %d, axis %d, %d scales; MQBench %d to %d, axis %d, %d scales",
				q.Name, p.QMin, p.QMax, p.Axis, len(p.Scale), g.QuantMin, g.QuantMax, g.Axis, len(g.Scale))
			continue
		}
		tolerance := activationTolerance
		if q.Weight {
			tolerance = weightTolerance
		}
		for k := range p.Scale {
			d := math.Abs(float64(p.Scale[k])/float64(g.Scale[k]) - 1)
			worst[q.Weight] = max(worst[q.Weight], d)
			if !(d <= tolerance) {
				t.Errorf("%s[%d]: scale %v, MQBench %v", q.Name, k, p.Scale[k], g.Scale[k])
			}
			if dz := math.Abs(float64(p.ZeroPoint[k]) - float64(g.ZeroPoint[k])); dz > 1 || dz == 1 && !nearTie(g.Min[k], g.Scale[k]) {
				t.Errorf("%s[%d]: zero point %d, MQBench %v", q.Name, k, p.ZeroPoint[k], g.ZeroPoint[k])
			}
		}
	}
	t.Logf("%d quantizers; scales differ by %.1g (weights), %.1g (activations)", len(c.Quantizers), worst[true], worst[false])
}

// nearTie tells whether min/scale lies so near k+0.5 that a zero point may round either way.
func nearTie(lo, scale float32) bool {
	x := math.Abs(float64(lo) / float64(scale))
	return math.Abs(x-math.Floor(x)-0.5) <= tieTolerance
}

// compareLogits bounds the difference of our fake-quantized logits from MQBench's by a share of what
// quantization does to MQBench's own. They cannot be equal: a value next to a tie falls on one side
// or the other by the order in which a sum was made.
func compareLogits(t *testing.T, got, want, float []float32) {
	t.Helper()
	if len(got) != len(want) || len(got) != len(float) {
		t.Fatalf("%d logits, MQBench has %d", len(got), len(want))
	}
	var ours, theirs float64
	for i := range got {
		ours += sq(float64(got[i]) - float64(want[i]))
		theirs += sq(float64(want[i]) - float64(float[i]))
	}
	share := math.Sqrt(ours / theirs)
	t.Logf("logits differ by %.3f of MQBench's quantization error", share)
	if !(share <= errorShare) {
		t.Errorf("logits differ from MQBench's by %.3f of its quantization error, at most %g", share, errorShare)
	}
}

func sq(x float64) float64 { return x * x }

// compareAnswers holds top-1 against MQBench's on the same images, within half a point, one point
// where there are under 500.
func compareAnswers(t *testing.T, c *calibrate.Calibrated, images []image, pred []int, offset int) {
	t.Helper()
	if testing.Short() {
		images = images[:min(len(images), 100)]
	}
	answers := answers(t, c, images, offset)
	ours, theirs, same := 0, 0, 0
	for i, im := range images {
		if answers[i] == im.label {
			ours++
		}
		if pred[im.index] == im.label {
			theirs++
		}
		if answers[i] == pred[im.index] {
			same++
		}
	}
	n := len(images)
	points := 100 * math.Abs(float64(ours-theirs)) / float64(n)
	limit := 0.5
	if n < 500 {
		limit = 1
	}
	if testing.Short() {
		limit = 2
	}
	t.Logf("top-1 of %d images: %.2f %%, MQBench %.2f %%; same answer on %d", n, 100*float64(ours)/float64(n), 100*float64(theirs)/float64(n), same)
	if points > limit {
		t.Errorf("top-1 is %.2f points from MQBench's, at most %g", points, limit)
	}
}

// answers are the classes that the fake-quantized network gives the images.
func answers(t *testing.T, c *calibrate.Calibrated, images []image, offset int) []int {
	t.Helper()
	runners, err := pool.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{}, workers)
	if err != nil {
		t.Fatal(err)
	}
	defer runners.Close()
	answers := make([]int, len(images))
	err = runners.Each(context.Background(), 0, len(images), func(r *exec.Runner, i int) error {
		x, _, err := images[i].data.Tensor(images[i].item, c.Recipe.Preprocess)
		if err != nil {
			return err
		}
		if err := r.Run(t.Context(), x); err != nil {
			return err
		}
		answers[i] = argmax(r.Output(0)) - offset
		return nil
	}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return answers
}
