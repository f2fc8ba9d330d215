// Package network gives tests the networks that they run.
package network

import (
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Shared is a network of ../shared/models, by its file's name without the ending.
func Shared(t testing.TB, name string) *graph.Graph {
	t.Helper()
	return Decode(t, shared.Read(t, "models", name+".onnx"))
}

// Decode is the network in an ONNX file.
func Decode(t testing.TB, file []byte) *graph.Graph {
	t.Helper()
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
