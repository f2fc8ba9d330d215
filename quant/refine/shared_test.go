package refine_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// shared reads a file next to the project, or skips the test that needs it.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "shared"}, path...)...))
	if err != nil {
		t.Skipf("needs ../shared/%s", filepath.Join(path...))
	}
	return b
}

func sharedJSON(t *testing.T, v any, path ...string) {
	t.Helper()
	if err := json.Unmarshal(shared(t, path...), v); err != nil {
		t.Fatalf("%v: %v", path, err)
	}
}

// tensorAt refers to a tensor of a golden .bin.
type tensorAt struct {
	Off   int
	Shape []int
}

func (a tensorAt) floats(b []byte) []float32 {
	x := make([]float32, graph.Len(a.Shape))
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[a.Off+4*i:]))
	}
	return x
}

func network(t *testing.T, name string) *graph.Graph {
	t.Helper()
	m, err := onnx.Decode(shared(t, "models", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
