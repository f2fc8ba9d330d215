package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// external writes the sample's network to dir with its largest tensor in a second file, weights.bin.
// It reports whether there is a sample to do that with. large.onnx beside it is a network of no weights on
// images that no memory holds.
func external(t *testing.T, dir string) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "site", "static", "sample", "model.onnx"))
	if err != nil {
		return false
	}
	m, err := onnx.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	largest := 0
	for i, w := range m.Graph.Initializers {
		if len(w.Raw) > len(m.Graph.Initializers[largest].Raw) {
			largest = i
		}
	}
	w := &m.Graph.Initializers[largest]
	if len(w.Raw) == 0 {
		t.Fatal("the sample has no tensor as raw data")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "weights.bin"), w.Raw, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "large.onnx"), large(), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Raw = nil
	w.External = &onnx.External{Location: "weights.bin", Length: -1}
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), onnx.Encode(m), 0o644); err != nil {
		t.Fatal(err)
	}
	return true
}

func large() []byte {
	image := onnx.ValueInfo{Name: "image", Known: true, ElemType: onnx.Float, HasShape: true}
	for _, n := range []int64{1, 32, 5000, 5000} {
		image.Dims = append(image.Dims, onnx.Dim{Value: n, Set: true})
	}
	return onnx.Encode(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Name: "large", Inputs: []onnx.ValueInfo{image}, Outputs: []onnx.ValueInfo{{Name: "y", Known: true, ElemType: onnx.Float}},
		Nodes: []onnx.Node{{Name: "relu", OpType: "Relu", Inputs: []string{"image"}, Outputs: []string{"y"}}},
	}})
}
