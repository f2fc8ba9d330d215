//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A file that its user has protected stays, although the folder would let another take its name.
func TestProtectedFile(t *testing.T) {
	dir := folder(t)
	put(t, filepath.Join(dir, "out.onnx"), []byte("mine"))
	if err := os.Chmod(filepath.Join(dir, "out.onnx"), 0o400); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(binary, "quantize", "small.onnx", "images", "--recipe", "small.json", "-o", "out.onnx")
	if os.Getuid() == 0 { // whom nothing keeps from anything
		const nobody = 65534
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		for _, d := range []string{dir, filepath.Dir(dir), filepath.Dir(binary)} {
			if err := os.Chmod(d, 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	var said strings.Builder
	c.Dir, c.Stderr = dir, &said
	err := c.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said.String(), "out.onnx cannot be written: it is write-protected") {
		t.Errorf("%v, %s", err, said.String())
	}
	if got := string(read(t, filepath.Join(dir, "out.onnx"))); got != "mine" {
		t.Errorf("the file is %q", got)
	}
}
