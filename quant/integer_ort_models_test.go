package quant_test

import (
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestIntegersOfONNXRuntime prints how many logits and answers ONNX Runtime has in common with the integer
// engine on whole exported networks, as QOperator (as it is) and as QDQ (where ONNX Runtime itself makes
// QLinear operators of what it can). A network that is quantized everywhere gives the same logits bit for
// bit. Elsewhere both compute on floats what the recipe leaves to floats, in another order, so that logits
// need not be equal.
func TestIntegersOfONNXRuntime(t *testing.T) {
	configs := map[string][]string{"lenet_mnist": {"config1", "snpe"}, "resnet20_cifar10": {"config1", "tensorrt", "snpe"}}
	whole := map[string]bool{"lenet_mnist/config1": true, "lenet_mnist/snpe": true, "resnet20_cifar10/snpe": true} // quantized everywhere
	for _, m := range goldenModels() {
		for _, config := range configs[m.name] {
			t.Run(m.name+"/"+config, func(t *testing.T) {
				var meta goldenMeta
				readJSON(t, &meta, "golden", m.name, "meta.json")
				images := m.load(t)
				r := at(t, config, 8)
				r.Rule = scheme.ONNX
				c := m.calibrated(t, r, meta, images)
				e, err := exec.New(t.Context(), c.Quantized(calibrate.All).Graph, exec.Config{Integer: true})
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				var inputs, logits []float32
				const n = 40
				for _, im := range images[:n] {
					x, _, err := im.data.Tensor(im.item, c.Recipe.Preprocess)
					if err != nil {
						t.Fatal(err)
					}
					if err := e.Run(t.Context(), x); err != nil {
						t.Fatal(err)
					}
					inputs, logits = append(inputs, x...), append(logits, e.Output(0)...)
				}
				shape := c.Graph.Values[c.Graph.Inputs[0]].Shape
				for _, format := range []string{"qoperator", "qdq"} {
					files, _, err := export.Export(t.Context(), format, "net", c)
					if err != nil {
						t.Fatal(err)
					}
					level := map[string]string{"qoperator": "disabled", "qdq": "all"}[format]
					for _, engine := range []string{"node", "web"} {
						got := orttest.Run(t, engine, files[0].Bytes, shape, inputs, level)
						same := compareAnswersWith(t, format+" in ONNX Runtime ("+engine+")", logits, got, n)
						if whole[m.name+"/"+config] && same < len(logits) && !(engine == "node" && saturates()) {
							t.Errorf("%s, %s: %d of %d logits are identical in a network that is quantized everywhere", format, engine, same, len(logits))
						}
					}
				}
			})
		}
	}
}

// compareAnswersWith prints how many of n items' logits are the same and holds the answers together.
func compareAnswersWith(t *testing.T, what string, want, got []float32, n int) (same int) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d logits, want %d", what, len(got), len(want))
	}
	answers, classes := 0, len(want)/n
	for i := range want {
		if want[i] == got[i] {
			same++
		}
	}
	for i := 0; i < len(want); i += classes {
		if argmax(want[i:i+classes]) == argmax(got[i:i+classes]) {
			answers++
		}
	}
	t.Logf("%s: %d of %d logits are identical, %d of %d answers", what, same, len(want), answers, n)
	if float64(n-answers) > mostFlipped*float64(n) {
		t.Errorf("%s: %d of %d answers", what, answers, n)
	}
	return same
}
