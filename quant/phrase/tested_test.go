package phrase

import (
	"encoding/json"
	"os"
	"testing"
)

func TestONNXRuntimeIsTheOneOfTheTests(t *testing.T) {
	raw, err := os.ReadFile("../../site/e2e/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Dependencies map[string]string }
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	if got := p.Dependencies["onnxruntime-node"]; got != ONNXRuntime {
		t.Errorf("the tests run on ONNX Runtime %s, the page says %s", got, ONNXRuntime)
	}
}
