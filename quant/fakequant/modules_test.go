package fakequant_test

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

func params(g golden, scale, zero []float32) scheme.QParams {
	p := scheme.QParams{Scale: scale, QMin: g.QuantMin, QMax: g.QuantMax, Axis: g.axis()}
	for _, z := range zero {
		p.ZeroPoint = append(p.ZeroPoint, int32(z))
	}
	return p
}

// quiet is an operator of PyTorch itself, at random values and at ties.
func TestTorchOperators(t *testing.T) {
	all, blob := vectors(t)
	seen := 0
	for _, g := range all {
		switch g.Op {
		case "torch.fake_quantize_per_tensor_affine", "torch.fake_quantize_per_channel_affine":
			f, err := fakequant.New("fixed", fakequant.Config{Rule: scheme.PyTorch})
			if err != nil {
				t.Fatal(err)
			}
			f.Load(params(g, g.Scale, g.ZeroPoint), nil, nil)
			check(t, f, g, blob)
		case "torch._fake_quantize_learnable_per_tensor_affine", "torch._fake_quantize_learnable_per_channel_affine",
			"mqbench.lsq._fake_quantize_learnable_per_channel_affine_training":
			l := &fakequant.Learnable{
				Scale: g.Scale, ZeroPoint: g.ZeroPoint, Rule: scheme.PyTorch,
				GradScale: make([]float32, len(g.Scale)), GradZeroPoint: make([]float32, len(g.Scale)),
				NoGradScaling: g.GradFactor == 1, QMin: g.QuantMin, QMax: g.QuantMax, Axis: g.axis(),
			}
			check(t, l, g, blob)
			close(t, "scale", l.GradScale, g.GradScale, l.Scale, g.GradFactor, g, blob)
			close(t, "zero_point", l.GradZeroPoint, g.GradZeroPoint, l.Scale, g.GradFactor, g, blob)
		default:
			continue
		}
		seen++
	}
	if seen < 94 {
		t.Fatalf("only %d vectors", seen)
	}
}

// MQBench's modules: one step with the observer on, where scale and zero point come from our observer,
// one with it off.
func TestMQBenchModules(t *testing.T) {
	all, blob := vectors(t)
	names := map[string]string{}
	for _, k := range fakequant.Kinds() {
		names["mqbench."+k.MQBench] = k.Name
	}
	seen := map[string]int{}
	for _, g := range all {
		name := names[g.Op]
		if name == "" {
			continue
		}
		seen[name]++
		s := scheme.QScheme{Bits: g.Bit, Symmetric: g.Symmetry, PerChannel: g.PerChannel, PoT: g.PoT}
		f, err := fakequant.New(name, fakequant.Config{
			Scheme: s, Rule: scheme.PyTorch, Exact: true,
			Weight: g.QuantType == "param", Options: fakequant.Options{Alpha: g.Extra.Alpha},
		})
		if err != nil {
			t.Fatal(err)
		}
		if pact, ok := f.(*fakequant.PACT); ok {
			pact.Observing = g.Step == "observe+quant"
		}
		if g.Step == "quant" {
			f.Load(params(g, g.Before["scale"], g.Before["zero_point"]), g.Before["activation_post_process.min_val"], g.Before["activation_post_process.max_val"])
		} else {
			observe(t, f, s, g, blob)
		}
		var factor float64 = 1
		switch f := f.(type) {
		case *fakequant.Learnable:
			f.NoGradScaling = g.Extra.Scaling != nil && !*g.Extra.Scaling
			if !f.NoGradScaling {
				factor = 1 / math.Sqrt(float64(len(g.X.read(blob))/len(f.Scale))*float64(g.QuantMax))
			}
		case *fakequant.AdaRound:
			f.Init(g.X.read(blob), g.X.Shape)
			copy(f.Alpha, g.Alpha.read(blob))
		}
		check(t, f, g, blob)
		checkParams(t, f, g)
		checkGradients(t, f, g, blob, factor)
	}
	for name, n := range map[string]int{
		"fixed": 16, "learnable": 40, "dorefa": 16, "dsq": 16, "pact": 16, "tqt": 12, "qdrop": 8, "nnie": 2, "adaround": 4,
	} {
		if seen[name] != n {
			t.Errorf("%s: %d vectors, want %d", name, seen[name], n)
		}
	}
}

// sums are the observers whose numbers come of sums over the tensor.
var sums = map[string]bool{"ClipStdObserver": true, "LSQObserver": true}

// nearly compares numbers that come of sums, and gives MQBench's, so that what follows is comparable.
func nearly(t *testing.T, p scheme.QParams, g golden) scheme.QParams {
	t.Helper()
	want := params(g, g.After["scale"], g.After["zero_point"])
	for i := range want.Scale {
		if d := math.Abs(float64(p.Scale[i]/want.Scale[i]) - 1); d > reduction || p.ZeroPoint[i] != want.ZeroPoint[i] {
			t.Errorf("%s with %s: %+v, want %+v", g.Op, g.Observer, p, want)
		}
	}
	return want
}

