package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
)

func TestInspect(t *testing.T) {
	dir := folder(t)
	var i inspection
	document(t, &i, dir, "inspect", "small.onnx")
	if i.Name != "small.onnx" || i.SHA256 != receipt.Sum(read(t, filepath.Join(dir, "small.onnx"))) || i.Params != 135+5+80+4 {
		t.Errorf("%+v", i)
	}
	in, out := i.Inputs[0], i.Outputs[0]
	if in.Name != "image" || !in.Batch || !slices.Equal(in.Shape, []int{1, 3, 8, 8}) || out.Name != "logits" || !slices.Equal(out.Shape, []int{1, 4}) {
		t.Errorf("%+v, %+v", in, out)
	}
	if len(i.Nodes) != 5 || i.Nodes[0].Op != "Conv" || i.Nodes[0].Params != 140 || len(i.Ops) != 5 {
		t.Errorf("%+v", i)
	}
	if len(i.Modules) != 2 || i.Modules[0] != (module{"conv", "conv", "ConvReLU2d", "nniqat.ConvReLU2d"}) || i.Modules[1].Kind != "Linear" {
		t.Errorf("%+v", i.Modules)
	}
	if text := succeed(t, dir, "inspect", "small.onnx"); !strings.Contains(text, "[N,3,8,8]") || !strings.Contains(text, "AveragePool") || !strings.Contains(text, "nniqat.ConvReLU2d") {
		t.Error(text)
	}
}

func TestInspectSeesTheData(t *testing.T) {
	dir := folder(t)
	args := []string{"inspect", "small.onnx", "images", "--recipe", "small.json"}
	var i inspection
	document(t, &i, dir, append(args, "--layer", "conv")...)
	if i.Data.Items == 0 || i.Data.Labelled != i.Data.Items || len(i.Preview) != 3 || len(i.Preview[0].Answers) != 4 {
		t.Errorf("%+v, %+v", i.Data, i.Preview)
	}
	if l := i.Layer; l.Name != "conv" || len(l.Quantizers) != 2 || l.Weight.Elements != 135 || l.Input.Items == 0 || l.Tensor != "image" {
		t.Errorf("%+v", l)
	}
	text := succeed(t, dir, append(args, "--layer", "conv")...)
	for _, want := range []string{"float network answers", "135 weights use ", "weight quantizer", "input image", "Calibrated range"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestQuantize(t *testing.T) {
	dir := folder(t)
	common := []string{"quantize", "small.onnx", "images", "--recipe", "small.json"}
	var q quantization
	document(t, &q, dir, append(common, "-o", "q.onnx", "--receipt", "receipt.json", "--recipe-out", "used.json")...)
	a := q.Report.Accuracy
	if a.Items != 32 || a.Labelled != 32 || a.Agree < 28 || q.Receipt.Data.Calibration.Count != 8 || len(q.Report.Layers) != 2 {
		t.Errorf("%+v, %+v", a, q.Receipt.Data)
	}
	saved, err := receipt.Parse(read(t, filepath.Join(dir, "receipt.json")))
	if err != nil {
		t.Fatal(err)
	}
	if saved.Digests != q.Receipt.Digests || saved.Digests.QParams != q.Report.QParams {
		t.Errorf("the receipt has %v, the report %s", saved.Digests, q.Report.QParams)
	}
	used, err := recipe.Parse(read(t, filepath.Join(dir, "used.json")))
	if err != nil {
		t.Fatal(err)
	}
	if digest, err := used.Digest(); err != nil || digest != saved.RecipeDigest {
		t.Errorf("the recipe written has the digest %s, the receipt %s", digest, saved.RecipeDigest)
	}
	file := read(t, filepath.Join(dir, "q.onnx"))
	if int64(len(file)) != q.Bytes {
		t.Errorf("%d bytes, the report has %d", len(file), q.Bytes)
	}
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.OpType == "QuantizeLinear" }) {
		t.Error("the written network is not quantized")
	}
	// Flags override the recipe, and only what they name.
	var other quantization
	document(t, &other, dir, append(common, "--calibration", "4", "--evaluation=5", "--seed", "7", "--class-offset", "1")...)
	want := used
	want.Data.Calibration, want.Data.Evaluation, want.Data.Seed, want.Data.ClassOffset = 4, 5, 7, 1
	if digest, err := want.Digest(); err != nil || other.Receipt.RecipeDigest != digest || other.Report.Accuracy.Items != 5 {
		t.Errorf("recipe %+v, %d items", other.Receipt.Recipe.Data, other.Report.Accuracy.Items)
	}
	text := succeed(t, dir, common...)
	for _, s := range []string{"top-1", "agreement", "worst layers", q.Report.QParams, q.Report.Logits, "conv"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not in\n%s", s, text)
		}
	}
	// Each layer is told by both numbers, and by what they differ.
	l := q.Report.Layers[0]
	cause := string(q.Report.Steps[l.Step].Cause)
	if cause == "" {
		cause = "-"
	}
	line := fmt.Sprintf("%s %s %.1f dB %.1f dB %s %.1f dB", l.Name, l.Op, l.SQNR, l.IntegerSQNR, cause, l.WeightSQNR)
	if !strings.Contains(strings.Join(strings.Fields(text), " "), line) {
		t.Errorf("%q is not in\n%s", line, text)
	}
}

