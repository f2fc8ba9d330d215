package quant_test

import (
	"context"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
)

// Items that are copies of each other stand on both sides of a split, and the receipt is there all the same.
func TestCopiesOnBothSides(t *testing.T) {
	j := sampleJob(t)
	shape := append([]int{8}, j.Model.Inputs()[0].Shape[1:]...)
	zeros := dataset.EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: shape, F: make([]float32, graph.Len(shape))})
	var err error
	if j.Data, err = dataset.Open([]dataset.File{dataset.InMemory("zeros.npy", zeros)}, dataset.FromNone); err != nil {
		t.Fatal(err)
	}
	j.Recipe.Data.Calibration, j.Recipe.Data.Evaluation = 4, 4
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(r.Notes, "\n"), "copies of those that calibrate") {
		t.Errorf("notes %q", r.Notes)
	}
	checkReceipt(t, j, r)
}
