package train

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// The golden steps are those of the real MQBench (commit 00f477d on torch 1.13): see ../shared/golden/README.md.

// at is a tensor of qat.bin.
type at struct {
	Off   int   `json:"off"`
	Shape []int `json:"shape"`
}

type goldenConfig struct {
	Calib  []at          `json:"calib"`
	Labels [][]int       `json:"labels"`
	Init   map[string]at `json:"init"`
	Qparam map[string]struct {
		Scale []float32 `json:"scale"`
		Zero  []float32 `json:"zero_point"`
	} `json:"after_calib_qparams"`
	Eval  at `json:"eval_logits"`
	Steps []struct {
		Loss    float32       `json:"loss"`
		Logits  at            `json:"logits"`
		Grads   map[string]at `json:"grads"`
		Params  map[string]at `json:"params_after"`
		Buffers map[string]at `json:"buffers_after"`
	} `json:"steps"`
	Final at `json:"final_eval_logits"`
}

func goldenSteps(t *testing.T) (map[string]goldenConfig, func(at) []float32) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "golden", "qat_step")
	doc, err := os.ReadFile(filepath.Join(dir, "qat.json"))
	if err != nil {
		t.Skip("needs ../shared/golden/qat_step")
	}
	bin, err := os.ReadFile(filepath.Join(dir, "qat.bin"))
	if err != nil {
		t.Fatal(err)
	}
	var configs map[string]goldenConfig
	if err := json.Unmarshal(doc, &configs); err != nil {
		t.Fatal(err)
	}
	return configs, func(a at) []float32 {
		x := make([]float32, graph.Len(a.Shape))
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(bin[a.Off+4*i:]))
		}
		return x
	}
}