// checkParams compares scale and zero point where the module has them.
func checkParams(t *testing.T, f fakequant.FakeQuantizer, g golden) {
	t.Helper()
	p := f.Params()
	if most := g.After["data_max"]; most != nil && p.Scale[0] != most[0] { // NNIE's
		t.Errorf("%s: data_max %v, want %v", g.Op, p.Scale, most)
	}
	if g.After["scale"] == nil {
		return
	}
	for i := range p.Scale {
		if ulps(p.Scale[i], g.After["scale"][i]) > 1 || float32(p.ZeroPoint[i]) != g.After["zero_point"][i] {
			t.Errorf("%s: parameters %+v, want %v %v", g.Op, p, g.After["scale"], g.After["zero_point"])
		}
	}
}

// checkGradients compares the gradients of what can be learned.
func checkGradients(t *testing.T, f fakequant.FakeQuantizer, g golden, blob []byte, factor float64) {
	t.Helper()
	trainable, ok := f.(fakequant.Trainable)
	if !ok {
		if len(g.ParamGrads) > 0 {
			t.Errorf("%s learns %v", g.Op, g.ParamGrads)
		}
		return
	}
	if g.Op == "mqbench.AdaRoundFakeQuantize" {
		compare(t, "dalpha", trainable.Parameters()[0].Grad, g.GradAlpha.read(blob), g.X.read(blob), g)
		return
	}
	for _, p := range trainable.Parameters() {
		want := g.ParamGrads[p.Name]
		if want == nil { // frozen
			want = make(numbers, len(p.Grad))
		}
		close(t, p.Name, p.Grad, want, f.Params().Scale, factor, g, blob)
	}
}

// AdaRound's rounding once learned.
func TestHardRounding(t *testing.T) {
	all, blob := vectors(t)
	seen := 0
	for _, g := range all {
		if g.Op != "mqbench.AdaRoundFakeQuantize.get_hard_value" {
			continue
		}
		seen++
		f, err := fakequant.New("adaround", fakequant.Config{Rule: scheme.PyTorch})
		if err != nil {
			t.Fatal(err)
		}
		f.Load(params(g, g.Scale, g.ZeroPoint), nil, nil)
		a := f.(*fakequant.AdaRound)
		x := g.X.read(blob)
		a.Init(x, g.X.Shape)
		copy(a.Alpha, g.Alpha.read(blob))
		y := a.Rounded(x, g.X.Shape)
		compare(t, "y", y, g.Y.read(blob), x, g)
		// Plain quantization leaves them as they are: so they can be deployed.
		again := make([]float32, len(y))
		p := f.Params()
		p.FakeQuantize(again, y, g.X.Shape, scheme.PyTorch)
		compare(t, "y", again, y, x, g)
	}
	if seen != 4 {
		t.Fatalf("%d vectors", seen)
	}
}

// observe runs our observer over the vector's input, as MQBench's forward with the observer on does.
func observe(t *testing.T, f fakequant.FakeQuantizer, s scheme.QScheme, g golden, blob []byte) {
	t.Helper()
	x := g.X.read(blob)
	if d, ok := f.(fakequant.Transformer); ok {
		d.Transform(x, x)
	}
	c := observer.Config{Scheme: s, Axis: g.axis(), Channels: 1, Exact: true}
	switch g.QuantType {
	case "input":
		c.Role = observer.Input
	case "param":
		c.Role = observer.Weight
	}
	if g.PerChannel {
		c.Channels = g.X.Shape[g.axis()]
	}
	for _, k := range observer.Kinds() {
		if k.MQBench != g.Observer {
			continue
		}
		o, err := observer.New(k.Name, c)
		if err != nil {
			t.Fatal(err)
		}
		channels := func(f func(c int, x []float32)) {
			if g.PerChannel {
				for c, run := range scheme.Channels(g.X.Shape, g.axis()) {
					f(c, x[run.From:run.To])
				}
			} else {
				f(0, x)
			}
		}
		observer.Batch(o, channels)
		p, err := o.Params()
		if err != nil {
			t.Fatal(err)
		}
		lo, hi := o.Range()
		f.Load(p, lo, hi)
		if sums[g.Observer] {
			f.Load(nearly(t, f.Params(), g), lo, hi)
		}
		return
	}
	t.Fatalf("no observer %s", g.Observer)
}

// [Q] NNIE reaches to the greatest magnitude that a moving average ever had, soundly to the last.
func TestNNIEPeak(t *testing.T) {
	for exact, want := range map[bool]float32{true: 5, false: 3} {
		f, err := fakequant.New("nnie", fakequant.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: true}, Exact: exact})
		if err != nil {
			t.Fatal(err)
		}
		follower := f.(fakequant.Follower)
		follower.Follow([]float32{-5}, []float32{2})
		follower.Follow([]float32{-1}, []float32{3})
		f.Load(scheme.QParams{}, []float32{-1}, []float32{3})
		if got := f.Params().Scale[0]; got != want {
			t.Errorf("exact %v: reaches %v, want %v", exact, got, want)
		}
	}
}
