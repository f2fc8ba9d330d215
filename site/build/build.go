package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/site/policy"
)

// program is a main package that becomes a WebAssembly file.
type program struct {
	pkg, file string
	flags     []string // of go build, besides those of all
}

// programs are those of the site. Of the page nothing but Go's runtime is inlined, which makes it a tenth smaller and is
// not felt: it builds trees of elements. Of the core that holds for what reads, plans and writes, not for what computes.
func programs() []program {
	return []program{
		{"./site", "site.wasm", []string{"-gcflags=all=-l", "-gcflags=runtime=", "-gcflags=runtime/...=", "-gcflags=internal/...="}},
		{"./wasm/core", "core.wasm", notInlined()},
	}
}

// notInlined are the flags for the packages of the core that do not compute.
func notInlined() []string {
	var flags []string
	for _, p := range []string{
		"./quant/onnx", "./quant/tflite", "./quant/export", "./quant/zoo", "./quant/weights", "./quant/mqbench", "./quant/graph",
		"./quant/exec/lower", "./quant/exec/plan", "./quant/prepare", "./quant/fuse", "./quant/receipt", "./quant/recipe", "./quant/diagnose",
		"go.yaml.in/yaml/v3", "regexp/...", "encoding/...", "archive/...", "fmt", "time", "math/big",
	} {
		flags = append(flags, "-gcflags="+p+"=-l")
	}
	return flags
}

// build makes the site of the module at root and puts it at out, compressed at a quality of brotli's. A failed
// build leaves what was at out.
func build(root, out string, quality int) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if err := replaceable(out); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	next, err := os.MkdirTemp(filepath.Dir(out), "."+filepath.Base(out)+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(next)
	if err := assemble(root, next, quality); err != nil {
		return err
	}
	if err := keep(out, next); err != nil {
		return err
	}
	if err := os.Chmod(next, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(next, out)
}

// replaceable refuses a folder that holds something other than a built site.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, policy.HeadersFile)); err != nil {
		return fmt.Errorf("%s is not empty and not a built site; choose another folder with -out", out)
	}
	return nil
}

func assemble(root, dir string, quality int) error {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "site", "static"))); err != nil {
		return err
	}
	var packages []string
	for _, p := range programs() {
		if err := compile(root, p, dir); err != nil {
			return err
		}
		packages = append(packages, p.pkg)
	}
	if err := copyExec(root, dir); err != nil {
		return err
	}
	if err := prerender(dir); err != nil {
		return err
	}
	if err := operators(dir); err != nil {
		return err
	}
	text, err := notices(root, packages)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, noticesFile), text, 0o644); err != nil {
		return err
	}
	for _, f := range policy.WorkersFiles() {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o644); err != nil {
			return err
		}
	}
	if err := offline(dir); err != nil {
		return err
	}
	return compress(dir, quality)
}

// compile builds one program without paths, version control stamps and symbols, so that the same
// sources give the same bytes everywhere.
func compile(root string, p program, dir string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", filepath.Join(dir, p.file)}, p.flags...)
	cmd := exec.Command("go", append(args, p.pkg)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %s: %w\n%s", p.pkg, err, text)
	}
	return nil
}

// copyExec copies the JavaScript half of Go's WebAssembly runtime, which has to be of the very same Go.
func copyExec(root, dir string) error {
	goroot, err := goOutput(root, "env", "GOROOT")
	if err != nil {
		return err
	}
	const name = "wasm_exec.js"
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "lib", "wasm", name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), b, 0o644)
}
