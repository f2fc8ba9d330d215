package train

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// goldenStatistics is what the sum of a layer's running means or variances may differ by after one step, of the sum of
// their absolutes: codes of 4 bits next to a tie fall to either side, and each layer passes on what the ones before it made.
const goldenStatistics = 2e-3

// goldenRun is one of MQBench's runs (../shared/golden/qat_run/README.md), calibrated and with its data.
type goldenRun struct {
	c              *calibrate.Calibrated
	images, others []byte // to train on, and to test
	labels, known  []int
	order          []byte // of the images, 16 bits each
	want           goldenRunDoc
}

type goldenRunDoc struct {
	Rate   float64 `json:"lr"`
	Epochs int
	Start  []struct {
		Name  string
		Scale []float32
	} `json:"qparams_ptq"`
	Losses []float64   `json:"loss"`
	Logits [][]float32 `json:"ptq_logits16"`
	Detail []struct {
		Buffers map[string]struct{ Sum, Abs float64 } `json:"buffers_after_1"`
	}
	Epoch []struct {
		Top1 float64 `json:"test_top1"`
	}
}

const goldenBatch = 64

// beginGoldenRun calibrates the run of this name as MQBench did.
func beginGoldenRun(t *testing.T, name string) *goldenRun {
	t.Helper()
	model, preset, bits := "resnet20_cifar10_bn.onnx", "config1", [2]int{4, 4}
	switch name[:1] {
	case "b":
		bits[0] = 2
	case "c":
		model, preset, bits = "efficientnet_b0_cifar10_bn.onnx", "config2", [2]int{8, 8}
	}
	r := &goldenRun{
		images: shared.Read(t, "golden", "data", "cifar10_train6000_u8.bin"), others: shared.Read(t, "golden", "data", "cifar10_test2000_u8.bin"),
		order: shared.Read(t, "golden", "qat_run", "batch_order_u16.bin"),
	}
	document(t, &r.want, "golden", "qat_run", name+".json")
	var index map[string]struct{ Labels []int }
	document(t, &index, "golden", "data", "index.json")
	r.labels, r.known = index["cifar10_train6000_u8.bin"].Labels, index["cifar10_test2000_u8.bin"].Labels
	var chosen []int
	document(t, &chosen, "golden", "qat_run", "calib_indices.json")
	g := network.Decode(t, shared.Read(t, "models", model))
	if name[0] == 'c' {
		spread(t, g)
	}
	how, err := recipe.Preset(preset)
	if err != nil {
		t.Fatal(err)
	}
	how.MQBenchExact, how.Data.Batch = true, goldenBatch
	how.Weight.FakeQuant, how.Activation.FakeQuant = "learnable", "learnable"
	how.Weight.Scheme.Bits, how.Activation.Scheme.Bits = bits[0], bits[1]
	p, err := prepare.Prepare(g, how)
	if err != nil {
		t.Fatal(err)
	}
	items := calibrate.Items{Len: 4 * goldenBatch, Inputs: func(i int) ([][]float32, error) {
		return [][]float32{cifar(nil, r.images, chosen[i])}, nil
	}}
	if r.c, err = calibrate.Run(t.Context(), p, items, 1, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return r
}

// spread scales each channel of the depthwise convolutions by a factor that their batch normalisation takes out again.
func spread(t *testing.T, g *graph.Graph) {
	t.Helper()
	var factors map[string][]float32
	document(t, &factors, "golden", "qat_run", "c_spread_factors.json")
	seen := 0
	for _, n := range g.Nodes {
		if _, ok := n.Op.(graph.Conv); !ok {
			continue
		}
		w := g.Values[n.Inputs[1]]
		k, ok := factors[strings.TrimSuffix(w.Name, ".weight")]
		if !ok {
			continue
		}
		seen++
		scale := func(x []float32, power int) {
			each := len(x) / len(k)
			for i := range x {
				for range power {
					x[i] *= k[i/each]
				}
			}
		}
		scale(w.Const.F, 1)
		for _, next := range g.Nodes {
			if _, ok := next.Op.(graph.BatchNormalization); ok && next.Inputs[0] == n.Outputs[0] {
				scale(g.Values[next.Inputs[3]].Const.F, 1)
				scale(g.Values[next.Inputs[4]].Const.F, 2)
			}
		}
	}
	if seen != len(factors) {
		t.Fatalf("%d of %d depthwise convolutions found", seen, len(factors))
	}
}

// step trains on batch k of the run.
func (r *goldenRun) step(t *testing.T, trainer *Trainer, k int) float64 {
	t.Helper()
	steps := (len(r.labels) + goldenBatch - 1) / goldenBatch
	from := k/steps*len(r.labels) + k%steps*goldenBatch
	n := min(goldenBatch, (k/steps+1)*len(r.labels)-from)
	var batch []float32
	target := make([]float32, n*10)
	for j := range n {
		i := int(binary.LittleEndian.Uint16(r.order[2*(from+j):]))
		batch = cifar(batch, r.images, i)
		target[10*j+r.labels[i]] = 1
	}
	rate := r.want.Rate / 2 * (1 + math.Cos(math.Pi*float64(k)/float64(r.want.Epochs*steps)))
	loss, _, err := trainer.Step(t.Context(), n, float32(rate), [][]float32{batch}, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return float64(loss)
}

// top1 is the share of test images that the network of the simulation names rightly.
func (r *goldenRun) top1(t *testing.T, c *calibrate.Calibrated) float64 {
	t.Helper()
	var right atomic.Int32
	g := c.Quantized(calibrate.All).Graph
	out := g.Outputs[0]
	err := pool.Show(t.Context(), g, exec.Config{}, 2, len(r.known), func(i int) ([][]float32, error) {
		return [][]float32{cifar(nil, r.others, i)}, nil
	}, func(run *exec.Runner, i int) {
		y := run.Value(out)
		if slices.Index(y, slices.Max(y)) == r.known[i] {
			right.Add(1)
		}
	}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return float64(right.Load()) / float64(len(r.known))
}

var goldenOptimizer = Optimizer{Kind: "sgd", Momentum: 0.9}

// TestGoldenRunBegins begins MQBench's run of resnet20 at 4 bits: what calibration finds, the logits before training, and
// the statistics of the first batch.
func TestGoldenRunBegins(t *testing.T) {
	r := beginGoldenRun(t, "a_w4a4_minmax_learnable")
	scales, activations := map[string][]float32{}, [][]float32{}
	for i, q := range r.c.Quantizers {
		if scales[q.Name] = r.c.Params[i].Scale; strings.HasSuffix(q.Name, "_post_act_fake_quantizer") {
			activations = append(activations, r.c.Params[i].Scale)
		}
	}
	for _, q := range r.want.Start { // activations are named otherwise in PyTorch, and come in order
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

	frozen := New(r.c, Config{Optimizer: goldenOptimizer, FreezeNorm: true}, nil)
	defer frozen.Close()
	var batch, before []float32
	for i, x := range r.want.Logits {
		batch, before = cifar(batch, r.others, i), append(before, x...)
	}
	_, logits, err := frozen.Step(t.Context(), len(r.want.Logits), 0, [][]float32{batch}, make([]float32, len(before)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := relativeTo(logits, before, 0); d > 1e-5 {
		t.Errorf("logits before training differ by %.2g", d)
	}

	trainer := New(r.c, Config{Optimizer: goldenOptimizer}, nil)
	defer trainer.Close()
	r.step(t, trainer, 0)
	seen := 0
	for _, p := range trainer.now.Params {
		w, ok := r.want.Detail[0].Buffers[p.Name]
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
	if seen == 0 || seen != len(r.want.Detail[0].Buffers) {
		t.Errorf("%d of %d statistics compared", seen, len(r.want.Detail[0].Buffers))
	}
}

// TestGoldenRuns trains as long as MQBench did: QAT=all, or steps of each run as a number. The losses of single steps
// are shown and not compared: with statistics of the batch and 4 bits, one code next to a tie changes the statistics of
// every layer behind it and so every logit.
func TestGoldenRuns(t *testing.T) {
	asked := os.Getenv("QAT")
	if asked == "" {
		t.Skip("hours; QAT=all trains as long as MQBench did, QAT=20 takes so many steps")
	}
	for _, run := range []struct {
		name    string
		atLeast float64
	}{
		{"a_w4a4_minmax_learnable", 0.8445 - 0.015},
		{"b_w2a4_minmax_learnable", 0.799 - 0.015},
		{"c_effnet_spread_config2_w8a8", 0.624},
	} {
		t.Run(run.name[:1], func(t *testing.T) {
			r := beginGoldenRun(t, run.name)
			whole := len(r.want.Losses)
			steps := whole
			if n, err := strconv.Atoi(asked); err == nil {
				steps = min(n, steps)
			}
			shared := engine.NewPool(2)
			defer shared.Close()
			trainer := New(r.c, Config{Optimizer: goldenOptimizer}, shared)
			defer trainer.Close()
			began, sum, their := time.Now(), 0.0, 0.0
			for k := range steps {
				loss := r.step(t, trainer, k)
				sum, their = sum+loss, their+r.want.Losses[k]
				if k < 20 {
					t.Logf("step %d: loss %.4f, MQBench %.4f", k, loss, r.want.Losses[k])
				}
				if (k+1)%94 == 0 || k+1 == steps {
					top1 := r.top1(t, trainer.Result())
					t.Logf("after %d steps, %v: mean loss %.4f, MQBench %.4f; top-1 %.4f, MQBench's epochs %v", k+1, time.Since(began).Round(time.Second), sum/float64(k+1), their/float64(k+1), top1, r.want.Epoch)
					if k+1 == whole && top1 < run.atLeast {
						t.Errorf("top-1 %v, want at least %v", top1, run.atLeast)
					}
				}
			}
		})
	}
}

// TestGoldenNoise shows what the losses of these runs can be held to: scales of the first batch normalisation that differ by
// 5e-5, about what statistics of a batch do that are summed in another order, flip codes of 4 bits next to a tie, each of
// which moves sums of the next layer by a part of its step; after some layers all roundings are others. The first loss is
// then another number, and MQBench's is one of these.
func TestGoldenNoise(t *testing.T) {
	if os.Getenv("QAT") == "" {
		t.Skip("takes a minute: make qat")
	}
	for _, name := range []string{"a_w4a4_minmax_learnable", "b_w2a4_minmax_learnable"} {
		r := beginGoldenRun(t, name)
		trainer := New(r.c, Config{Optimizer: goldenOptimizer}, nil)
		defer trainer.Close()
		random := rand.New(rand.NewPCG(1, 1))
		r.want.Rate = 0
		losses := []float64{r.step(t, trainer, 0)}
		start := trainer.State()
		for _, p := range trainer.now.Params { // statistics as they were before
			if p.Start != nil {
				start[p.Name] = p.Start
			}
		}
		scales := start["bn1.weight"]
		for range 10 {
			other := slices.Clone(scales)
			for i := range other {
				other[i] *= 1 + 5e-5*float32(random.IntN(3)-1)
			}
			start["bn1.weight"] = other
			if err := trainer.Restore(t.Context(), goldenBatch, start); err != nil {
				t.Fatal(err)
			}
			losses = append(losses, r.step(t, trainer, 0))
		}
		t.Logf("%s: losses %.4f, MQBench %.4f", name, losses, r.want.Losses[0])
		least, most := slices.Min(losses), slices.Max(losses)
		if spread := most - least; spread < 1e-2 || r.want.Losses[0] < least || r.want.Losses[0] > most {
			t.Errorf("%s: MQBench's first loss is %.4f, ours are %.4f", name, r.want.Losses[0], losses)
		}
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
