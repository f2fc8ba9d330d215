//go:build !js

package quant_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/chromium"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/lift"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/report"
)

var updateDigests = flag.Bool("update-digests", false, "write testdata/digests.json anew")

// digested are the networks and configurations whose logits have digests in testdata/digests.json.
func digested() map[string][]string {
	return map[string][]string{
		"lenet_mnist": {"config1", "config2"}, "resnet20_cifar10": {"config1", "config2", "tensorrt"},
		"efficientnet_b0_cifar10": {"config1", "config2"}, "squeezenet1_0": {"config2"}, "mobilenetv2": {"config1"},
	}
}

// digestRun is a file on one of the engines; key is its name in testdata/digests.json.
type digestRun struct {
	key, file, variant string // variants as wasm/bench has them
	size               int    // of an item
	inputs             []float32
}

// TestDigests holds the logits of every network in float, simulated and on integers to one digest each,
// whatever computes them: wasmtime, wazero, Chromium or Firefox, one thread or two, the relaxed dot product or
// plain SIMD. testdata/digests.json is written by -update-digests, on one thread.
func TestDigests(t *testing.T) {
	files, runs := digestRuns(t)
	want := map[string]string{}
	if *updateDigests {
		for _, r := range runs {
			want[r.key] = r.native(t, files, engine.NewPool(1))
		}
		b, err := json.MarshalIndent(want, "", "  ")
		if err == nil {
			err = os.WriteFile("testdata/digests.json", append(b, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile("testdata/digests.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, key, got string) {
		t.Helper()
		if want[key] == "" || got != want[key] {
			t.Errorf("%s: %s, want %s", key, got, want[key])
		}
	}
	for name, newPool := range map[string]func(int) *engine.Pool{"native": engine.NewPool, "wazero": engine.NewWazeroPool} {
		t.Run(name, func(t *testing.T) {
			for i, r := range runs {
				check(t, r.key, r.native(t, files, newPool(1+i%2)))
			}
		})
		t.Run(name+", the other number of threads", func(t *testing.T) {
			for i, r := range runs {
				if r.size < 1e5 { // the larger ones take long here, and Chromium has them
					check(t, r.key, r.native(t, files, newPool(2-i%2)))
				}
			}
		})
	}
	all := slices.Clone(runs)
	for _, r := range runs {
		if r.variant == "int8" { // by the relaxed dot product, where there is one; else as plain
			r.variant = "plain"
			all = append(all, r)
		}
	}
	for _, browser := range []string{"chromium", "firefox"} {
		t.Run(browser, func(t *testing.T) {
			threads := []int{1, 2}
			for i, logits := range inBrowser(t, browser, files, all, threads) {
				for k, r := range all {
					d := report.NewDigest()
					for _, item := range logits[k] {
						d.Floats(floatsOf(item))
					}
					if got := d.String(); got != want[r.key] {
						t.Errorf("%s, %s, %d threads: %s, want %s", r.key, r.variant, threads[i], got, want[r.key])
					}
				}
			}
		})
	}
	if len(want) != len(runs) {
		t.Errorf("testdata/digests.json has %d digests, there are %d runs", len(want), len(runs))
	}
}

// digestRuns calibrates every network on the inputs of its golden run and exports it.
func digestRuns(t *testing.T) (files map[string][]byte, runs []digestRun) {
	t.Helper()
	files = map[string][]byte{}
	for _, m := range goldenModels() {
		inputs := readFloats(t, "golden", m.name, "input.f32")
		g := network.Shared(t, m.file)
		size := graph.Len(g.Values[g.Inputs[0]].Shape)
		inputs = inputs[:min(len(inputs), 4*size)]
		files[m.name] = shared.Read(t, "models", m.file+".onnx")
		runs = append(runs, digestRun{m.name + " float", m.name, "fp32", size, inputs})
		for _, config := range digested()[m.name] {
			name := m.name + " " + config
			p, err := prepare.Prepare(g, at(t, config, 8))
			if err != nil {
				t.Fatal(err)
			}
			c, err := calibrate.Run(context.Background(), p, calibrate.Items{
				Len: len(inputs) / size, Inputs: func(i int) ([][]float32, error) { return [][]float32{inputs[i*size : (i+1)*size]}, nil },
			}, workers, func(_, _ int) {})
			if err != nil {
				t.Fatal(err)
			}
			if files[name], _, err = export.QDQ(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			runs = append(runs, digestRun{name + " simulated", name, "fake", size, inputs}, digestRun{name + " integers", name, "int8", size, inputs})
		}
	}
	return files, runs
}

// native is the digest on a pool, by plain SIMD.
func (r digestRun) native(t *testing.T, files map[string][]byte, p *engine.Pool) string {
	t.Helper()
	g := network.Decode(t, files[r.file])
	c := exec.Config{Integer: r.variant == "int8", Dot: call.DotI16, Pool: p}
	if r.variant != "fp32" {
		float, quantizers := lift.Lift(g)
		g = graph.Quantize(float, quantizers).Graph
	}
	e, err := exec.New(t.Context(), g, c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	d := report.NewDigest()
	for at := 0; at < len(r.inputs); at += r.size {
		if err := e.Run(t.Context(), r.inputs[at:at+r.size]); err != nil {
			t.Fatal(err)
		}
		d.Floats(e.Output(0))
	}
	return d.String()
}

// inBrowser gives the logits of every item of every run for each number of threads.
func inBrowser(t *testing.T, browser string, files map[string][]byte, runs []digestRun, threads []int) [][][][]byte {
	t.Helper()
	if browser == "firefox" {
		if _, err := osexec.LookPath(cmp.Or(os.Getenv("FIREFOX"), "firefox-esr")); err != nil {
			t.Skip("needs Firefox")
		}
	}
	files = maps.Clone(files)
	bench := filepath.Join(t.TempDir(), "bench.wasm")
	build := osexec.Command("go", "build", "-o", bench, "../wasm/bench")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, b)
	}
	goroot, err := osexec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		switch name := r.URL.Path[1:]; name {
		case "":
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte(`<!doctype html><script src="/wasm_exec.js"></script>`))
		case "wasm_exec.js":
			http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", name))
		case "kernel-worker.js":
			http.ServeFile(w, r, filepath.Join("..", "site", "static", name))
		case "bench.wasm":
			http.ServeFile(w, r, bench)
		default:
			w.Write(files[name])
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	type run struct {
		Model   string   `json:"model"`
		Variant string   `json:"variant"`
		Items   []string `json:"items"`
	}
	job := struct {
		Browser string `json:"browser"`
		URL     string `json:"url"`
		Threads []int  `json:"threads"`
		Runs    []run  `json:"runs"`
	}{Browser: browser, URL: server.URL + "/", Threads: threads}
	for _, r := range runs {
		x := run{Model: r.file, Variant: r.variant}
		for at := 0; at < len(r.inputs); at += r.size {
			var b []byte
			for _, v := range r.inputs[at : at+r.size] {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
			name := fmt.Sprintf("item/%s/%d", r.file, at/r.size)
			files[name] = b
			x.Items = append(x.Items, name)
		}
		job.Runs = append(job.Runs, x)
	}
	in, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	var logits [][][][]byte
	if err := json.Unmarshal(chromium.Script(t, "testdata/digests.mjs", in), &logits); err != nil {
		t.Fatal(err)
	}
	return logits
}

func floatsOf(b []byte) []float32 {
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}
