package train

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestOwnGradients compares the fake-quantizers that stay as observed with those of package fakequant, which are held to
// MQBench's vectors: per tensor and per channel, next to whole codes and beyond the last ones too.
func TestOwnGradients(t *testing.T) {
	shape := []int{3, 40}
	for _, kind := range fakequant.Kinds() {
		for _, channels := range []bool{false, true} {
			if !slices.Contains([]string{"fixed", "dsq", "nnie", "e4m3", "e5m2", "fp16", "bf16"}, kind.Name) || channels && kind.PerTensor {
				continue
			}
			s := scheme.QScheme{Bits: 4, Symmetric: kind.Symmetric || channels, PerChannel: channels}
			fake, err := fakequant.New(kind.Name, fakequant.Config{Scheme: s, Rule: scheme.PyTorch})
			if err != nil {
				t.Fatal(err)
			}
			lo, hi, axis := []float32{-1.1}, []float32{2.3}, -1
			if channels {
				lo, hi, axis = []float32{-1, -0.5, -2}, []float32{1.5, 0.25, 1}, 0
			}
			observed, err := s.FromRange(lo, hi, axis)
			if err != nil {
				t.Fatal(err)
			}
			fake.Load(observed, lo, hi)
			p := fake.Params()
			r := rand.New(rand.NewPCG(3, 4))
			x, dy := make([]float32, 120), make([]float32, 120)
			for i := range x {
				x[i], dy[i] = float32(r.NormFloat64()*2), float32(r.NormFloat64())
				if i%5 == 0 { // a code
					x[i] = float32(i%7) * p.Scale[min(i/40, len(p.Scale)-1)]
				}
			}
			wantY, wantX := make([]float32, 120), make([]float32, 120)
			fake.Forward(wantY, x, shape)
			fake.Backward(wantX, dy, x, shape)

			b, blocks := graph.NewBuilder(kind.Name), Blocks{}
			in := b.Input("x", graph.Float32, shape...)
			y := graph.None
			if kind.Name == "dsq" {
				y = Soft{Params: p, Rule: scheme.PyTorch}.Quantize(b, blocks, "quantize", in)
			} else {
				y = b.Node("quantize", graph.FakeQuantize{Params: p, Rule: scheme.PyTorch}, in)
			}
			e := emit{Builder: b, at: "test"}
			loss := e.sum(e.mul(y, e.vector(shape, dy...)), false, 0, 1)
			grads, err := Gradients(b, loss, []graph.ValueID{in}, blocks)
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Done(y, grads[0])
			if err != nil {
				t.Fatal(err)
			}
			run, err := exec.New(t.Context(), g, exec.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			if err := run.Run(t.Context(), x); err != nil {
				t.Fatal(err)
			}
			for k, want := range [][]float32{wantY, wantX} {
				if d := relativeTo(run.Output(k), want, 0); d > 1e-6 {
					t.Errorf("%s, axis %d: output %d differs by %.2g", kind.Name, p.Axis, k, d)
				}
			}
		}
	}
}
