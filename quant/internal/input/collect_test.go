//go:build linux

package input

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is in a folder and is no file is told where it would be read, not left out without a word, and not waited for.
func TestCollectTellsWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.png"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"zero.png": "/dev/zero", "loop": dir} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Collect(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for i, want := range []string{"a link to a folder", "a device or a pipe", "a device or a pipe"} {
		if _, err := files[i].Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", files[i].Name, err, want)
		}
	}
}
