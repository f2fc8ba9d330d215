//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The program keeps nothing of a request that it has answered: an instance of it lives as long as the Worker.
func TestKept(t *testing.T) {
	wranglerProgram(t)
	folder := filepath.Join(filepath.Dir(buildWorker(t)), "build")
	const requests = 4000
	out, err := exec.Command("node", "kept.mjs", folder, strconv.Itoa(requests)).CombinedOutput()
	kept, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || kept == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%d values after %d requests", kept, requests)
	if kept > 2*requests { // those that Go has not collected yet
		t.Errorf("%d values are kept of %d requests", kept, requests)
	}
}
