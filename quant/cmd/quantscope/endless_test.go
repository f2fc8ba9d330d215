//go:build linux

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// bounded runs the command in dir, which must end within ten seconds of the processors' time and a gibibyte.
func bounded(t *testing.T, dir string, args ...string) (status int, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // waiting for a busy machine counts, computing does below
	defer cancel()
	var err bytes.Buffer
	c := exec.CommandContext(ctx, binary, args...)
	c.Dir, c.Stderr = dir, &err
	c.Run()
	if ctx.Err() != nil {
		t.Errorf("%s: did not end: %s", strings.Join(args, " "), err.String())
	}
	if took := c.ProcessState.UserTime() + c.ProcessState.SystemTime(); took > 10*time.Second {
		t.Errorf("%s: took %v", strings.Join(args, " "), took)
	}
	if kib := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; kib > 1<<20 {
		t.Errorf("%s: took %d MiB", strings.Join(args, " "), kib>>10)
	}
	return c.ProcessState.ExitCode(), err.String()
}

// Devices, pipes and files with terabytes of nothing in them end as any input with a sentence.
func TestEndlessInput(t *testing.T) {
	dir := folder(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	put(t, filepath.Join(dir, "dir", "readme.txt"), nil)
	if status, err := bounded(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "receipt.json"); status != 0 {
		t.Fatal(err)
	}
	inputs := []string{"/dev/zero", "/dev/urandom", "pipe", "socket", "dir"}
	for _, name := range []string{"sparse", "sparse.npy", "sparse.npz", "sparse.zip", "sparse.png", "sparse.csv", "sparse.pb", "sparse.json", "sparse.onnx"} {
		put(t, filepath.Join(dir, name), nil)
		if err := os.Truncate(filepath.Join(dir, name), 1<<42); err != nil {
			t.Skip("the file system has no sparse files: ", err)
		}
		inputs = append(inputs, name)
	}
	for _, input := range inputs {
		for _, args := range [][]string{
			{"inspect", input},
			{"run", "small.onnx", input},
			{"eval", input, "images", "--preprocess", "cifar10"},
			{"eval", "small.onnx", input, "--preprocess", "cifar10"},
			{"quantize", "small.onnx", input},
			{"quantize", "small.onnx", "images", "--recipe", input},
			{"table", "small.onnx", input},
			{"verify", input, "--model", "small.onnx"},
			{"verify", "receipt.json", "--model", input},
			{"verify", "receipt.json", input, "--model", "small.onnx"},
			{"verify", "receipt.json", "--model", "small.onnx", "--key", input},
			{"share", input},
			{"attest", "receipt.json", "--model", "small.onnx", "--key", input},
			{"attest", input, "--model", "small.onnx", "--key", input},
			{"quantize", "small.onnx", "images", "--preprocess", "cifar10", "--refine", "adaround", "--resume", input},
			{"serve", "--dist", ".", "--certificate", input, "--key", input},
		} {
			status, err := bounded(t, dir, args...)
			if status != 1 && status != 2 || strings.Count(err, "\n") != 1 || !strings.HasPrefix(err, "quantscope: ") {
				t.Errorf("%s: status %d, %s", strings.Join(args, " "), status, err)
			}
		}
	}
}

// The archive of ../shared/cases/rel-05-npz-bomb, 875 KB that unpack to 900 MB.
func TestNpzBomb(t *testing.T) {
	dir := folder(t)
	status, err := bounded(t, dir, "eval", "small.onnx", shared.Path(t, "cases", "rel-05-npz-bomb", "npz900m.npz"), "--preprocess", "cifar10")
	if status != 1 || !strings.Contains(err, "unpacks to 858 MiB") {
		t.Errorf("status %d, %s", status, err)
	}
}

// The network of ../shared/cases/rel-09-shared-weights-memory: 100 products that read one weight of 4 MB, which is
// rounded, described and packed once.
func TestSharedWeight(t *testing.T) {
	dir := folder(t)
	of := func(name string) string { return shared.Path(t, "cases", "rel-09-shared-weights-memory", name) }
	status, err := bounded(t, dir, "quantize", of("sharedmatmul-100.onnx"), of("dm.npy"), "--config", "config1", "--calibration", "4")
	if status != 0 {
		t.Errorf("status %d, %s", status, err)
	}
}

// A pipe that nobody reads keeps a run waiting, and not from being interrupted: what is beside its place is taken away.
func TestPipeWithoutReader(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	d := &disk{}
	wrote := make(chan error, 1)
	go func() {
		wrote <- d.write(export.File{Name: filepath.Join(dir, "a"), Bytes: []byte("a")}, export.File{Name: pipe, Bytes: []byte("b")})
	}()
	for staged := false; !staged; {
		d.mu.Lock()
		staged = len(d.parts) > 0
		d.mu.Unlock()
	}
	time.Sleep(100 * time.Millisecond) // it comes to the pipe, or the test shows nothing
	if placed, err := d.abandon(); placed || err != nil {
		t.Errorf("placed: %v, %v", placed, err)
	}
	onlyThese(t, dir, "pipe")
	if _, err := os.ReadFile(pipe); err != nil {
		t.Fatal(err)
	}
	<-wrote
}
