package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
)

// A network of three bits is trained: it loses less, twice the same bits, and its receipt verifies.
func TestTrain(t *testing.T) {
	dir := folder(t)
	common := []string{"train", "small.onnx", "images", "--recipe", "small.json", "--calibration", "8", "--train-batch", "4", "--rate", "0.001"}
	var trained, again quantization
	document(t, &trained, dir, append(common, "--receipt", "receipt.json", "--epochs", "8")...)
	document(t, &again, dir, append(common, "--epochs", "8")...)
	e := trained.Trained.Epochs
	if len(e) != 8 || !(e[7].Loss < e[0].Loss) {
		t.Errorf("%+v", e)
	}
	if len(again.Trained.Epochs) != 8 || again.Trained.Epochs[7] != e[7] || again.Report.Logits != trained.Report.Logits {
		t.Errorf("once more gives %+v, first %+v", again.Trained.Epochs, e)
	}
	if r := trained.Receipt.Recipe.Train; r.Epochs != 8 || r.Batch != 4 || r.Rate != 0.001 {
		t.Errorf("the recipe says %+v", r)
	}
	var v verification
	document(t, &v, dir, "verify", "receipt.json", "images", "--model", "small.onnx")
	for _, s := range v.Steps {
		if s.Status != receipt.Match {
			t.Errorf("%+v", s)
		}
	}
	text := succeed(t, dir, append(common, "--epochs", "1", "--optimizer", "sgd", "--schedule", "constant")...)
	for _, want := range []string{"1 epoch towards the float network's answers, batches of 4, sgd at 0.001", "epoch 1", "before ", " oscillate between two codes"} {
		if strings.Count(text, want) != 1 && want != "epoch 1" || !strings.Contains(text, want) {
			t.Errorf("%q is not once in\n%s", want, text)
		}
	}
	for _, q := range trained.Trained.Quantizers {
		if q.Name == "" || q.Scale[0] <= 0 || q.Clipped < 0 || q.Clipped > 1 {
			t.Errorf("%+v", q)
		}
	}
	if n := len(trained.Trained.Quantizers); n != len(again.Trained.Quantizers) || n < 4 {
		t.Errorf("%d quantizers", n)
	}
	plain, err := filepath.Glob(filepath.Join(dir, "images", "*", "*.png")) // without labels, by the float network's answers
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range plain {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "plain", filepath.Base(path)), b)
	}
	text = succeed(t, dir, "train", "small.onnx", "plain", "--recipe", "small.json", "--calibration", "8", "--epochs", "1", "--rate", "4", "--flip", "--shift", "1", "--average", "0.1",
		"--decay-weights-only", "--schedule", "step")
	if last := text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]; !strings.HasPrefix(last, "Training has made the network worse: ") {
		t.Errorf("a training that ruins the network ends with %q in\n%s", last, text)
	}
	for _, c := range []struct{ flag, value, want string }{
		{"--optimizer", "lion", "adam or adamw or sgd"}, {"--rate", "-1", "train.rate is -1"}, {"--epochs", "-3", "train.epochs is -3"},
		{"--shift", "64", "train.shift is 64 pixels, as large as the image"}, {"--average", "1", "train.average is 1"},
	} {
		status, _, stderr := call(t, dir, append(common, c.flag, c.value)...)
		if status == 0 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s %s: status %d, %s", c.flag, c.value, status, stderr)
		}
	}
}

// A training that Ctrl-C ends leaves a checkpoint, from which it goes on to the same parameters.
func TestTrainResumes(t *testing.T) {
	dir := folder(t)
	common := []string{"train", "small.onnx", "images", "--recipe", "small.json", "--calibration", "8", "--train-batch", "2", "--epochs", "100", "--json"}
	var whole, resumed quantization
	document(t, &whole, dir, common[:len(common)-1]...)
	var said strings.Builder
	c := exec.Command(binary, append(common, "--checkpoint", "kept")...)
	c.Dir, c.Stderr = dir, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for range 6000 { // until the first step is kept
		if _, err := os.Stat(filepath.Join(dir, "kept")); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = c.Process.Signal(os.Interrupt)
	if err := c.Wait(); err == nil || !strings.Contains(said.String(), "go on with the same arguments and --resume kept") {
		t.Fatalf("%v: %s", err, said.String())
	}
	document(t, &resumed, dir, append(common[:len(common)-1], "--resume", "kept")...)
	if a, b := resumed.Trained.Epochs, whole.Trained.Epochs; len(a) != 100 || a[99] != b[99] || resumed.Report.Logits != whole.Report.Logits {
		t.Errorf("in two goes %+v, in one %+v", a, b)
	}
	status, _, stderr := call(t, dir, append(common, "--rate", "0.01", "--resume", "kept")...)
	if status == 0 || !strings.Contains(stderr, "belongs to another recipe") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
