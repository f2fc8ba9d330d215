package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Whoever checks a receipt is told, as its maker was, that its items are copies of each other.
func TestVerifyTellsOfCopies(t *testing.T) {
	dir := folder(t)
	x := randomTensor(1, 3, 8, 8)
	x.Shape[0], x.F = 16, slices.Repeat(x.F, 16)
	put(t, filepath.Join(dir, "x.npy"), dataset.EncodeNpy(x))
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "x.npy", "--recipe", "small.json", "--evaluation", "8", "--receipt", "r.json")
	if !slices.Contains(q.Notes, receipt.Copies) {
		t.Errorf("notes %q", q.Notes)
	}
	status, _, said := call(t, dir, "verify", "r.json", "x.npy", "--model", "small.onnx")
	if status != 0 || !strings.Contains(said, receipt.Copies) {
		t.Errorf("status %d, %s", status, said)
	}
}