// goldenNet is MQBench's small network: convolution, BN, ReLU; depthwise convolution of
// stride 2, BN, ReLU6; 1×1 convolution, BN;
// a sum, average, linear layer.
func goldenNet(t *testing.T, c goldenConfig, read func(at) []float32) *graph.Graph {
	t.Helper()
	b := graph.NewBuilder("net")
	x := b.Input("x", graph.Float32, 1, 3, 10, 10)
	w := func(name string) graph.ValueID {
		return b.Const(name, &graph.Tensor{DType: graph.Float32, Shape: c.Init[name].Shape, F: read(c.Init[name])})
	}
	conv := func(name string, x graph.ValueID, k, stride, group int, bias bool) graph.ValueID {
		in := []graph.ValueID{x, w(name + ".weight")}
		if bias {
			in = append(in, w(name+".bias"))
		}
		p := k / 2
		return b.Named(name, name, graph.Conv{Kernel: []int{k, k}, Strides: []int{stride, stride}, Dilations: []int{1, 1}, Pads: []int{p, p, p, p}, Group: group}, in...)
	}
	norm := func(name string, x graph.ValueID) graph.ValueID {
		return b.Named(name, name, graph.BatchNormalization{Epsilon: 1e-5}, x,
			w(name+".weight"), w(name+".bias"), w(name+".running_mean"), w(name+".running_var"))
	}
	x = b.Named("r1", "r1", graph.Relu{}, norm("bn1", conv("c1", x, 3, 1, 1, true)))
	x = b.Named("r2", "r2", graph.Clip{Lo: 0, Hi: 6}, norm("bn2", conv("dw", x, 3, 2, 6, false)))
	x = b.Named("add", "add", graph.Add{}, norm("bn3", conv("c2", x, 1, 1, 1, false)), x)
	x = b.Named("gap", "gap", graph.GlobalAveragePool{}, x)
	x = b.Named("flatten", "flatten", graph.Reshape{Shape: []int{1, 6}}, x)
	x = b.Named("fc", "fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, w("fc.weight"), w("fc.bias"))
	g, err := b.Done(x)
	if err != nil {
		t.Fatal(err)
	}
	g.Batch = true
	return g
}

// goldenRecipe is the configuration by its name.
func goldenRecipe(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	preset := "config1"
	if strings.HasPrefix(name, "config2") {
		preset = "config2"
	}
	r, err := recipe.Preset(preset)
	if err != nil {
		t.Fatal(err)
	}
	r.MQBenchExact = true
	r.Data.Batch = 8
	if strings.HasPrefix(name, "lsq") {
		r.Weight.FakeQuant, r.Activation.FakeQuant = "learnable", "learnable"
	}
	if strings.HasSuffix(name, "w4a4") {
		r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = 4, 4
	}
	return r
}

// relativeTo is the greatest difference, of the greatest of the tensor.
func relativeTo(got, want []float32, floor float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	worst, scale := 0.0, floor
	for i, w := range want {
		worst = math.Max(worst, math.Abs(float64(got[i])-float64(w)))
		scale = math.Max(scale, math.Abs(float64(w)))
	}
	if worst == 0 {
		return 0
	}
	return worst / scale
}

// goldenTolerance is what every loss, logit, gradient, parameter and buffer may differ by, of the greatest of its
// tensor.
const goldenTolerance = 1e-4

// goldenNoise are gradients that are zero but for rounding, which is each one's own: batch normalisation takes
// the mean off what lies before it, and with it the bias. They are held to this much.
var goldenNoise = map[string]float64{"c1.bias": 1e-6}

// goldenExceptions are the gradients that may differ by more, with the step's number and the configuration where it
// happens. The gradient of a scale is the sum of dy·(x̂ - x)/s; where its terms cancel, what rounding
// makes of x, 1e-7 of it, counts x/s times. TestGoldenStepsInDouble holds the same numbers to 3e-4 without the rounding.
var goldenExceptions = map[string]float64{
	"config2_w8a8 step 1: gradient of flatten_post_act_fake_quantizer.scale": 1e-3,
	"config2_w8a8 step 2: gradient of flatten_post_act_fake_quantizer.scale": 1e-3,
	"config2_w8a8 step 3: gradient of flatten_post_act_fake_quantizer.scale": 1e-3,
	"config2_w8a8 step 3: gradient of fc.weight_fake_quant.scale":            3e-4,
	"config2_w4a4 step 2: gradient of c1.weight_fake_quant.scale":            2e-2,
	"config2_w4a4 step 2: gradient of flatten_post_act_fake_quantizer.scale": 5e-2,
	"config2_w4a4 step 3: gradient of flatten_post_act_fake_quantizer.scale": 1e-3,
	"config2_w4a4 step 3: gradient of fc.weight_fake_quant.scale":            1e-3,
}

const item, batch = 3 * 10 * 10, 8

// goldenCalibrated is the network calibrated on all images, and those.
func goldenCalibrated(t *testing.T, name string, c goldenConfig, read func(at) []float32) (*calibrate.Calibrated, []float32) {
	t.Helper()
	p, err := prepare.Prepare(goldenNet(t, c, read), goldenRecipe(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var images []float32
	for _, a := range c.Calib {
		images = append(images, read(a)...)
	}
	items := calibrate.Items{Len: len(images) / item, Inputs: func(i int) ([][]float32, error) { return [][]float32{images[i*item:][:item]}, nil }}
	calibrated, err := calibrate.Run(context.Background(), p, items, 1, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return calibrated, images
}

func goldenTarget(labels []int) []float32 {
	target := make([]float32, batch*4)
	for i, label := range labels {
		target[i*4+label] = 1
	}
	return target
}

func TestGoldenSteps(t *testing.T) {
	configs, read := goldenSteps(t)
	for _, name := range []string{"config1_w8a8", "config1_w4a4", "config2_w8a8", "config2_w4a4", "lsq_pc_w4a4"} {
		t.Run(name, func(t *testing.T) {
			c := configs[name]
			calibrated, images := goldenCalibrated(t, name, c, read)
			for i, q := range calibrated.Quantizers {
				want, ok := c.Qparam[q.Name]
				if !ok {
					t.Fatalf("MQBench has no quantizer %s", q.Name)
				}
				if d := relativeTo(calibrated.Params[i].Scale, want.Scale, 0); d > 1e-6 {
					t.Fatalf("%s: scale differs by %g", q.Name, d)
				}
			}
			trainer := New(calibrated, Config{Optimizer: Optimizer{Kind: "sgd", Momentum: 0.9, WeightDecay: 1e-4}}, nil)
			defer trainer.Close()
			trainer.keep = func(s *Step) (keep []graph.ValueID) {
				for _, p := range s.Params {
					if p.Grad != graph.None {
						keep = append(keep, p.Grad)
					}
				}
				return keep
			}
			for k, step := range c.Steps {
				loss, logits, err := trainer.Step(t.Context(), batch, 0.05, [][]float32{images[k*batch*item:][:batch*item]}, goldenTarget(c.Labels[k]), nil)
				if err != nil {
					t.Fatal(err)
				}
				check := func(what string, got, want []float32, floor float64) {
					if d := relativeTo(got, want, floor); !(d <= max(goldenTolerance, goldenExceptions[fmt.Sprintf("%s step %d: %s", name, k, what)])) {
						t.Errorf("step %d %s: differs by %.3g: %v, want %v", k, what, d, short(got), short(want))
					}
				}
				check("loss", []float32{loss}, []float32{step.Loss}, 0)
				check("logits", logits, read(step.Logits), 0)
				seen := 0
				for _, p := range trainer.now.Params {
					if want, ok := step.Grads[p.Name]; ok {
						check("gradient of "+p.Name, trainer.now.run.Value(p.Grad), read(want), goldenNoise[p.Name]/goldenTolerance)
						seen++
					}
					if want, ok := step.Params[p.Name]; ok {
						check(p.Name, trainer.now.run.Get(p.Value), read(want), 0)
						seen++
					}
					if want, ok := step.Buffers[p.Name]; ok {
						check(p.Name, trainer.now.run.Get(p.Value), read(want), 0)
						seen++
					}
				}
				if want := len(step.Grads) + len(step.Params) + len(step.Buffers); seen != want {
					t.Errorf("step %d: %d of MQBench's %d gradients, parameters and buffers are there", k, seen, want)
				}
				if t.Failed() {
					return
				}
			}
			run, err := exec.New(t.Context(), trainer.Result().Quantized(calibrate.All).Graph, exec.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			var final []float32
			for i := range batch {
				if err := run.Run(t.Context(), images[i*item:][:item]); err != nil {
					t.Fatal(err)
				}
				final = append(final, run.Output(0)...)
			}
			t.Logf("after training, evaluated: differs by %.3g", relativeTo(final, read(c.Final), 0))
		})
	}
}

func short(x []float32) string { return fmt.Sprint(x[:min(len(x), 6)]) }

// TestGoldenStepsInDouble computes in float64 the gradients of each step from MQBench's parameters before it. Codes that
// lie next to a tie fall to the other side there, in lsq_pc_w4a4 in the first step, so that only configurations without
// such are compared.
func TestGoldenStepsInDouble(t *testing.T) {
	configs, read := goldenSteps(t)
	for _, name := range []string{"config2_w8a8", "config2_w4a4"} {
		c := configs[name]
		calibrated, images := goldenCalibrated(t, name, c, read)
		s, err := NewStep(calibrated, Config{Optimizer: Optimizer{Kind: "sgd"}}, batch)
		if err != nil {
			t.Fatal(err)
		}
		for k, step := range c.Steps {
			in := map[graph.ValueID][]float64{
				s.Graph.Inputs[0]: widen(images[k*batch*item:][:batch*item]), s.Graph.Inputs[1]: widen(goldenTarget(c.Labels[k])), s.Graph.Inputs[2]: {0.05},
			}
			for _, p := range s.Params {
				x := p.Start
				if k > 0 {
					if a, ok := c.Steps[k-1].Params[p.Name]; ok {
						x = read(a)
					} else {
						x = read(c.Steps[k-1].Buffers[p.Name])
					}
				}
				in[p.Value] = widen(x)
			}
			got := eval(s.Graph, in)
			for _, p := range s.Params {
				if a, ok := step.Grads[p.Name]; ok {
					if d := relativeTo(narrow(got[p.Grad]), read(a), goldenNoise[p.Name]/3e-4); d > 3e-4 {
						t.Errorf("%s step %d: gradient of %s differs by %.3g", name, k, p.Name, d)
					}
				}
			}
		}
	}
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
