package export

import (
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/lift"
)

// Files of the QOperator form open here again: as written, and lifted to the float network and its
// quantizers, they give what was exported. What remains is the rounding of biases.
func TestQOperatorOpensHere(t *testing.T) {
	for _, n := range []struct {
		name string
		net  func() *net
	}{{"convolutions", convolutions}, {"normalised", normalised}, {"linears", linears}, {"branches", branches}} {
		for _, f := range []struct {
			format, preset             string
			weightBits, activationBits int
			dB                         float64
		}{
			{"qoperator", "config1", 8, 8, 35}, {"qoperator", "config2", 8, 8, 35}, {"qoperator", "snpe", 8, 8, 35}, {"qoperator", "config1", 4, 4, 15},
			{"qoperator", "config1", 8, 16, 60}, {"onnx_qnn", "onnx_qnn", 8, 8, 30},
		} {
			t.Run(n.name+"/"+f.format+"/"+f.preset, func(t *testing.T) {
				t.Parallel()
				if f.format == "onnx_qnn" && n.name == "linears" {
					t.Skip("the backend quantizes no linear layers")
				}
				r := preset(t, f.preset, f.weightBits, f.activationBits)
				r.Rule = "onnx"
				c, inputs := calibrated(t, n.net().build(t), r)
				files, _, err := Export(t.Context(), f.format, "net", c)
				if err != nil {
					t.Fatal(err)
				}
				g := written(t, files)
				want := fakeQuantized(t, c, inputs)
				within(t, "as written", want, graphOutputs(t, g, exec.Config{}, inputs), f.dB)
				float, quantizers := lift.Lift(g)
				lifted := graph.Quantize(float, quantizers).Graph
				if len(quantizers) < 4 {
					t.Errorf("%d quantizers are found", len(quantizers))
				}
				within(t, "lifted", want, graphOutputs(t, lifted, exec.Config{}, inputs), f.dB)
				within(t, "lifted, on integers", want, graphOutputs(t, lifted, exec.Config{Integer: true}, inputs), f.dB)
			})
		}
	}
}

// written is the network of an exported ONNX file, opened again.
func written(t *testing.T, files []File) *graph.Graph {
	t.Helper()
	g := network.Decode(t, files[0].Bytes)
	return g
}

// graphOutputs runs a network on every input; what it gives stands one after the other.
func graphOutputs(t *testing.T, g *graph.Graph, config exec.Config, inputs [][]float32) (out []float32) {
	t.Helper()
	r, err := exec.New(t.Context(), g, config)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, x := range inputs {
		if err := r.Run(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		out = append(out, r.Output(0)...)
	}
	return out
}
