package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestFakeQuantizers compares every fake-quantizer of a step with that of package fakequant, which is held to MQBench's
// vectors: what it makes, and the gradients of its input and of all its parameters, for the tensor and for each
// channel, in the sound reading and in MQBench's, at whole codes, at ties and beyond the last codes.
func TestFakeQuantizers(t *testing.T) {
	for _, kind := range fakequant.Kinds() {
		for _, exact := range []bool{false, true} {
			for _, weight := range []bool{false, true} {
				for _, channels := range []bool{false, true} {
					if weight && !kind.Weights || !weight && !kind.Activation || channels && (kind.PerTensor || !weight) {
						continue
					}
					for _, symmetric := range []bool{false, true} {
						if kind.Symmetric && !symmetric {
							continue
						}
						t.Run(fmt.Sprintf("%s/exact=%v/weight=%v/channels=%v/symmetric=%v", kind.Name, exact, weight, channels, symmetric), func(t *testing.T) {
							s := scheme.QScheme{Bits: 4, Symmetric: symmetric, PerChannel: channels}
							if kind.Bits != 0 {
								s.Bits = kind.Bits
							}
							checkFake(t, prepare.Quantizer{Name: "q", Quantizer: recipe.Quantizer{FakeQuant: kind.Name, Scheme: s}, Weight: weight}, exact)
						})
					}
				}
			}
		}
	}
}

