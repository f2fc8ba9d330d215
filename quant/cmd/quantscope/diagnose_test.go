package main

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/diagnose"
)

func TestDiagnose(t *testing.T) {
	dir := folder(t)
	common := []string{"diagnose", "small.onnx", "images", "--recipe", "small.json", "--items", "3"}
	var s diagnose.Sensitivity
	document(t, &s, dir, common...)
	if s.Items != 3 || s.Whole.Items != 3 || s.Left != 0 || len(s.Layers) != 2 {
		t.Fatalf("%+v", s)
	}
	for _, l := range s.Layers {
		if l.Alone == nil || l.Spared == nil || l.Alone.Items != 3 || l.Own.SQNR < 10 {
			t.Errorf("%+v", l)
		}
	}
	text := succeed(t, dir, common...)
	for _, want := range []string{"whole network", s.Layers[0].Name, s.Layers[1].Name} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	document(t, &s, dir, append(common, "--seconds", "1e-9")...)
	if s.Left == 0 {
		t.Errorf("no time, and all is measured: %+v", s)
	}
}
