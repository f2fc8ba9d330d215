package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// earlier are cores of releases, as their commits build them. One is added with every release, and stays: the page is
// to drive it for good, or receipts of that release can be checked no more.
var earlier = []struct {
	Release, Commit string
	Go, SHA256      string // of the core that this Go built
}{
	// The first core that a page of another build can ask; those before have other messages.
	{"0.2.0", "af23f2ae97e5c578a86f36067e86c291239c2273", "go1.26.8", "dc921107317abf98ea08373a10e20b3fccdde4c81f304cc89b03c680fb53439d"},
	{"0.3.0", "d0874f3655fcd47144a11b6c1b233af51112352c", "go1.26.8", "0573d3c69f9fe43c99ddb02e3008d1a4cf47947db38c8e1adb8ee05ee39d912a"},
	{"0.4.0", "d3d082767bb55dab3cea4e51f1ccf4b5c4b1fe26", "go1.26.8", "70c4f56a051a334e2013096da1f62660ecbcce6b89b53c9193794e1a95174397"},
}

// TestEarlierEngines is make earlier: today's page has the receipts of quant/testdata/receipts checked by the cores
// that earlier commits build.
func TestEarlierEngines(t *testing.T) {
	if os.Getenv("EARLIER") == "" {
		t.Skip("takes builds of earlier commits: make earlier")
	}
	dir := t.TempDir()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	type engine struct {
		Release  string   `json:"release"`
		Core     string   `json:"core"`
		Exec     string   `json:"exec"`
		Receipts []string `json:"receipts"`
	}
	var list []engine
	for _, e := range earlier {
		source := filepath.Join(dir, e.Commit)
		if err := os.Mkdir(source, 0o755); err != nil {
			t.Fatal(err)
		}
		run(t, nil, "sh", "-c", "git archive "+e.Commit+" | tar x -C "+source) // fails in a clone without history: git fetch --unshallow
		core := filepath.Join(dir, e.Commit+".wasm")
		build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", core, "./wasm/core")
		build.Dir, build.Env = source, append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		b, err := os.ReadFile(core)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != e.SHA256 && runtime.Version() == e.Go {
			t.Errorf("the core of %s has the SHA-256 %s, not that of the release", e.Release, got)
		}
		receipts, err := filepath.Glob(filepath.Join(root, "quant", "testdata", "receipts", e.Release+"-*.json"))
		if err != nil || len(receipts) == 0 {
			t.Fatalf("no receipts of %s: %v", e.Release, err)
		}
		for i := range receipts {
			if receipts[i], err = filepath.Abs(receipts[i]); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, engine{e.Release, core, filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"), receipts})
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	run(t, append(built(t, dir), "QUANTSCOPE_EARLIER="+string(b)), "node", "--test", "--test-reporter=spec", "site/e2e/earlier.test.mjs")
}
