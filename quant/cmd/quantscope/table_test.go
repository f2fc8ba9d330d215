package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
)

// labelled puts arrays of numbers with labels into dir.
func labelled(t *testing.T, dir string, n int) []string {
	t.Helper()
	r := rand.New(rand.NewPCG(17, 0))
	x := &graph.Tensor{Shape: []int{n, 3, 8, 8}}
	y := &graph.Tensor{DType: graph.Int64, Shape: []int{n}}
	for i := range n {
		y.I = append(y.I, int64(i%4))
		for range 192 {
			x.F = append(x.F, float32(r.NormFloat64()))
		}
	}
	put(t, filepath.Join(dir, "x_test.npy"), dataset.EncodeNpy(x))
	put(t, filepath.Join(dir, "y_test.npy"), dataset.EncodeNpy(y))
	return []string{"x_test.npy", "y_test.npy"}
}

// depthwiseModel is smallModel with a depthwise convolution behind the first, whose channels differ much
// in size.
func depthwiseModel() *onnx.Model {
	m := smallModel()
	w := make([]float32, 5*9)
	for i := range w {
		w[i] = float32(i%7-3) * []float32{1, 0.01, 5, 0.1, 0.5}[i/9]
	}
	m.Graph.Initializers = append(m.Graph.Initializers, onnx.FromFloats("dw.weight", []int64{5, 1, 3, 3}, w))
	dw := onnx.Node{Name: "dw", OpType: "Conv", Inputs: []string{"relu", "dw.weight"}, Outputs: []string{"dw"},
		Attrs: []onnx.Attr{onnx.Ints("pads", 1, 1, 1, 1), onnx.Int("group", 5)}}
	nodes := append([]onnx.Node{}, m.Graph.Nodes[:2]...)
	nodes = append(append(nodes, dw), m.Graph.Nodes[2:]...)
	nodes[3].Inputs = []string{"dw"}
	m.Graph.Nodes = nodes
	return m
}

// secondRecipe is smallRecipe with one scale for a tensor.
var secondRecipe = strings.NewReplacer(`"config1"`, `"config2"`, `"symmetric":true,"perChannel":true`, `"symmetric":false,"perChannel":false`).Replace(smallRecipe)

func TestTable(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "small.onnx"), onnx.Encode(smallModel()))
	put(t, filepath.Join(dir, "deep.onnx"), onnx.Encode(depthwiseModel()))
	put(t, filepath.Join(dir, "first.json"), []byte(smallRecipe))
	put(t, filepath.Join(dir, "second.json"), []byte(secondRecipe))
	data := labelled(t, dir, 40)
	args := append([]string{"table", "small.onnx", "deep.onnx", "--config", "first.json", "--config", "second.json"}, data...)
	var got tabulated
	document(t, &got, dir, args...)
	want := []string{"small config1", "deep config1", "deep config1", "small config2", "deep config2"}
	if len(got.Rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(got.Rows), len(want))
	}
	seen := map[string]bool{}
	for i, r := range got.Rows {
		if name := r.Model + " " + r.Config; name != want[i] || (r.Placement == placedDepthwise) != (i == 2) {
			t.Errorf("row %d is %s, %s", i, name, r.Placement)
		}
		if a := r.Accuracy; a.Items != 32 || a.Labelled != 32 || a.IntegerAgree < 28 {
			t.Errorf("row %d: %+v", i, a)
		}
		for _, digest := range []string{r.Recipe + r.Model, r.QParams, r.Logits, r.Integer} {
			if !receipt.IsDigest(digest[:64]) || seen[digest] {
				t.Errorf("row %d: %q again", i, digest)
			}
			seen[digest] = true
		}
	}
	// What the table says of a preset is what quantize finds.
	var one quantization
	document(t, &one, dir, append([]string{"quantize", "deep.onnx", "--recipe", "second.json"}, data...)...)
	if r := got.Rows[4]; one.Report.Accuracy != r.Accuracy || one.Report.IntegerLogits != r.Integer || one.Report.Recipe != r.Recipe {
		t.Errorf("quantize: %+v, table: %+v", one.Report.Accuracy, r)
	}
	text := succeed(t, dir, args...)
	a, only := got.Rows[1].Accuracy, got.Rows[2].Accuracy
	row := fmt.Sprintf("| deep | %[1]s | %[2]s (%[3]s) | %[1]s | %[4]s (%[5]s) | 32 |", points(a.Float, 32), points(a.Quantized, 32), points(only.Quantized, 32),
		points(a.Integer, 32), points(only.Integer, 32))
	for _, s := range []string{"### config1\n\n| Model | Acc@fp32 | Acc@8bit |", "### config2\n\n", row, "In brackets: per channel in depthwise"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not in\n%s", s, text)
		}
	}
}

