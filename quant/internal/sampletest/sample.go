// Package sampletest is the sample that ships with the page, for tests.
package sampletest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Job quantizes the sample by its own recipe, one item at a time.
func Job(t testing.TB) quant.Job { return JobOf(t, "") }

// JobOf quantizes the sample in a folder below the first one's.
func JobOf(t testing.TB, folder string) quant.Job {
	t.Helper()
	m, err := quant.Import("model.onnx", Read(t, filepath.Join(folder, "model.onnx")), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open([]dataset.File{dataset.InMemory("images.zip", Read(t, filepath.Join(folder, "images.zip")))}, dataset.FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Parse(Read(t, filepath.Join(folder, "recipe.json")))
	if err != nil {
		t.Fatal(err)
	}
	return quant.Job{Model: m, Data: d, Recipe: r, Workers: 1, Progress: func(string, int, int) {}}
}

// Read is the content of one of the sample's files.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared.Project(t), "site", "static", "sample", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
