package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/receipt"
)

// A network trained on MNIST keeps its accuracy, and the quantized file has what the report says.
func TestLenet(t *testing.T) {
	model, raw := shared.Path(t, "models", "lenet_mnist.onnx"), read(t, shared.Path(t, "golden", "data", "mnist_test2000_u8.bin"))
	var index map[string]struct{ Labels []int }
	if err := json.Unmarshal(read(t, shared.Path(t, "golden", "data", "index.json")), &index); err != nil {
		t.Fatal(err)
	}
	labels := index["mnist_test2000_u8.bin"].Labels[:400]
	images := &graph.Tensor{DType: graph.Uint8, Shape: []int{len(labels), 28, 28}}
	classes := &graph.Tensor{DType: graph.Int64, Shape: []int{len(labels)}}
	for i, label := range labels {
		for _, b := range raw[784*i : 784*(i+1)] {
			images.I = append(images.I, int64(b))
		}
		classes.I = append(classes.I, int64(label))
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x_test.npy"), dataset.EncodeNpy(images))
	put(t, filepath.Join(dir, "y_test.npy"), dataset.EncodeNpy(classes))
	data := []string{"x_test.npy", "y_test.npy"}

	var float evaluation
	document(t, &float, dir, append([]string{"eval", model, "--preprocess", "mnist"}, data...)...)
	if float.Items != 400 || float.Labelled != 400 || float.Top1 < 390 || float.Top5 < float.Top1 {
		t.Errorf("%+v", float)
	}
	if float.Preprocessing != nil {
		t.Errorf("the right preprocessing is doubted: %s", float.Preprocessing.Sentence())
	}
	status, out, warning := call(t, dir, append([]string{"eval", model, "--preprocess", "imagenet-tf", "--json"}, data...)...)
	if err := json.Unmarshal([]byte(out), &float); err != nil || status != 0 || float.Preprocessing == nil || float.Preprocessing.Best().Name != "mnist" || !strings.Contains(warning, `with preprocessing "mnist"`) {
		t.Errorf("a wrong preprocessing: status %d, %v, %s", status, err, warning)
	}
	for _, run := range []struct{ name, flags string }{{"config1", ""}, {"config2", ""}, {"config1", "--refine brecq --iterations 20"}, {"config1", "--refine gptq"}} {
		config, refine := run.name, strings.Fields(run.flags)
		var q quantization
		document(t, &q, dir, append([]string{"quantize", model, "--preprocess", "mnist", "--config", config, "-o", "q.onnx", "--receipt", "r.json"}, append(refine, data...)...)...)
		a := q.Report.Accuracy
		if a.Items != 336 || a.Quantized < 325 || a.Agree < 333 || q.Bytes > 500_000 {
			t.Errorf("%s: %+v, %d bytes", config, a, q.Bytes)
		}
		var quantized evaluation
		document(t, &quantized, dir, append([]string{"eval", "q.onnx", "--preprocess", "mnist"}, data...)...)
		if quantized.Top1 < 390 || quantized.Logits == float.Logits {
			t.Errorf("%s: %+v", config, quantized)
		}
		var v verification
		document(t, &v, dir, append([]string{"verify", "r.json", "--model", model}, data...)...)
		for _, s := range v.Steps {
			if s.Status != receipt.Match {
				t.Errorf("%s: %+v", config, s)
			}
		}
	}
}

// The model of ../shared/cases/rel-07-external-weights-not-in-digest, whose weights were negated after the
// receipt was made.
func TestVerifyExternalWeights(t *testing.T) {
	dir := shared.Path(t, "cases", "rel-07-external-weights-not-in-digest")
	for _, data := range [][]string{nil, {"d40.npy"}} {
		status, out, err := call(t, dir, append([]string{"verify", "r.json", "--model", "m.onnx"}, data...)...)
		if first, _, _ := strings.Cut(out, "\n"); status != 1 || err != "" || !strings.HasPrefix(first, "model") || !strings.Contains(first, "differs") {
			t.Errorf("status %d, %s%s", status, out, err)
		}
	}
}
