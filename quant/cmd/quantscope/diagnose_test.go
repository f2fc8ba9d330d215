package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/recipe"
)

func TestDiagnose(t *testing.T) {
	dir := folder(t)
	common := []string{"diagnose", "small.onnx", "images", "--recipe", "small.json", "--items", "6", "--layer-items", "3"}
	var d diagnose.Diagnosis
	document(t, &d, dir, append(common, "--seconds", "0", "--recipe-out", "fixed.json")...)
	s := d.Sensitivity
	if s.Items != 3 || d.Whole.Outcome.Items != 6 || s.Left != 0 || len(s.Layers) != 2 || len(d.Findings) == 0 || len(d.Fixes) == 0 {
		t.Fatalf("%+v", d)
	}
	for _, l := range s.Layers {
		if l.Alone == nil || l.Spared == nil || l.Alone.Items != 3 || l.Own.SQNR < 10 {
			t.Errorf("%+v", l)
		}
	}
	fixed, err := recipe.Parse(read(t, filepath.Join(dir, "fixed.json")))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := d.Fixes[0].Recipe.Digest()
	if got, err := fixed.Digest(); got != want || err != nil {
		t.Errorf("the recipe written is not that of %s (%v)", d.Fixes[0].Title, err)
	}
	text := succeed(t, dir, common...)
	for _, want := range []string{s.Layers[0].Name, s.Layers[1].Name, d.Findings[0].Sentence, d.Fixes[0].Title} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	document(t, &d, dir, append(common, "--seconds", "1e-9")...)
	if d.Sensitivity.Left == 0 {
		t.Errorf("no time, and all is measured: %+v", d)
	}
}
