package export

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
)

// receiptOf is what a receipt tells of c's weights and activations.
func receiptOf(t *testing.T, g *graph.Graph, c *calibrate.Calibrated) *receipt.Receipt {
	t.Helper()
	net, err := evidence.Describe(g)
	if err != nil {
		t.Fatal(err)
	}
	r := &receipt.Receipt{Recipe: c.Recipe, Activations: c.Activations()}
	for _, leaf := range net.Tensors {
		r.Model.Tensors = append(r.Model.Tensors, hex.EncodeToString(leaf[:])[:8])
	}
	for _, l := range evidence.Layers(c) {
		r.Layers = append(r.Layers, receipt.Layer{Name: receipt.Label(l.Name), Weights: l.Weights})
	}
	return r
}

// Every form of integers is known by its receipt, and none by that of another network.
func TestReceiptsKnowTheirFiles(t *testing.T) {
	for _, n := range []struct {
		name       string
		net, other func() *net
	}{{"convolutions", convolutions, branches}, {"normalised", normalised, linears}, {"linears", linears, convolutions}, {"branches", branches, linears}} {
		t.Run(n.name, func(t *testing.T) {
			t.Parallel()
			g, another := n.net().build(t), n.other().build(t)
			for _, engine := range []string{"config1", "qdq", "tensorrt", "vitis", "onnx_qnn", "openvino"} {
				r := preset(t, engine, 8, 8)
				p, err := prepare.Prepare(another, r)
				if err != nil || len(p.Quantizers) == 0 {
					continue // onnx_qnn quantizes no linear layers
				}
				if p, err = prepare.Prepare(g, r); err != nil || len(p.Quantizers) == 0 {
					continue
				}
				c, _ := calibrated(t, g, r)
				o, _ := calibrated(t, another, r)
				own, others := receiptOf(t, g, c), receiptOf(t, another, o)
				for _, f := range Formats() {
					files, _, err := Export(t.Context(), f.Name, "net", c)
					if err != nil || f.Name == "wasm" {
						continue
					}
					for _, file := range files {
						// vitis' fingerprints are of biases too, and the other formats are of floats or no networks.
						integers := engine != "vitis" && slices.Contains([]string{"qdq", "qoperator", "onnx_qnn"}, f.Name)
						how, err := evidence.Exported(own, file.Bytes)
						if (err == nil) != integers || integers && !strings.HasPrefix(how, "compared with the receipt in part: ") {
							t.Errorf("%s, %s, %s: %q, %v", engine, f.Name, file.Name, how, err)
						}
						if _, err := evidence.Exported(others, file.Bytes); err == nil {
							t.Errorf("%s, %s, %s: another network's receipt", engine, f.Name, file.Name)
						}
					}
				}
			}
		})
	}
}

// One code and one scale are told.
func TestReceiptsKnowOtherNumbers(t *testing.T) {
	g := convolutions().build(t)
	c, _ := calibrated(t, g, preset(t, "config1", 8, 8))
	file, _, err := QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	own := receiptOf(t, g, c)
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.DataType == onnx.Int8 && len(t.Dims) == 4 })
	raw := bytes.Clone(m.Graph.Initializers[at].Raw)
	raw[3]++
	m.Graph.Initializers[at].Raw = raw
	if _, err := evidence.Exported(own, onnx.Encode(m)); err == nil || !strings.Contains(err.Error(), "3 of 4 layers, not those of ") {
		t.Errorf("a code: %v", err)
	}
	own.Activations[1].Scale = []float32{0.0123}
	if _, err := evidence.Exported(own, file); err == nil || !strings.Contains(err.Error(), "no scale 0.0123") {
		t.Errorf("a scale: %v", err)
	}
}
