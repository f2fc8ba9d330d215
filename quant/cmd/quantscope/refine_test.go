package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
)

// refine finds a recipe, quantize takes it, and does both with --recommended; the receipt of that verifies.
func TestRefine(t *testing.T) {
	dir := folder(t)
	common := []string{"small.onnx", "images", "--recipe", "small.json", "--calibration", "8"}
	var found refinement
	document(t, &found, dir, append([]string{"refine", "--recipe-out", "better.json"}, common...)...)
	if len(found.Steps) == 0 || found.After.Outcome.Items != 2 || found.After.Outcome.SQNR < found.Before.Outcome.SQNR {
		t.Fatalf("%+v", found)
	}
	better, err := recipe.Parse(read(t, filepath.Join(dir, "better.json")))
	if err != nil {
		t.Fatal(err)
	}
	if digest, err := better.Digest(); err != nil || digest != found.Digest {
		t.Errorf("the recipe written has the digest %s, %s was found (%v)", digest, found.Digest, err)
	}
	var with, recommended quantization
	document(t, &with, dir, "quantize", "small.onnx", "images", "--recipe", "better.json")
	document(t, &recommended, dir, append([]string{"quantize", "--recommended", "--receipt", "receipt.json"}, common...)...)
	if recommended.Receipt.RecipeDigest != found.Digest || recommended.Report.Logits != with.Report.Logits || recommended.Steps == nil || with.Steps != nil {
		t.Errorf("recommended gives recipe %s and logits %s, by hand %s", recommended.Receipt.RecipeDigest, recommended.Report.Logits, with.Report.Logits)
	}
	var v verification
	document(t, &v, dir, "verify", "receipt.json", "images", "--model", "small.onnx")
	for _, s := range v.Steps {
		if s.Status != receipt.Match {
			t.Errorf("%+v", s)
		}
	}
	for _, args := range [][]string{append([]string{"refine"}, common...), append([]string{"quantize", "--recommended"}, common...)} {
		text := succeed(t, dir, args...)
		for _, s := range found.Steps {
			if !strings.Contains(text, s.Title) {
				t.Errorf("%q is not in\n%s", s.Title, text)
			}
		}
	}
}