func checkFake(t *testing.T, q prepare.Quantizer, exact bool) {
	t.Helper()
	shape := []int{3, 40}
	fake, err := fakequant.New(q.FakeQuant, fakequant.Config{Scheme: q.Scheme, Rule: scheme.PyTorch, Weight: q.Weight, Exact: exact})
	if err != nil {
		t.Fatal(err)
	}
	lo, hi, axis := []float32{-1.1}, []float32{2.3}, -1
	if q.Scheme.PerChannel {
		lo, hi, axis = []float32{-1, -0.5, -2}, []float32{1.5, 0.25, 1}, 0
	}
	observed, err := q.Scheme.FromRange(lo, hi, axis)
	if err != nil {
		t.Fatal(err)
	}
	fake.Load(observed, lo, hi)
	p := fake.Params()
	r := rand.New(rand.NewPCG(3, 4))
	x, dy := make([]float32, 120), make([]float32, 120)
	for i := range x {
		s := p.Scale[min(i/40, len(p.Scale)-1)]
		x[i], dy[i] = float32(r.NormFloat64()*2), float32(r.NormFloat64())
		switch {
		case q.FakeQuant == "dorefa", q.FakeQuant == "dsq": // tanh has other last digits here than there, so no ties
		case q.FakeQuant == "pact":
			x[i] *= 5
		case i%5 == 0:
			x[i] = float32(i%7-3) * s
		case i%5 == 1:
			x[i] = (float32(i%35-17) + 0.5) * s
		}
	}
	want := [][]float32{make([]float32, 120), make([]float32, 120)}
	fake.Forward(want[0], x, shape)
	fake.Backward(want[1], dy, x, shape)
	if trainable, ok := fake.(fakequant.Trainable); ok && !(exact && q.FakeQuant == "pact") { // [Q] frozen after calibration
		for _, own := range trainable.Parameters() {
			if q.FakeQuant == "adaround" {
				continue
			}
			want = append(want, own.Grad)
		}
	}

	own := recipe.Recipe{Rule: scheme.PyTorch, MQBenchExact: exact}
	c := &calibrate.Calibrated{
		Prepared: prepare.Prepared{Quantizers: []prepare.Quantizer{q}, Recipe: own}, Params: []scheme.QParams{p}, Observed: []scheme.QParams{observed},
	}
	st := &stepper{emit: emit{Builder: graph.NewBuilder("step"), at: "step"}, c: c, blocks: Blocks{}}
	in := st.Input("x", graph.Float32, shape...)
	y, err := st.quantizer(0, in)
	if err != nil {
		t.Fatal(err)
	}
	e := emit{Builder: st.Builder, at: "test"}
	loss := e.sum(e.mul(y, e.vector(shape, dy...)), false, 0, 1)
	wrt := []graph.ValueID{in}
	for _, l := range st.leaves {
		wrt = append(wrt, l.value)
	}
	grads, err := Gradients(st.Builder, loss, wrt, st.blocks)
	if err != nil {
		t.Fatal(err)
	}
	inputs := [][]float32{x}
	for _, own := range st.params {
		st.Graph.Inputs = append(st.Graph.Inputs, own.Value)
		inputs = append(inputs, own.Start)
	}
	g, err := st.Done(append([]graph.ValueID{y}, grads...)...)
	if err != nil {
		t.Fatal(err)
	}
	run, err := exec.New(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if err := run.Run(t.Context(), inputs...); err != nil {
		t.Fatal(err)
	}
	if len(want) != 1+len(grads) {
		t.Fatalf("%d gradients, want %d", len(grads), len(want)-1)
	}
	for k, w := range want {
		tolerance := 1e-6
		if k > 1 || q.FakeQuant == "dorefa" { // sums
			tolerance = 2e-5
		}
		if d := relativeTo(run.Output(k), w, 1e-6); d > tolerance {
			t.Errorf("output %d differs by %.2g: %v, want %v", k, d, short(run.Output(k)), short(w))
		}
	}
}

// TestEveryFakeQuantizerTrains takes steps with each on a small network, whose loss on the batch falls by training: what
// comes out is quantized by the parameters as trained.
func TestEveryFakeQuantizerTrains(t *testing.T) {
	configs, read := goldenSteps(t)
	golden := configs["config1_w8a8"]
	for _, kind := range fakequant.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			how := goldenRecipe(t, "config1_w8a8")
			how.MQBenchExact = false
			side := &how.Weight
			if !kind.Weights {
				side = &how.Activation
			}
			side.FakeQuant, side.Scheme.Symmetric = kind.Name, kind.Symmetric || side.Scheme.Symmetric
			side.Scheme.PerChannel = side.Scheme.PerChannel && !kind.PerTensor
			side.Scheme.PoT = kind.PoT
			if kind.Bits != 0 {
				side.Scheme.Bits = kind.Bits
			}
			p, err := prepare.Prepare(goldenNet(t, golden, read), how)
			if err != nil {
				t.Fatal(err)
			}
			images := read(golden.Calib[0])
			items := calibrate.Items{Len: batch, Inputs: func(i int) ([][]float32, error) { return [][]float32{images[i*item:][:item]}, nil }}
			c, err := calibrate.Run(t.Context(), p, items, 1, func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			trainer := New(c, Config{Optimizer: Optimizer{Kind: "sgd", Momentum: 0.9}, FreezeNorm: true}, nil)
			defer trainer.Close()
			first, last := float32(0), float32(0)
			for k := range 12 {
				loss, _, err := trainer.Step(t.Context(), batch, 0.02, [][]float32{images[:batch*item]}, goldenTarget(golden.Labels[0]), nil)
				if err != nil {
					t.Fatal(err)
				}
				if last = loss; k == 0 {
					first = loss
				}
			}
			if !(last < first) {
				t.Errorf("loss %v became %v", first, last)
			}
			g := trainer.Result().Quantized(calibrate.All).Graph
			run, err := exec.New(t.Context(), g, exec.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			loss := 0.0
			for i := range batch {
				if err := run.Run(t.Context(), images[i*item:][:item]); err != nil {
					t.Fatal(err)
				}
				loss += crossEntropy64(run.Output(0), golden.Labels[0][i]) / batch
			}
			if !(loss < float64(first)) {
				t.Errorf("loss %v became %v where the trained network runs", first, loss)
			}
		})
	}
}

func crossEntropy64(logits []float32, label int) float64 {
	sum := 0.0
	for _, x := range logits {
		sum += math.Exp(float64(x - logits[label]))
	}
	return math.Log(sum)
}
