package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// A format goes by the name of a backend too, and then the recipe is that backend's.
func TestFormatOfABackend(t *testing.T) {
	dir, m := folder(t), smallModel()
	m.Graph.Inputs[0].Dims[2].Value, m.Graph.Inputs[0].Dims[3].Value, m.Graph.Outputs[0].Dims[1].Value = 32, 32, 5
	m.Graph.Nodes = []onnx.Node{m.Graph.Nodes[0],
		{Name: "gap", OpType: "GlobalAveragePool", Inputs: m.Graph.Nodes[0].Outputs, Outputs: []string{"gap"}},
		{Name: "flatten", OpType: "Flatten", Inputs: []string{"gap"}, Outputs: []string{"logits"}}}
	put(t, filepath.Join(dir, "cifar.onnx"), onnx.Encode(m))
	args := []string{"quantize", "cifar.onnx", "images", "--preprocess", "cifar"}
	for name, want := range map[string][2]string{"MARS3": {"sophgo", "mars3"}, "Tengine_u8": {"tengine", "tengine_u8"}, "sophgo": {"sophgo", "bm1684x"}} {
		var q quantization
		document(t, &q, dir, append(args, "--format", name, "--calibration", "8")...)
		if q.Format != want[0] || q.Receipt.Recipe.Backend != want[1] {
			t.Errorf("%s: format %s, backend %s, want %v", name, q.Format, q.Receipt.Recipe.Backend, want)
		}
	}
}

func TestFormats(t *testing.T) {
	dir := folder(t)
	// One file has the name that was asked for, and is of integers.
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--format", "QOperator", "-o", "int.onnx")
	m, err := onnx.Decode(read(t, filepath.Join(dir, "int.onnx")))
	if err != nil {
		t.Fatal(err)
	}
	if q.Format != "qoperator" || !slices.ContainsFunc(m.Graph.Nodes, func(n onnx.Node) bool { return strings.HasPrefix(n.OpType, "Q") && n.OpType != "QuantizeLinear" }) {
		t.Errorf("%s: no integer operator among %v", q.Format, m.Graph.Nodes)
	}
	// Several begin like it.
	small, err := recipe.Parse(read(t, filepath.Join(dir, "small.json")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Preset("snpe")
	if err != nil {
		t.Fatal(err)
	}
	r.Preprocess, r.Data = small.Preprocess, small.Data
	doc, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "snpe.json"), doc, 0o600); err != nil {
		t.Fatal(err)
	}
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "snpe.json", "--format", "snpe", "-o", "net.onnx")
	for _, name := range []string{"net_deploy_model.onnx", "net_clip_ranges.json"} {
		if len(read(t, filepath.Join(dir, name))) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "net.onnx")); err == nil {
		t.Error("net.onnx is written too")
	}
	// What a format cannot express, and a format that there is not.
	if status, _, err := call(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--format", "stpu"); status != 1 || !strings.Contains(err, "the preset stpu") {
		t.Errorf("status %d, %s", status, err)
	}
	if status, _, err := call(t, dir, "quantize", "small.onnx", "images", "--format", "caffe"); status != 2 || !strings.Contains(err, "qoperator") {
		t.Errorf("status %d, %s", status, err)
	}
}

func TestCompareBackends(t *testing.T) {
	dir := folder(t)
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--compare")
	at := map[string]report.Change{}
	for _, c := range q.Changes {
		at[c.Name] = c
	}
	if len(at) != len(backend.Names()) {
		t.Errorf("%d backends", len(at))
	}
	// Its own changes nothing but what the preset has otherwise; Vitis quantizes biases and no input;
	// ONNX_QNN leaves the linear layer in float.
	if c := at["vitis"]; c.Added < 3 || c.Dropped < 1 {
		t.Errorf("vitis: %+v", c)
	}
	if c := at["snpe"]; c.Zeros < 1 || c.Ranges < 1 { // its weights have a zero point
		t.Errorf("snpe: %+v", c)
	}
	if c := at["onnx_qnn"]; len(c.Float) != 1 || c.Problem != "" {
		t.Errorf("onnx_qnn: %+v", c)
	}
	if c := at["academic"]; c.Added+c.Dropped+c.Ranges+c.Zeros != 0 {
		t.Errorf("academic: %+v", c)
	}
	text := strings.Join(strings.Fields(succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--compare")), " ")
	for _, s := range []string{"other zero point", "tengine_u8", fmt.Sprintf("onnx_qnn %d %d %d", at["onnx_qnn"].Quantizers, at["onnx_qnn"].Added, at["onnx_qnn"].Dropped)} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not in\n%s", s, text)
		}
	}
}

// Where QDQ cannot have the codes, the format is the backend's.
func TestFormatFollowsTheBackend(t *testing.T) {
	dir := folder(t)
	out := succeed(t, dir, "quantize", "small.onnx", "images", "--config", "nnie", "--preprocess", "mnist", "--order", "rgb", "--calibration", "4", "-o", "n.onnx")
	if !strings.Contains(out, "gfpq_param_dict.json") {
		t.Error(out)
	}
}
