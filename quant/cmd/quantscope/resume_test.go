package main

import (
	"strings"
	"testing"
)

// A rounding goes on from the checkpoint behind one of its parts to the same bits. A checkpoint of something else, and one for
// a recipe that learns nothing, are refused.
func TestRoundingGoesOn(t *testing.T) {
	dir := folder(t)
	common := []string{"quantize", "small.onnx", "images", "--recipe", "small.json", "--calibration", "8", "--refine", "adaround", "--iterations", "20"}
	var whole, resumed quantization
	document(t, &whole, dir, append(common[:len(common):len(common)], "--checkpoint", "kept")...)
	document(t, &resumed, dir, append(common[:len(common):len(common)], "--resume", "kept")...)
	if resumed.Report.Logits != whole.Report.Logits || resumed.Receipt.RecipeDigest != whole.Receipt.RecipeDigest {
		t.Errorf("it ends at %s, in one go at %s", resumed.Report.Logits, whole.Report.Logits)
	}
	for said, args := range map[string][]string{
		"belongs to another recipe":  append(common[:len(common)-1:len(common)-1], "21", "--resume", "kept"),
		"this recipe learns nothing": {"quantize", "small.onnx", "images", "--recipe", "small.json", "--resume", "kept"},
	} {
		if status, _, stderr := call(t, dir, args...); status == 0 || !strings.Contains(stderr, said) {
			t.Errorf("%v ends with %d and says %q", args, status, stderr)
		}
	}
}