// After training there is a second table, whose trained column is what train finds.
func TestTableAfterTraining(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "small.onnx"), onnx.Encode(smallModel()))
	put(t, filepath.Join(dir, "first.json"), []byte(smallRecipe))
	data := labelled(t, dir, 40)
	args := append([]string{"table", "small.onnx", "--config", "first.json", "--epochs", "6", "--rate", "0.01"}, data...)
	var got, plain tabulated
	document(t, &got, dir, args...)
	document(t, &plain, dir, append([]string{"table", "small.onnx", "--config", "first.json"}, data...)...)
	var trained quantization
	document(t, &trained, dir, append([]string{"train", "small.onnx", "--recipe", "first.json", "--epochs", "6", "--rate", "0.01"}, data...)...)
	r := got.Rows[0]
	if r.Recovered == nil || r.Recovered.Own == nil || plain.Rows[0].Recovered != nil {
		t.Fatalf("%+v, without training %+v", r, plain.Rows[0])
	}
	if r.Accuracy != plain.Rows[0].Accuracy || r.Recipe != plain.Rows[0].Recipe {
		t.Errorf("%+v, without training %+v", r, plain.Rows[0])
	}
	if r.Recovered.Trained != trained.Report.Accuracy || r.Recovered.Recipe != trained.Report.Recipe {
		t.Errorf("%+v, train finds %+v", r.Recovered, trained.Report.Accuracy)
	}
	own, after := r.Recovered.Own, r.Recovered.Trained
	if own.Items != 32 || own.Float == after.Float && own.Quantized == after.Quantized && own.Agree == after.Agree {
		t.Errorf("calibrated anew: %+v, as trained: %+v", own, after)
	}
	row := fmt.Sprintf("| small | %s | %s | %s | %s | %s | 32 |", points(after.Float, 32), points(after.Quantized, 32), points(own.Float, 32), points(own.Integer, 32), points(after.Integer, 32))
	text := succeed(t, dir, args...)
	for _, s := range []string{"\nAfter QAT:\n\n| Model | Acc@fp32 |", row, "engine Acc@uint8 has them calibrated anew"} {
		if strings.Count(text, s) != 1 {
			t.Errorf("%q is not once in\n%s", s, text)
		}
	}
}

func TestTableRefuses(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "small.onnx"), onnx.Encode(smallModel()))
	put(t, filepath.Join(dir, "first.json"), []byte(smallRecipe))
	data := labelled(t, dir, 20)
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{2, "name networks", append([]string{"table"}, data...)},
		{2, "name networks", []string{"table", "small.onnx", "small.onnx"}},
		{2, "no preset", append([]string{"table", "small.onnx", "--config", "config9"}, data...)},
		{1, "train.epochs is -2", append([]string{"table", "small.onnx", "--config", "first.json", "--epochs", "-2"}, data...)},
		{2, "is not a number of classes", append([]string{"table", "small.onnx", "--class-offset", "small=one"}, data...)},
		{2, "there is no preprocessing", append([]string{"table", "small.onnx", "--preprocess", "small.onnx=film"}, data...)},
		{1, "none of the images has a label", []string{"table", "small.onnx", "x_test.npy", "--config", "first.json"}},
		{1, "no file other.onnx", append([]string{"table", "other.onnx"}, data...)},
	} {
		status, out, err := call(t, dir, c.args...)
		if status != c.status || out != "" || !strings.Contains(err, c.want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%v: status %d, %s%s", c.args, status, out, err)
		}
	}
}

// Two trained networks keep their accuracy on the integer engine, and each its own preprocessing.
func TestTableOfTrained(t *testing.T) {
	for _, c := range []struct {
		model, data, family string
		shape               []int
		least               int // right of 40
	}{
		{"lenet_mnist", "mnist_test2000_u8.bin", "mnist", []int{28, 28}, 38},
		{"resnet20_cifar10_bn", "cifar10_test2000_u8.bin", "cifar", []int{32, 32, 3}, 30},
	} {
		t.Run(c.model, func(t *testing.T) {
			model, raw := shared.Path(t, "models", c.model+".onnx"), read(t, shared.Path(t, "golden", "data", c.data))
			var index map[string]struct{ Labels []int }
			if err := json.Unmarshal(read(t, shared.Path(t, "golden", "data", "index.json")), &index); err != nil {
				t.Fatal(err)
			}
			const n = 72
			x := &graph.Tensor{DType: graph.Uint8, Shape: append([]int{n}, c.shape...)}
			y := &graph.Tensor{DType: graph.Int64, Shape: []int{n}}
			for _, b := range raw[:n*graph.Len(c.shape)] {
				x.I = append(x.I, int64(b))
			}
			for _, label := range index[c.data].Labels[:n] {
				y.I = append(y.I, int64(label))
			}
			dir := t.TempDir()
			put(t, filepath.Join(dir, "x_test.npy"), dataset.EncodeNpy(x))
			put(t, filepath.Join(dir, "y_test.npy"), dataset.EncodeNpy(y))
			var got tabulated
			document(t, &got, dir, "table", model, "x_test.npy", "y_test.npy", "--calibration", "32",
				"--preprocess", c.model+"="+c.family, "--preprocess", "imagenet")
			for _, r := range got.Rows {
				a := r.Accuracy
				t.Logf("%s %s: %+v %v", r.Model, r.Config, a, r.Causes)
				if a.Labelled != 40 || a.Float < c.least || a.Quantized < c.least || a.Integer < c.least || a.IntegerAgree < 38 {
					t.Errorf("%s %s: %+v", r.Model, r.Config, a)
				}
				for _, cause := range r.Causes {
					if cause.Cause == report.NoCause || cause.Cause == report.Placement {
						t.Errorf("%d steps differ without a cause", cause.Steps)
					}
				}
			}
			if len(got.Rows) != 2 {
				t.Errorf("%d rows", len(got.Rows))
			}
		})
	}
}
