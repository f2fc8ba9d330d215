package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// What cannot be written is told before the run.
func TestOutputsAreCheckedFirst(t *testing.T) {
	dir := folder(t)
	put(t, filepath.Join(dir, "file"), []byte("x"))
	if err := os.Symlink("q.onnx", filepath.Join(dir, "link.onnx")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "q.onnx"), []byte("last good"))
	if err := os.Symlink("images/new.onnx", filepath.Join(dir, "dangling.onnx")); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"it is a folder", []string{"-o", "images"}},
		{"it is a folder", []string{"--receipt", "images/"}},
		{"there is no folder", []string{"-o", "no/q.onnx"}},
		{"cannot be written", []string{"-o", "file/q.onnx"}},
		{"cannot be written", []string{"-o", long}},
		{"cannot be written", []string{"-o", "/proc/q.onnx"}},
		{"give each a name of its own", []string{"-o", "r.json", "--receipt", "r.json"}},
		{"give each a name of its own", []string{"-o", "r.json", "--receipt", "./images/../r.json"}},
		{"give each a name of its own", []string{"-o", "q.onnx", "--receipt", "link.onnx"}},
		{"give each a name of its own", []string{"-o", "images/new.onnx", "--receipt", "dangling.onnx"}},
		{"give each a name of its own", []string{"--recipe-out", "r.json", "--receipt", "r.json"}},
		{"read by this run", []string{"-o", "small.onnx"}},
		{"read by this run", []string{"--recipe-out", "small.json"}},
		{"read by this run", []string{"--receipt", "images/bee/01.png"}},
		{"--format wasm", []string{"-o", "q.wasm"}},
		{"name it .onnx", []string{"-o", "q.tflite"}},
	} {
		status, out, err := call(t, dir, append([]string{"quantize", "small.onnx", "images", "--recipe", "small.json"}, c.args...)...)
		if status != 1 || out != "" || !strings.Contains(err, c.want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%.60v: status %d, want %q: %s%s", c.args, status, c.want, out, err)
		}
	}
	if runtime.GOOS == "linux" {
		if status, out, err := call(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "-o", "/dev/full"); status != 1 || out != "" || !strings.Contains(err, "/dev/full cannot be written: no space") {
			t.Errorf("status %d, %s%s", status, out, err)
		}
	}
	png := read(t, filepath.Join(dir, "images", "bee", "01.png"))
	status, out, told := call(t, dir, "train", "small.onnx", "images", "--recipe", "small.json", "--checkpoint", "small.onnx")
	if status != 1 || out != "" || !strings.Contains(told, "read by this run") || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("status %d, %s%s", status, out, told)
	}
	onlyThese(t, dir, "dangling.onnx", "file", "images", "link.onnx", "q.onnx", "small.json", "small.onnx")
	if string(read(t, filepath.Join(dir, "q.onnx"))) != "last good" {
		t.Error("the last good file is gone")
	}
}

// onlyThese fails where a folder holds other names, parts of files among them.
func onlyThese(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %v, not %v", got, names)
	}
}

// Files are put in place together or not at all, behind links, and with the permissions that were there.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put(t, at("a"), []byte("old a"))
	if err := os.Chmod(at("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", at("link")); err != nil {
		t.Fatal(err)
	}
	d := &disk{}
	if err := d.write(export.File{Name: at("a"), Bytes: []byte("new")}, export.File{Name: at("no/b")}); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
	onlyThese(t, dir, "a", "link")
	if got := read(t, at("a")); string(got) != "old a" {
		t.Errorf("%q", got)
	}
	if err := d.write(export.File{Name: at("link"), Bytes: []byte("new")}, export.File{Name: at("b"), Bytes: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	onlyThese(t, dir, "a", "b", "link")
	info, err := os.Lstat(at("a"))
	if err != nil || info.Mode() != 0o600 || string(read(t, at("a"))) != "new" {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := d.write(export.File{Name: at("a")}, export.File{Name: at("link")}); err == nil {
		t.Error("two files were written to one place")
	}
	if runtime.GOOS == "linux" {
		if err := d.write(export.File{Name: "/dev/full", Bytes: []byte("x")}); err == nil || !strings.Contains(err.Error(), "no space") {
			t.Error(err)
		}
	}
}

// On a full disk the last good file stays, and the result is printed.
func TestDiskFull(t *testing.T) {
	dir := folder(t)
	full := filepath.Join(dir, "full")
	if err := os.Mkdir(full, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted here: %v %s", err, out)
	}
	defer exec.Command("umount", full).Run()
	args := []string{"quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "full/r.json", "-o", "full/q.onnx"}
	if err := os.WriteFile(filepath.Join(full, "q.onnx"), []byte("good"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, err := call(t, dir, args...)
	if status != 1 || !strings.Contains(out, "agreement") || strings.Contains(out, "written") || !strings.Contains(err, "no space left") {
		t.Errorf("status %d, %s%s", status, out, err)
	}
	onlyThese(t, full, "q.onnx")
	if string(read(t, filepath.Join(full, "q.onnx"))) != "good" {
		t.Error("the last good file is gone")
	}
}

// One signal ends a run within a second also inside an item, a second one at once; what was there stays.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x.npy"), dataset.EncodeNpy(randomTensor(1, 1, 2000, 2000)))
	put(t, filepath.Join(dir, "y.npy"), []byte("last good"))
	model := shared.Path(t, "cases", "rel-12-ctrl-c", "bigkernel.onnx")
	for _, signals := range [][]os.Signal{{os.Interrupt}, {syscall.SIGTERM}, {os.Interrupt, os.Interrupt}} {
		c := exec.Command(binary, "run", model, "x.npy", "-o", "y.npy")
		c.Dir = dir
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }()
		select {
		case err := <-done:
			t.Fatalf("the run is too short to be interrupted: %v", err)
		case <-time.After(1500 * time.Millisecond):
		}
		limit := 20 * time.Second // a second, on a machine with other things to do; the run would take minutes
		for i, s := range signals {
			if i > 0 {
				time.Sleep(50 * time.Millisecond)
			}
			_ = c.Process.Signal(s) // it may have ended
		}
		select {
		case <-done:
		case <-time.After(limit):
			t.Errorf("%v: still there after %v", signals, limit)
			c.Process.Kill()
		}
		onlyThese(t, dir, "x.npy", "y.npy")
		if string(read(t, filepath.Join(dir, "y.npy"))) != "last good" {
			t.Error("the last good file is gone")
		}
	}
}
