package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// sweep is another program: it is found beside this one, gets the arguments, and its status is the status.
func TestSweepIsHandedOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a shell script stands for the other program")
	}
	t.Setenv("PATH", filepath.Dir(binary))
	status, out, err := call(t, ".", "sweep", "plan.json")
	if status != 1 || out != "" || !strings.Contains(err, "make sweep") || strings.Count(err, "\n") != 1 {
		t.Errorf("without it: status %d, %s%s", status, out, err)
	}
	other := filepath.Join(filepath.Dir(binary), sweepCommand)
	script := "#!/bin/sh\necho \"$@\"\necho quantscope: no such plan >&2\nexit 3\n"
	if err := os.WriteFile(other, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(other)
	status, out, err = call(t, ".", "sweep", "plan.json", "--runner", "flink")
	if status != 3 || out != "plan.json --runner flink\n" || err != "quantscope: no such plan\n" {
		t.Errorf("status %d, %q, %q", status, out, err)
	}
}
