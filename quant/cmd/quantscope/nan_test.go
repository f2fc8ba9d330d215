package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
)

// An evaluation item that is not all numbers is named, and nothing else suffers of it.
func TestNaNItem(t *testing.T) {
	dir := folder(t)
	x := randomTensor(40, 3, 8, 8)
	choice, err := dataset.Choose(recipe.Data{Calibration: 8, Batch: 4, Seed: 1}, nil, 40)
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string) (q quantization) {
		put(t, filepath.Join(dir, name), dataset.EncodeNpy(x))
		document(t, &q, dir, "quantize", "small.onnx", name, "--recipe", "small.json")
		return q
	}
	whole := run("x.npy")
	at := 3 * 8 * 8
	x.F[choice.Evaluation[2]*at] = float32(math.NaN())
	x.F[choice.Evaluation[20]*at+7] = float32(math.Inf(1))
	q := run("y.npy")
	for i, l := range q.Report.Layers {
		if l.SQNR < 10 || l.IntegerSQNR < 10 || math.Abs(l.SQNR-whole.Report.Layers[i].SQNR) > 3 {
			t.Errorf("%s: %v and %v dB, without the NaN %v", l.Name, l.SQNR, l.IntegerSQNR, whole.Report.Layers[i].SQNR)
		}
	}
	if q.Report.LayerItems != 15 || q.Report.StepItems != 3 || len(q.Report.NotFinite) != 2 || whole.Report.NotFinite != nil {
		t.Errorf("%d and %d items compared, %v left out", q.Report.LayerItems, q.Report.StepItems, q.Report.NotFinite)
	}
	if a := q.Report.Accuracy; a.Items != 32 || a.Agree > 30 || a.IntegerAgree > 30 {
		t.Errorf("items that are not all numbers agree: %+v", a)
	}
	for _, verb := range []string{"eval", "diagnose"} {
		status, out, said := call(t, dir, verb, "small.onnx", "y.npy", "--recipe", "small.json")
		if out += said; status != 0 || strings.Count(out, "y.npy[") != 2 || !strings.Contains(out, "2 of ") {
			t.Errorf("%s: status %d, %s", verb, status, out)
		}
	}
	note := strings.Join(q.Notes, "\n")
	if !strings.Contains(note, "2 of 32 evaluation items") || !strings.Contains(note, "y.npy[") {
		t.Error(note)
	}
	for i := range x.F {
		x.F[i] = float32(math.NaN())
	}
	for _, i := range choice.Calibration {
		for k := range at {
			x.F[i*at+k] = float32(k)
		}
	}
	put(t, filepath.Join(dir, "z.npy"), dataset.EncodeNpy(x))
	if status, _, err := call(t, dir, "quantize", "small.onnx", "z.npy", "--recipe", "small.json"); status != 1 || !strings.Contains(err, "no finite numbers on the first 16") {
		t.Errorf("status %d, %s", status, err)
	}
	// One that should calibrate is named and left out.
	for i := range x.F {
		x.F[i] = float32(i % 7)
	}
	x.F[choice.Calibration[3]*at] = float32(math.Inf(-1))
	q = run("z.npy")
	note = strings.Join(q.Notes, "\n")
	if q.Receipt.Data.Calibration.Count != 7 || q.Receipt.Data.Evaluation.Count != 32 || !strings.Contains(note, fmt.Sprintf("z.npy[%d] (it holds a NaN or an infinity", choice.Calibration[3])) {
		t.Error(q.Receipt.Data, note)
	}
	// Numbers that become infinite on the way name item and tensor.
	for k := range at {
		x.F[choice.Calibration[3]*at+k] = 3e38
	}
	put(t, filepath.Join(dir, "z.npy"), dataset.EncodeNpy(x))
	if status, _, err := call(t, dir, "quantize", "small.onnx", "z.npy", "--recipe", "small.json"); status != 1 || !strings.Contains(err, "not a range") ||
		!strings.Contains(err, fmt.Sprintf("z.npy[%d] gives tensor", choice.Calibration[3])) {
		t.Errorf("status %d, %s", status, err)
	}
}

// Labels of no class of the network are counted.
func TestLabelsBeyondTheClasses(t *testing.T) {
	dir := folder(t)
	rows := "file,label\n"
	for i := range 40 {
		rows += fmt.Sprintf("images/%s/%02d.png,11\n", []string{"ant", "bee", "cat", "dog"}[i%4], i)
	}
	put(t, filepath.Join(dir, "labels.csv"), []byte(rows))
	for _, args := range [][]string{
		{"eval", "small.onnx", "images", "labels.csv", "--labels", "csv", "--recipe", "small.json"},
		{"quantize", "small.onnx", "images", "labels.csv", "--labels", "csv", "--recipe", "small.json"},
	} {
		if status, out, err := call(t, dir, args...); status != 0 || !strings.Contains(out, "items have labels beyond the network's") {
			t.Errorf("status %d, %s%s", status, out, err)
		}
	}
}

// Items whose numbers are finite and on which the float network's answers are not are named by whatever measures on them, in
// the report too, and spoil nothing.
func TestAnswersThatAreNoNumbers(t *testing.T) {
	dir := folder(t)
	m := smallModel()
	m.Graph.Nodes = append(m.Graph.Nodes, onnx.Node{Name: "exp", OpType: "Exp", Inputs: []string{"logits"}, Outputs: []string{"answers"}})
	m.Graph.Outputs[0].Name = "answers"
	put(t, filepath.Join(dir, "exp.onnx"), onnx.Encode(m))
	data := recipe.Data{Calibration: 8, Batch: 4, Seed: 1}
	choice, err := dataset.Choose(data, nil, 40)
	if err != nil {
		t.Fatal(err)
	}
	large := func(name string, item int) string {
		x := randomTensor(40, 3, 8, 8)
		for i := range 3 * 8 * 8 {
			x.F[item*3*8*8+i] *= 1e4
		}
		put(t, filepath.Join(dir, name), dataset.EncodeNpy(x))
		return fmt.Sprintf("%s[%d]", name, item)
	}
	evaluates, judges := large("x.npy", choice.Evaluation[2]), large("y.npy", choice.Calibration[7])
	var d diagnose.Diagnosis
	var found refinement
	var mixed diagnose.Mixed
	for _, c := range []struct {
		verb, data, item string
		into             any
		notes            func() []string
	}{
		{"diagnose", "x.npy", evaluates, &d, func() []string { return d.Notes }},
		{"refine", "y.npy", judges, &found, func() []string { return found.Notes }},
		{"search", "y.npy", judges, &mixed, func() []string { return mixed.Notes }},
	} {
		status, out, said := call(t, dir, c.verb, "exp.onnx", c.data, "--recipe", "small.json", "--json")
		if status != 0 || !strings.Contains(said, c.item) || strings.Count(said, ".npy[") != 1 {
			t.Errorf("%s: status %d, %s", c.verb, status, said)
			continue
		}
		if err := json.Unmarshal([]byte(out), c.into); err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(c.notes(), "\n"); !strings.Contains(notes, c.item) {
			t.Errorf("%s: notes %q", c.verb, notes)
		}
	}
	for _, l := range d.Sensitivity.Layers {
		if l.Own.SQNR < 10 || l.Alone.SQNR < 5 || l.Spared.SQNR < 5 {
			t.Errorf("%s: %+v, alone %+v", l.Name, l, *l.Alone)
		}
	}
	if o := d.Whole.Outcome; o.Items != 31 || o.SQNR < 5 {
		t.Errorf("%+v", o)
	}
}
