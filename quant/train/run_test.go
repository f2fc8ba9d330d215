package train

import (
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
)

var golden = Config{Optimizer: Optimizer{Kind: "sgd", Momentum: 0.9, WeightDecay: 1e-4}}

// TestThreads: the parameters after three steps have the same bits on one and on two threads, whatever the batches.
func TestThreads(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config2_w4a4"]
	calibrated, images := goldenCalibrated(t, "config2_w4a4", c, read)
	train := func(p *engine.Pool) string {
		trainer := New(calibrated, golden, p)
		defer trainer.Close()
		for k, n := range []int{batch, 5, batch} { // the second batch is smaller, as the last one of an epoch is
			if _, _, err := trainer.Step(t.Context(), n, 0.05, [][]float32{images[k*batch*item:][:n*item]}, goldenTarget(c.Labels[k])[:4*n], nil); err != nil {
				t.Fatal(err)
			}
		}
		return trainer.Digest()
	}
	pool := engine.NewPool(2)
	defer pool.Close()
	if one, two := train(nil), train(pool); one != two {
		t.Errorf("digest %s on one thread, %s on two", one, two)
	}
}

// TestRestore: a run that was stopped goes on to the same bits.
func TestRestore(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config2_w8a8"]
	calibrated, images := goldenCalibrated(t, "config2_w8a8", c, read)
	for _, kind := range Optimizers() {
		cfg := Config{Optimizer: Optimizer{Kind: kind}, Smoothing: 0.1, Distill: 0.5, Temperature: 2}
		teacher := make([]float32, 4*batch)
		for i := range teacher {
			teacher[i] = float32(i % 7)
		}
		trainer := New(calibrated, cfg, nil)
		stopped := New(calibrated, cfg, nil)
		step := func(trainer *Trainer, k int) {
			t.Helper()
			if _, _, err := trainer.Step(t.Context(), batch, 0.01, [][]float32{images[k*batch*item:][:batch*item]}, goldenTarget(c.Labels[k]), teacher); err != nil {
				t.Fatal(err)
			}
		}
		step(trainer, 0)
		state := trainer.State()
		step(trainer, 1)
		if err := stopped.Restore(t.Context(), batch, state); err != nil {
			t.Fatal(err)
		}
		step(stopped, 1)
		if trainer.Digest() != stopped.Digest() {
			t.Errorf("%s: a run that was stopped ends elsewhere", kind)
		}
		delete(state, "fc.weight")
		if err := stopped.Restore(t.Context(), batch, state); err == nil || !strings.Contains(err.Error(), `no parameter "fc.weight"`) {
			t.Errorf("got %v", err)
		}
		trainer.Close()
		stopped.Close()
	}
}

