package chromium

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// Script runs a script of node with in on its standard input and returns what it prints. It finds
// playwright-core and the browser in its environment: PLAYWRIGHT, CHROMIUM. It skips the test as Do does.
func Script(t *testing.T, file string, in []byte) []byte {
	t.Helper()
	needed := need(t)
	node := exec.Command("node", file)
	node.Stdin, node.Stderr, node.Env = bytes.NewReader(in), os.Stderr, append(os.Environ(), needed...)
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}
