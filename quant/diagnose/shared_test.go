package diagnose_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// batch is a file of golden/data, 8-bit images at their final size, preprocessed for a family of networks.
type batch struct {
	d      *dataset.Dataset
	p      recipe.Preprocess
	labels []int
}

func images(t *testing.T, file string, family string) batch {
	t.Helper()
	raw := shared.Read(t, "golden", "data", file)
	var index map[string]struct{ Shape, Labels []int }
	if err := json.Unmarshal(shared.Read(t, "golden", "data", "index.json"), &index); err != nil {
		t.Fatal(err)
	}
	shape := index[file].Shape
	if shape[1] == 1 { // MNIST's: one channel first
		shape = []int{shape[0], shape[2], shape[3]}
	}
	x := &graph.Tensor{DType: graph.Uint8, Shape: shape, I: make([]int64, len(raw))}
	for i, b := range raw {
		x.I[i] = int64(b)
	}
	d, err := dataset.Open([]dataset.File{dataset.InMemory("images.npy", dataset.EncodeNpy(x))}, dataset.FromNone)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(recipe.Families(), func(f recipe.Family) bool { return f.Name == family })
	p := recipe.Families()[at].Preprocess
	p.Resize = 0
	return batch{d, p, index[file].Labels}
}

// items are the images of these indices.
func (b batch) items(indices []int) evaluate.Items {
	return evaluate.Items{
		Items: calibrate.Items{Len: len(indices), Inputs: func(i int) ([][]float32, error) {
			x, _, err := b.d.Tensor(indices[i], b.p)
			return [][]float32{x}, err
		}},
		Label: func(i int) int { return b.labels[indices[i]] },
	}
}

func preset(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func calibrated(t *testing.T, g *graph.Graph, r recipe.Recipe, items calibrate.Items) *calibrate.Calibrated {
	t.Helper()
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	c, err := calibrate.Run(context.Background(), p, items, 2, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// given are items of a network of a test's own.
func given(inputs ...[][]float32) evaluate.Items {
	return evaluate.Items{
		Items: calibrate.Items{Len: len(inputs), Inputs: func(i int) ([][]float32, error) { return inputs[i], nil }},
		Label: func(int) int { return report.Unlabelled },
	}
}