// TestOptimizers compares some steps of each with PyTorch's formulas in float64.
func TestOptimizers(t *testing.T) {
	for _, o := range []Optimizer{
		{Kind: "sgd"}, {Kind: "sgd", WeightDecay: 0.1}, {Kind: "sgd", Momentum: 0.9, WeightDecay: 0.1}, {Kind: "sgd", Momentum: 0.9, Nesterov: true},
		{Kind: "adam", WeightDecay: 0.1}, {Kind: "adamw", WeightDecay: 0.1}, {Kind: "adam", Beta1: 0.8, Beta2: 0.9, Epsilon: 1e-3},
	} {
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		d := o.defaults()
		b := graph.NewBuilder("optimizer")
		in := func(name string) graph.ValueID { return b.Input(name, graph.Float32) }
		w, g, rate, bias1, bias2 := in("w"), in("g"), in("rate"), in("bias1"), in("bias2")
		var state []graph.ValueID
		for range o.states() {
			state = append(state, in("state"))
		}
		next, states := d.update(emit{Builder: b, at: "w"}, w, g, state, rate, bias1, bias2)
		net, err := b.Done(next)
		if err != nil {
			t.Fatal(err)
		}
		own, want, m, v := 0.7, 0.7, 0.0, 0.0
		kept := make([]float64, len(state))
		lambda, mu := float64(o.WeightDecay), float64(o.Momentum)
		b1, b2 := float64(d.Beta1), float64(d.Beta2)
		for k := 1; k <= 3; k++ {
			slope := 0.3 * float64(k)
			c1, c2 := 1-math.Pow(b1, float64(k)), 1-math.Pow(b2, float64(k))
			values := map[graph.ValueID][]float64{w: {own}, g: {slope}, rate: {0.1}, bias1: {c1}, bias2: {c2}}
			for i, s := range state {
				values[s] = []float64{kept[i]}
			}
			got := eval(net, values)
			own = got[next][0]
			for i, s := range states {
				kept[i] = got[s][0]
			}
			if o.Kind == "adamw" {
				want -= 0.1 * lambda * want
			} else {
				slope += lambda * want
			}
			if o.Kind == "sgd" {
				m = mu*m + slope
				if o.Nesterov {
					want -= 0.1 * (slope + mu*m)
				} else {
					want -= 0.1 * m
				}
			} else {
				m, v = b1*m+(1-b1)*slope, b2*v+(1-b2)*slope*slope
				want -= 0.1 * (m / c1) / (math.Sqrt(v/c2) + float64(d.Epsilon))
			}
			if math.Abs(own-want) > 1e-6 {
				t.Errorf("%+v step %d: %v, want %v", o, k, own, want)
			}
		}
	}
	for _, o := range []Optimizer{{}, {Kind: "lion"}, {Kind: "sgd", Nesterov: true}, {Kind: "adam", Momentum: 0.9}, {Kind: "sgd", Momentum: 1}} {
		if o.Validate() == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// TestClip: a step of plain SGD is as long as the limit says, and as without one where the gradients are shorter.
func TestClip(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config2_w8a8"]
	calibrated, images := goldenCalibrated(t, "config2_w8a8", c, read)
	const rate = 0.5
	length := func(clip float32) float64 {
		trainer := New(calibrated, Config{Optimizer: Optimizer{Kind: "sgd"}, FreezeNorm: true, Clip: clip}, nil)
		defer trainer.Close()
		if _, _, err := trainer.Step(t.Context(), batch, rate, [][]float32{images[:batch*item]}, goldenTarget(c.Labels[0]), nil); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range trainer.now.Params {
			for i, x := range trainer.now.run.Get(p.Value) {
				sum += math.Pow(float64(x-p.Start[i]), 2)
			}
		}
		return math.Sqrt(sum) / rate
	}
	free := length(0)
	if short := length(0.1); free < 0.2 || math.Abs(short-0.1) > 1e-4 {
		t.Errorf("gradients of length %v are clipped to %v, want 0.1", free, short)
	}
	if long := length(1000); math.Abs(long-free) > 1e-6*free {
		t.Errorf("gradients of length %v became %v below the limit", free, long)
	}
}

// TestRefused: what cannot be trained is refused by name.
func TestRefused(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config1_w8a8"]
	calibrated, _ := goldenCalibrated(t, "config1_w8a8", c, read)
	for _, r := range []struct {
		fake, want string
		cfg        Config
		n          int
	}{
		{"lion", `x_post_act_fake_quantizer: no fake-quantizer "lion"`, golden, 4},
		{"fixed", "a batch of 0 items", golden, 0},
		{"fixed", "share of distillation", Config{Optimizer: golden.Optimizer, Distill: 2}, 4},
		{"fixed", `no "": there are sgd, adam, adamw`, Config{}, 4},
	} {
		own := *calibrated
		own.Quantizers = append([]prepare.Quantizer(nil), calibrated.Quantizers...)
		own.Quantizers[0].FakeQuant = r.fake
		if _, err := NewStep(&own, r.cfg, r.n); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("got %v, want %q", err, r.want)
		}
	}
}
