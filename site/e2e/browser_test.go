package e2e

import (
	"bufio"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root is the project's folder, seen from this package.
const root = "../.."

// TestComponents draws the views in the DOM of jsdom.
func TestComponents(t *testing.T) {
	need(t, "node")
	needFile(t, "node_modules/jsdom")
	runner, err := filepath.Abs("jsdom.mjs")
	if err != nil {
		t.Fatal(err)
	}
	run(t, []string{"GOOS=js", "GOARCH=wasm"}, "go", "test", "-exec", "node "+runner, "./site/view")
}

// TestBrowser builds the site and the command, serves it and lets node drive Chromium through it.
// Screenshots are left in site/e2e/screenshots.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	dir := t.TempDir()
	env := built(t, dir)
	if further := filepath.Join(dir, "external"); external(t, further) {
		env = append(env, "QUANTSCOPE_EXTERNAL="+further)
	}
	if _, err := os.Stat(shared); err == nil {
		trials := filepath.Join(dir, "receipts")
		writeTrials(t, trials, receiptNets()[:2], fewReceipts, 1)
		env = append(env, "QUANTSCOPE_RECEIPTS="+trials)
	}
	tests, err := filepath.Glob("*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("no browser tests: %v", err)
	}
	for _, f := range tests {
		t.Run(strings.TrimSuffix(f, ".test.mjs"), func(t *testing.T) {
			args := []string{"--test", "--test-concurrency=1", "--test-reporter=spec", "site/e2e/" + f}
			if err := try(t, env, "node", args...); err != nil {
				// A browser on a busy machine is late in more ways than a test can foresee; a fault of the page fails twice.
				t.Logf("failed once: %s: %v", f, err)
				run(t, env, "node", args...)
			}
		})
	}
}

// built builds page and command, serves them, and gives the environment in which node finds them and Chromium.
func built(t *testing.T, dir string) []string {
	t.Helper()
	need(t, "node")
	needFile(t, "node_modules/playwright-core")
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	needFile(t, chromium)
	run(t, nil, "go", "run", "./site/build", "-out", filepath.Join(dir, "dist"))
	run(t, nil, "go", "build", "-o", filepath.Join(dir, "quantscope"), "./quant/cmd/quantscope")
	return []string{
		"CHROMIUM=" + chromium,
		"QUANTSCOPE_SITE=" + serve(t, dir),
		"QUANTSCOPE_COMMAND=" + filepath.Join(dir, "quantscope"),
	}
}

// serve starts the server on a free port and gives its address.
func serve(t *testing.T, dir string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.Command(filepath.Join(dir, "quantscope"), "serve", "--address", address, "--dist", filepath.Join(dir, "dist"), "--db", filepath.Join(dir, "receipts.db"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "http://" + address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the server does not listen on %s", address)
	return ""
}

// run is try of a program that must succeed.
func run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	if err := try(t, env, name, args...); err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
}

// try runs a program in the project's folder and logs what it says.
func try(t *testing.T, env []string, name string, args ...string) error {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
		t.Log(s.Text())
	}
	return err
}

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("needs %s", program)
	}
}

func needFile(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("needs %s", path)
	}
}
