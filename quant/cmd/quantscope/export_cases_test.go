package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/orttest"
)

// ../shared/cases/01-resize-sizes-become-scales: a size that no float scale gives is written as a size, and
// the batch stays free.
func TestResizeBySize(t *testing.T) {
	dir, out := shared.Path(t, "cases", "01-resize-sizes-become-scales"), filepath.Join(t.TempDir(), "q.onnx")
	succeed(t, dir, "quantize", "model.onnx", "data.npy", "--recipe", "recipe.json", "--labels", "none", "-o", out)
	var i inspection
	if document(t, &i, dir, "inspect", out); !i.Inputs[0].Batch {
		t.Error("the batch is not free any more")
	}
	a, err := dataset.DecodeNpy(read(t, filepath.Join(dir, "x0.npy")))
	if err != nil {
		t.Fatal(err)
	}
	x := a.Tensor()
	if y := orttest.Run(t, "node", read(t, out), x.Shape, x.F, "all"); len(y) != 3*2*15*13 {
		t.Errorf("%d numbers", len(y))
	}
}

// ../shared/cases/60-onnx-qnn-linear-network has three linear layers, which that backend leaves in float.
func TestNothingToQuantizeSaysWhy(t *testing.T) {
	dir := shared.Path(t, "cases", "60-onnx-qnn-linear-network")
	status, _, err := call(t, dir, "quantize", "timer.onnx", "data.npy", "--config", "onnx_qnn", "--labels", "none", "--calibration", "6")
	if status != 1 || !strings.Contains(err, "onnx_qnn quantizes none of the 3 layers") || !strings.Contains(err, "Linear") {
		t.Errorf("status %d, %s", status, err)
	}
}

// ../shared/cases/02-conv-clip-saturated: both bounds of a Clip have the outermost codes.
func TestClipOfItsQuantizerLoads(t *testing.T) {
	dir, out := shared.Path(t, "cases", "02-conv-clip-saturated"), filepath.Join(t.TempDir(), "q.onnx")
	succeed(t, dir, "quantize", "model.onnx", "data.npy", "--recipe", "recipe.json", "--labels", "none", "-o", out)
	a, err := dataset.DecodeNpy(read(t, filepath.Join(dir, "data.npy")))
	if err != nil {
		t.Fatal(err)
	}
	x := a.Tensor()
	x.Shape[0] = 1
	want := orttest.Run(t, "node", read(t, out), x.Shape, x.F, "disabled")
	got := orttest.Run(t, "node", read(t, out), x.Shape, x.F, "all")
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); d > 0.02 {
			t.Fatalf("element %d is %v optimized, %v as written", i, got[i], want[i])
		}
	}
}

// ../shared/cases/rel-04-int32-overflow: sums of 40,000 products, which wrapped around in int32, are computed on floats,
// and that is said.
func TestWideSumsAreTold(t *testing.T) {
	dir := shared.Path(t, "cases", "rel-04-int32-overflow")
	status, out, err := call(t, dir, "quantize", "widepos-40000.onnx", "wide.npy", "--config", "config2", "--calibration", "6", "--evaluation", "6")
	want := `Layer "Gemm_y" is computed in float, not on integers: the sums of 2 of its channels, of 40000 products each, may not fit into 32 bits.`
	if status != 0 || !strings.Contains(out, want) || !strings.Contains(out, "100.00 % of 6 items get the quantized network's class") {
		t.Errorf("status %d, %s%s", status, out, err)
	}
}
