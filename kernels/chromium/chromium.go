// Package chromium runs WebAssembly modules in headless Chromium, for tests of what native runtimes do
// not have. It needs node, Chromium (CHROMIUM, default /usr/bin/chromium) and playwright-core (PLAYWRIGHT,
// a node_modules folder; default site/e2e/node_modules).
package chromium

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed run.mjs
var script string

// job is what run.mjs gets on standard input.
type job struct {
	Flags   []string
	Modules [][]byte
	Runs    []Run
}

// Tier is which of V8's compilers makes the code.
type Tier int

const (
	Baseline  Tier = iota // what runs first, and may be replaced while it runs
	Optimized             // what runs in the end
)

func (t Tier) flags() []string {
	if t == Optimized {
		return []string{"--js-flags=--no-liftoff"}
	}
	return []string{}
}

// Run is one call of a module's export "run": Memory is written at address 0 of the module's memory,
// its own or imported as "env"."memory", and read back after run(Args…).
type Run struct {
	Module int
	Memory []byte
	Args   []uint32
}

// Do makes the runs, one after the other, and returns the memory after each. It skips the test,
// saying what is missing, where there is no browser; a module that does not validate there gives nil
// for each of its runs.
func Do(t testing.TB, tier Tier, modules [][]byte, runs []Run) [][]byte {
	t.Helper()
	needed := need(t)
	in, err := json.Marshal(job{tier.flags(), modules, runs})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "--input-type=module", "-e", script)
	node.Stdin, node.Stderr = bytes.NewReader(in), os.Stderr
	node.Env = append(os.Environ(), needed...)
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var memories [][]byte
	if err := json.Unmarshal(out, &memories); err != nil {
		t.Fatal(err)
	}
	return memories
}

// Test runs the tests of packages, seen from the project's folder, on GOOS=js in a worker of an isolated
// page, where engines have threads. It skips the test as Do does.
func Test(t *testing.T, packages ...string) {
	t.Helper()
	needed := need(t)
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-exec", "node " + filepath.Join(folder(), "exec.mjs")}
	test := exec.Command("go", append(args, packages...)...)
	test.Dir = filepath.Join(folder(), "../..")
	test.Env = append(os.Environ(), append(needed, "GOOS=js", "GOARCH=wasm", "GOROOT="+strings.TrimSpace(string(goroot)))...)
	if out, err := test.CombinedOutput(); err != nil {
		t.Errorf("go test %v: %v\n%s", packages, err, out)
	}
}

// need skips the test where something is absent; otherwise it gives what node's environment needs.
func need(t testing.TB) []string {
	t.Helper()
	modules := env("PLAYWRIGHT", filepath.Join(folder(), "../../site/e2e/node_modules"))
	browser := env("CHROMIUM", "/usr/bin/chromium")
	for _, need := range []string{browser, filepath.Join(modules, "playwright-core")} {
		if _, err := os.Stat(need); err != nil {
			t.Skipf("%s is absent: nothing to run WebAssembly in", need)
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is absent: nothing to start Chromium with")
	}
	return []string{"PLAYWRIGHT=" + modules, "CHROMIUM=" + browser}
}

// folder is where this file lies, also in a build with -trimpath, which forgets it.
func folder() string {
	mod, _ := exec.Command("go", "env", "GOMOD").Output()
	return filepath.Join(filepath.Dir(string(bytes.TrimSpace(mod))), "kernels", "chromium")
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