func TestEval(t *testing.T) {
	dir := folder(t)
	var e evaluation
	// A crop of 32×32 does not fit a network of 8×8.
	if status, _, err := call(t, dir, "eval", "small.onnx", "images", "--preprocess", "cifar", "--crop", "32"); status != 1 || !strings.Contains(err, "8×8") {
		t.Errorf("status %d, %s", status, err)
	}
	six := filepath.Base(npyImages(t, dir))
	document(t, &e, dir, "eval", "small.onnx", six)
	if e.Items != 6 || e.Labelled != 0 || !receipt.IsDigest(e.Logits) {
		t.Errorf("%+v", e)
	}
	var first evaluation
	document(t, &first, dir, "eval", "small.onnx", six, "--items", "3")
	if first.Items != 3 || first.Logits == e.Logits {
		t.Errorf("%+v", first)
	}
}

func TestVerify(t *testing.T) {
	dir := folder(t)
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "receipt.json")
	steps := func(status int, args ...string) map[string]receipt.Status {
		t.Helper()
		var v verification
		got, out, err := call(t, dir, append(args, "--json")...)
		if got != status || err != "" {
			t.Fatalf("%v: status %d, %s", args, got, err)
		}
		decode(t, out, &v)
		if v.Differs != (status == 1) {
			t.Errorf("%v: differs %t, status %d", args, v.Differs, status)
		}
		m := map[string]receipt.Status{}
		for _, s := range v.Steps {
			m[s.Name] = s.Status
		}
		return m
	}
	for name, s := range steps(0, "verify", "receipt.json", "images", "--model", "small.onnx") {
		if s != receipt.Match {
			t.Errorf("%s: %s", name, s)
		}
	}
	without := steps(0, "verify", "receipt.json", "--model", "small.onnx")
	if without["model"] != receipt.Match || without["recipe"] != receipt.Match || without["logits"] != receipt.NotRun {
		t.Errorf("without data: %v", without)
	}
	// One changed weight is another model, and other numbers.
	m := smallModel()
	w := &m.Graph.Initializers[0]
	w.Raw[3] ^= 0x40
	put(t, filepath.Join(dir, "changed.onnx"), onnx.Encode(m))
	changed := steps(1, "verify", "--model", "changed.onnx", "receipt.json", "images")
	if changed["model"] != receipt.Differs || changed["qparams"] != receipt.Differs || changed["logits"] != receipt.Differs || changed["calibration data"] != receipt.Match {
		t.Errorf("changed weight: %v", changed)
	}
	// Other data.
	if err := os.RemoveAll(filepath.Join(dir, "images", "ant")); err != nil {
		t.Fatal(err)
	}
	other := steps(1, "verify", "--model", "small.onnx", "receipt.json", "images")
	if other["model"] != receipt.Match || other["calibration data"] != receipt.Differs {
		t.Errorf("other data: %v", other)
	}
}

func TestVerifyLink(t *testing.T) {
	dir := folder(t)
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "receipt.json")
	r, err := receipt.Parse(read(t, filepath.Join(dir, "receipt.json")))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	id := receipt.Sum(doc)
	r.Metrics.Agreement--
	forged, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	other := receipt.Sum([]byte("another"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/receipts/" + id:
			w.Write(doc)
		case "/api/receipts/" + other:
			w.Write(forged)
		default:
			w.WriteHeader(http.StatusNotFound)
			w.Write([]byte(`{"error":"no receipt is stored under this id"}`))
		}
	}))
	defer server.Close()
	var v verification
	document(t, &v, dir, "verify", server.URL+"/r/"+id, "--model", "small.onnx", "images")
	if v.Receipt != id || v.Differs {
		t.Errorf("%+v", v)
	}
	for link, want := range map[string]string{
		server.URL + "/r/" + other:                       "another receipt",
		server.URL + "/r/" + receipt.Sum([]byte("none")): "no receipt is stored",
		server.URL + "/r/short":                          "not a link to a receipt",
		"http://127.0.0.1:1/r/" + id:                     "cannot be fetched",
	} {
		status, out, err := call(t, dir, "verify", link, "--model", "small.onnx")
		if status != 1 || out != "" || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: status %d, %s", link, status, err)
		}
	}
}

