package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// TestChain is make receipts, too: a receipt goes from browser to browser to the command to Cloudflare's runtime and back.
func TestChain(t *testing.T) {
	if os.Getenv("RECEIPTS") == "" {
		t.Skip("takes a minute: make receipts")
	}
	dir := t.TempDir()
	env := built(t, dir)
	for _, name := range []string{"worker.mjs", "receipts.mjs", "wrangler.jsonc"} {
		b, err := os.ReadFile(filepath.Join(root, "site", "edge", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	build := filepath.Join(dir, "build")
	run(t, nil, "go", "run", "github.com/syumai/workers/cmd/workers-assets-gen", "-mode=go", "-o", build)
	run(t, []string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-ldflags=-s -w", "-o", filepath.Join(build, "app.wasm"), "./site/edge")
	run(t, append(env, "QUANTSCOPE_WORKER="+dir, "QUANTSCOPE_FIREFOX=/usr/bin/firefox-esr"), "node", "--test", "--test-reporter=spec", "site/e2e/chain.test.mjs")
}
