package train

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// goldenStatistics is what the sum of a layer's running means or variances may differ by after one step, of the sum of
// their absolutes: codes of 4 bits next to a tie fall to either side, and each layer passes on what the ones before it made.
const goldenStatistics = 2e-3

// TestGoldenRunBegins begins MQBench's run of resnet20 at 4 bits (../shared/golden/qat_run/README.md): what calibration
// finds, the logits before training, and the statistics of the first batch.
func TestGoldenRunBegins(t *testing.T) {
	const size = 64
	var want struct {
		Start []struct {
			Name  string
			Scale []float32
		} `json:"qparams_ptq"`
		Logits [][]float32 `json:"ptq_logits16"`
		Detail []struct {
			Buffers map[string]struct{ Sum, Abs float64 } `json:"buffers_after_1"`
		}
	}
	document(t, &want, "golden", "qat_run", "a_w4a4_minmax_learnable.json")
	var index map[string]struct{ Labels []int }
	document(t, &index, "golden", "data", "index.json")
	labels := index["cifar10_train6000_u8.bin"].Labels
	var chosen []int
	document(t, &chosen, "golden", "qat_run", "calib_indices.json")
	order := shared.Read(t, "golden", "qat_run", "batch_order_u16.bin")
	images := shared.Read(t, "golden", "data", "cifar10_train6000_u8.bin")
	others := shared.Read(t, "golden", "data", "cifar10_test2000_u8.bin")
	m, err := onnx.Decode(shared.Read(t, "models", "resnet20_cifar10_bn.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	r.MQBenchExact, r.Data.Batch = true, size
	r.Weight.FakeQuant, r.Activation.FakeQuant = "learnable", "learnable"
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = 4, 4
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	items := calibrate.Items{Len: 4 * size, Inputs: func(i int) ([][]float32, error) {
		return [][]float32{cifar(nil, images, chosen[i])}, nil
	}}
	c, err := calibrate.Run(ctx, p, items, 1, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	scales, activations := map[string][]float32{}, [][]float32{}
	for i, q := range c.Quantizers {
		if scales[q.Name] = c.Params[i].Scale; strings.HasSuffix(q.Name, "_post_act_fake_quantizer") {
			activations = append(activations, c.Params[i].Scale)
		}
	}
	for _, q := range want.Start { // activations are named otherwise in PyTorch, and come in order
		got := scales[q.Name]
		if strings.HasSuffix(q.Name, "_post_act_fake_quantizer") {
			if len(activations) == 0 {
				t.Fatalf("there is no %s", q.Name)
			}
			got, activations = activations[0], activations[1:]
		}
		if d := relativeTo(got, q.Scale, 0); d > 1e-6 {
			t.Errorf("%s: scale differs by %.2g", q.Name, d)
		}
	}

	cfg := Config{Optimizer: Optimizer{Kind: "sgd", Momentum: 0.9}, FreezeNorm: true}
	frozen := New(c, cfg, nil)
	defer frozen.Close()
	var batch, before []float32
	for i, x := range want.Logits {
		batch, before = cifar(batch, others, i), append(before, x...)
	}
	_, logits, err := frozen.Step(ctx, len(want.Logits), 0, [][]float32{batch}, make([]float32, len(before)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := relativeTo(logits, before, 0); d > 1e-5 {
		t.Errorf("logits before training differ by %.2g", d)
	}

	cfg.FreezeNorm = false
	trainer := New(c, cfg, nil)
	defer trainer.Close()
	batch = batch[:0]
	target := make([]float32, size*10)
	for n := range size {
		i := int(binary.LittleEndian.Uint16(order[2*n:]))
		batch = cifar(batch, images, i)
		target[10*n+labels[i]] = 1
	}
	if _, _, err := trainer.Step(ctx, size, 0.01, [][]float32{batch}, target, nil); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, p := range trainer.now.Params {
		w, ok := want.Detail[0].Buffers[p.Name]
		if !ok {
			continue
		}
		seen++
		sum := 0.0
		for _, x := range trainer.now.run.Get(p.Value) {
			sum += float64(x)
		}
		if d := math.Abs(sum-w.Sum) / w.Abs; !(d <= goldenStatistics) {
			t.Errorf("%s after a step: sum %v, MQBench %v", p.Name, sum, w.Sum)
		}
	}
	if seen == 0 || seen != len(want.Detail[0].Buffers) {
		t.Errorf("%d of %d statistics compared", seen, len(want.Detail[0].Buffers))
	}
}

// cifar appends image i as the networks of CIFAR-10 take it, [3,32,32], of pixels [N,32,32,3].
func cifar(to []float32, pixels []byte, i int) []float32 {
	const side = 32 * 32
	mean, std := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	x := make([]float32, 3*side)
	for k, b := range pixels[3*side*i:][:3*side] {
		x[k%3*side+k/3] = (float32(b)/255 - mean[k%3]) / std[k%3]
	}
	return append(to, x...)
}

// document reads JSON beside the project.
func document(t *testing.T, into any, elem ...string) {
	t.Helper()
	if err := json.Unmarshal(shared.Read(t, elem...), into); err != nil {
		t.Fatal(err)
	}
}
