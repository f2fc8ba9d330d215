package train

import (
	"fmt"
	"math"
	"slices"
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

// TestDecayOnly: weights decay as ever, and nothing else does.
func TestDecayOnly(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config2_w8a8"]
	calibrated, images := goldenCalibrated(t, "config2_w8a8", c, read)
	state := func(decay float32, only bool) map[string][]float32 {
		trainer := New(calibrated, Config{Optimizer: Optimizer{Kind: "sgd", WeightDecay: decay}, DecayOnly: only}, nil)
		defer trainer.Close()
		if _, _, err := trainer.Step(t.Context(), batch, 0.05, [][]float32{images[:batch*item]}, goldenTarget(c.Labels[0]), nil); err != nil {
			t.Fatal(err)
		}
		return trainer.State()
	}
	none, all, only := state(0, false), state(0.5, false), state(0.5, true)
	for name, x := range only {
		weight := name == "c1.weight" || name == "dw.weight" || name == "c2.weight" || name == "fc.weight"
		want := none[name]
		if weight {
			want = all[name]
		}
		if !slices.Equal(x, want) {
			t.Errorf("%s is %v, want %v", name, short(x), short(want))
		}
		if weight && slices.Equal(all[name], none[name]) {
			t.Errorf("%s does not decay", name)
		}
	}
}

// TestAverage: the result is the moving average of the parameters, which go on without it.
func TestAverage(t *testing.T) {
	configs, read := goldenSteps(t)
	c := configs["config2_w8a8"]
	calibrated, images := goldenCalibrated(t, "config2_w8a8", c, read)
	plain, averaged := New(calibrated, golden, nil), New(calibrated, Config{Optimizer: golden.Optimizer, Average: 0.75}, nil)
	defer plain.Close()
	defer averaged.Close()
	var mean []float64
	for k := range 3 {
		for _, trainer := range []*Trainer{plain, averaged} {
			if _, _, err := trainer.Step(t.Context(), batch, 0.05, [][]float32{images[k*batch*item:][:batch*item]}, goldenTarget(c.Labels[k]), nil); err != nil {
				t.Fatal(err)
			}
		}
		now := plain.State()["fc.weight"]
		if !slices.Equal(now, averaged.State()["fc.weight"]) {
			t.Fatal("the average changes the training")
		}
		if k == 0 {
			mean = widen(read(c.Init["fc.weight"]))
		}
		for i, w := range now {
			mean[i] = 0.75*mean[i] + 0.25*float64(w)
		}
	}
	g := averaged.Result().Graph
	for _, v := range g.Values {
		if v.Name == "fc.weight" {
			if d := relativeTo(v.Const.F, narrow(mean), 0); d > 1e-6 {
				t.Errorf("the result differs from the average by %g", d)
			}
			return
		}
	}
	t.Error("no fc.weight")
}

// TestAugment: an image is mirrored and moved as the seed says, the same in either layout.
func TestAugment(t *testing.T) {
	const rows, columns, colours = 5, 4, 3
	planes, pixels := &augment{true, 2, rows, columns, colours, 1}, &augment{true, 2, rows, columns, 1, colours}
	seen := map[string]bool{}
	for e := range 200 {
		x, y := make([]float32, rows*columns*colours), make([]float32, rows*columns*colours)
		for i := range x { // [C,H,W], and the same as [H,W,C]
			x[i] = float32(i)
			y[i%(rows*columns)*colours+i/(rows*columns)] = float32(i)
		}
		again := slices.Clone(x)
		planes.change(x, 7, e, 3)
		planes.change(again, 7, e, 3)
		pixels.change(y, 7, e, 3)
		found := ""
		for flip := range 2 {
			for down := -2; down <= 2; down++ {
				for right := -2; right <= 2; right++ {
					same := true
					for i := range x {
						c, r, k := i/(rows*columns), i/columns%rows, i%columns
						r, k = min(max(r-down, 0), rows-1), min(max(k-right, 0), columns-1)
						if flip == 1 {
							k = columns - 1 - k
						}
						same = same && x[i] == float32((c*rows+r)*columns+k)
					}
					if same {
						found = fmt.Sprint(flip, down, right)
					}
				}
			}
		}
		for i := range x {
			if x[i] != again[i] || x[i] != y[i%(rows*columns)*colours+i/(rows*columns)] {
				t.Fatalf("epoch %d: element %d differs", e, i)
			}
		}
		if found == "" {
			t.Fatalf("epoch %d: %v is not an image mirrored or moved", e, x)
		}
		seen[found] = true
	}
	if len(seen) < 45 {
		t.Errorf("only %d of 50 ways", len(seen))
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
