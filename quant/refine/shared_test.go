package refine_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

func sharedJSON(t *testing.T, v any, path ...string) {
	t.Helper()
	if err := json.Unmarshal(shared.Read(t, path...), v); err != nil {
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