// A configuration of MQBench's is a recipe, over a preset where it leaves things open, and what of it has no
// meaning is noted.
func TestQuantizeByMQBenchsConfiguration(t *testing.T) {
	dir := folder(t)
	put(t, filepath.Join(dir, "mqbench.yaml"), []byte("extra_qconfig_dict:\n  w_observer: MSEObserver\n  w_qscheme: {bit: 4, per_channel: True}\nleaf_module: [Focus]\ndata: {batch_size: 4, input_size: 8, test_resize: 0}\nquantize: {cali_batchsize: 2, backend: Tensorrt}\n"))
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "images", "--recipe", "mqbench.yaml", "--preprocess", "imagenet", "--recipe-out", "used.json")
	used, err := recipe.Parse(read(t, filepath.Join(dir, "used.json")))
	if err != nil {
		t.Fatal(err)
	}
	if used.Backend != "tensorrt" || used.Weight.Observer != "mse" || used.Weight.Scheme.Bits != 4 || used.Data.Calibration != 8 {
		t.Errorf("%+v", used)
	}
	if said := strings.Join(q.Notes, "\n"); !strings.Contains(said, "leaf_module") || !strings.Contains(said, "weight.scheme.bits is 4, but backend tensorrt computes with 8 bits") {
		t.Errorf("notes %q", q.Notes)
	}
}

// What depends on the network and MQBench's configurations do not say is as with a preset: how many classes stand
// before the first, and the sizes of its input. eval asks for a preprocessing.
func TestMQBenchsConfigurationSaysNothingOfTheNetwork(t *testing.T) {
	dir := folder(t)
	m := smallModel()
	for i, w := range m.Graph.Initializers {
		if len(w.Dims) > 0 && w.Dims[0] == 4 { // of the layer that answers
			m.Graph.Initializers[i].Dims[0] = 1001
			m.Graph.Initializers[i].Raw = slices.Repeat(w.Raw, 251)[:len(w.Raw)/4*1001]
		}
	}
	m.Graph.Outputs[0].Dims[1].Value = 1001
	put(t, filepath.Join(dir, "background.onnx"), onnx.Encode(m))
	put(t, filepath.Join(dir, "mqbench.yaml"), []byte("quantize: {backend: Tensorrt}\n"))
	var digests [2]string
	for i, o := range [][]string{{"--config", "tensorrt"}, {"--recipe", "mqbench.yaml"}} {
		if status, _, said := call(t, dir, append([]string{"quantize", "background.onnx", "images", "--calibration", "8", "--recipe-out", "used.json"}, o...)...); status != 0 {
			t.Fatal(said) // labels are at random, of which it warns
		}
		used, err := recipe.Parse(read(t, filepath.Join(dir, "used.json")))
		if err != nil {
			t.Fatal(err)
		}
		if digests[i], err = used.Digest(); err != nil || used.Data.ClassOffset != 1 || used.Preprocess.Width != 8 {
			t.Errorf("%v: %d classes before the first, %d pixels, %v", o, used.Data.ClassOffset, used.Preprocess.Width, err)
		}
	}
	if digests[0] != digests[1] {
		t.Errorf("as a preset %s, as a configuration %s", digests[0], digests[1])
	}
	if status, _, said := call(t, dir, "eval", "background.onnx", "images", "--recipe", "mqbench.yaml"); status != 1 || !strings.Contains(said, "images need a preprocessing") {
		t.Errorf("eval: status %d, %s", status, said)
	}
	var own, named []tableRow
	for config, to := range map[string]*[]tableRow{"mqbench.yaml": &own, "tensorrt": &named} {
		var all tabulated
		document(t, &all, dir, "table", "background.onnx", "images", "--config", config, "--calibration", "8")
		*to = all.Rows
	}
	if len(own) == 0 || !reflect.DeepEqual(own, named) {
		t.Errorf("table of a configuration %+v, of its preset %+v", own, named)
	}
}
