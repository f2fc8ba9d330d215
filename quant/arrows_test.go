package quant_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/quantscope/quantscope/"

// TestArrows holds the direction of the imports: the page never links the core, the kernels know
// nothing of networks, a network nothing of files, and the core touches neither JavaScript nor the network.
func TestArrows(t *testing.T) {
	for _, c := range []struct {
		pkg       string
		js        bool
		forbidden []string
	}{
		{"site", true, []string{module + "quant/exec", module + "quant/graph", module + "quant/onnx", module + "quant/dataset", module + "kernels"}},
		{"wasm/protocol", true, []string{module + "quant/exec", module + "quant/graph", module + "kernels", "net/http"}},
		{"site/edge", true, []string{module + "quant/exec", module + "quant/graph", module + "kernels"}},
		{"kernels/...", false, []string{module + "quant", module + "site", module + "wasm"}},
		{"quant/graph", false, []string{module + "quant/onnx", module + "quant/exec"}},
		{"quant", true, []string{"net", "net/http", module + "site", module + "wasm"}},
	} {
		cmd := exec.Command("go", "list", "-deps", module+c.pkg)
		cmd.Env = os.Environ()
		if c.js {
			cmd.Env = append(cmd.Env, "GOOS=js", "GOARCH=wasm")
		}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list %s: %v", c.pkg, err)
		}
		for dep := range strings.Lines(string(out)) {
			dep = strings.TrimSpace(dep)
			for _, f := range c.forbidden {
				if dep == f || strings.HasPrefix(dep, f+"/") && strings.HasPrefix(f, module) {
					t.Errorf("%s depends on %s", c.pkg, dep)
				}
			}
		}
	}
}
