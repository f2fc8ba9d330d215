//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

const (
	// maxGzip is what Cloudflare's free plan takes of a Worker, compressed.
	maxGzip = 3 << 20

	// maxGrowth is what two hundred clients may make the processes of wrangler grow: node's heap, mostly.
	maxGrowth = 400 << 20

	// maxHeap bounds the Worker's own memory; Cloudflare gives it twice as much, 128 MB.
	maxHeap = 64 << 20

	// clients is how many ask at once.
	clients = 200

	core = "\x00asm\x01\x00\x00\x00"
)

var (
	loadTime = flag.Duration("load", 2*time.Second, "how long the test with many clients lasts")
	kills    = flag.Int("kills", 0, "how often TestKill kills the Worker")
)

// TestWorkerd runs what every platform must do against the real thing: the Worker on Cloudflare's own
// runtime, with its local KV.
func TestWorkerd(t *testing.T) {
	program := wranglerProgram(t)
	worker, site := buildWorker(t), writeSite(t)
	w := startWrangler(t, program, worker, site, t.TempDir())
	base := w.base
	t.Run("site", func(t *testing.T) { sharetest.Site(t, base) })
	t.Run("files", func(t *testing.T) { checkFiles(t, base) })
	t.Run("cpu", func(t *testing.T) { checkCPU(t, w) })
	t.Run("load", func(t *testing.T) { checkLoad(t, w) })
	t.Run("contract", func(t *testing.T) { sharetest.Contract(t, base) })
	w.stop()
	t.Run("ceiling", func(t *testing.T) {
		sharetest.Ceiling(t, startWrangler(t, program, worker, site, t.TempDir(), "--var", "CEILING:10240").base)
	})
}

// A Worker that is killed while clients store and delete has everything that it acknowledged.
func TestKill(t *testing.T) {
	if *kills == 0 {
		t.Skip("takes a start of wrangler for each kill: make load")
	}
	program := wranglerProgram(t)
	worker, site, kept := buildWorker(t), writeSite(t), t.TempDir()
	var all []sharetest.Kept
	for range *kills {
		w := startWrangler(t, program, worker, site, kept)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(500+rand.IntN(2500))*time.Millisecond, func() {
			w.stop()
			cancel()
		})
		all = append(all, sharetest.Load(ctx, t, w.base, 8, sharetest.Loopback, true)...)
		cancel()
		w.stop()
	}
	if len(all) == 0 {
		t.Error("nothing was acknowledged")
	}
	sharetest.Check(t, startWrangler(t, program, worker, site, kept).base, all)
}

func wranglerProgram(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("../e2e/node_modules/.bin/wrangler")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("needs wrangler: npm ci in site/e2e")
	}
	return program
}

// buildWorker builds as the Makefile does, into a folder of its own, and returns the entry point.
func buildWorker(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"worker.mjs", "receipts.mjs"} {
		b, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(root, name), b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(root, "build")
	gen := exec.Command("go", "run", "github.com/syumai/workers/cmd/workers-assets-gen", "-mode=go", "-o", dir)
	compile := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", filepath.Join(dir, "app.wasm"), ".")
	compile.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	for _, cmd := range []*exec.Cmd{gen, compile} {
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, text)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "app.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("worker: %.2f MB, %.2f MB gzip", float64(len(b))/1e6, float64(zipped.Len())/1e6)
	if zipped.Len() > maxGzip {
		t.Errorf("the worker has %d bytes compressed; the free plan takes %d", zipped.Len(), maxGzip)
	}
	return filepath.Join(root, "worker.mjs")
}

// writeSite writes a page and the files that tell Cloudflare how to serve it.
func writeSite(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := append(policy.WorkersFiles(), policy.File{Name: "index.html", Text: sharetest.Page},
		policy.File{Name: "core.wasm", Text: core}, policy.File{Name: "core.wasm.gz", Text: "not for Cloudflare"},
		policy.File{Name: "core.wasm.br", Text: string(brotlied(t, core))})
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// brotlied is a text in brotli's form.
func brotlied(t *testing.T, text string) []byte {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkFiles checks that the site's files come as the build says.
func checkFiles(t *testing.T, base string) {
	res, err := http.Get(base + "/core.wasm")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || string(b) != core || res.Header.Get("Content-Type") != "application/wasm" {
		t.Errorf("/core.wasm: %d %s %q, %v", res.StatusCode, res.Header.Get("Content-Type"), b, err)
	}
	for _, h := range policy.Headers() {
		if got := res.Header.Get(h.Name); got != h.Value {
			t.Errorf("/core.wasm: %s is %q", h.Name, got)
		}
	}
	req, err := http.NewRequest(http.MethodGet, base+"/core.wasm", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "br, gzip") // what comes first, the local platform makes of any answer
	if res, err = http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err = io.ReadAll(brotli.NewReader(res.Body)); err != nil || string(b) != core || res.Header.Get("Content-Encoding") != "br" || res.Header.Get("Content-Type") != "application/wasm" {
		t.Errorf("/core.wasm by brotli: %s %s %q, %v", res.Header.Get("Content-Encoding"), res.Header.Get("Content-Type"), b, err)
	}
	for _, h := range policy.Headers() {
		if got := res.Header.Get(h.Name); got != h.Value {
			t.Errorf("/core.wasm by brotli: %s is %q", h.Name, got)
		}
	}
	if res, err = http.Get(base + "/core.wasm.gz"); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("/core.wasm.gz: status %d", res.StatusCode)
	}
}

// maxCPU is what a request of the service may cost beyond a static file's; the platform's free plan
// gives 10 ms, and starting the program takes as much.
const maxCPU = 4 * time.Millisecond

// checkCPU compares what the processes of wrangler take for requests of the service and of a file.
func checkCPU(t *testing.T, w *wrangler) {
	const n = 200
	cost := func(path string) time.Duration {
		before, _ := w.usage(t)
		for range n {
			res, err := http.Get(w.base + path)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		after, _ := w.usage(t)
		return (after - before) / n
	}
	cost("/core.wasm") // warms up
	file, api := cost("/core.wasm"), cost("/api/receipts/"+receipt.Sum(nil))
	t.Logf("CPU time of a request: %v, of a static file's: %v", api, file)
	if api > file+maxCPU {
		t.Errorf("a request takes %v more than a static file's", api-file)
	}
}

// checkLoad lets two hundred clients store, read and delete at once.
func checkLoad(t *testing.T, w *wrangler) {
	w.heap(t)
	_, before := w.usage(t)
	ctx, cancel := context.WithTimeout(t.Context(), *loadTime)
	defer cancel()
	all := sharetest.Load(ctx, t, w.base, clients, sharetest.Loopback, true)
	if len(all) == 0 {
		t.Error("nothing was acknowledged")
	}
	_, after := w.usage(t)
	sharetest.Check(t, w.base, all)
	t.Logf("memory of all processes: %d MB before, %d MB after", before>>20, after>>20)
	if after > before+maxGrowth {
		t.Errorf("%d MB of memory more than before", (after-before)>>20)
	}
	if heap := w.heap(t); heap > maxHeap {
		t.Errorf("the Worker has %d MB of memory, and Cloudflare gives %d MB", heap>>20, 2*maxHeap>>20)
	}
}

// TestMemory tells whose memory it is that the local platform's processes take under load: beside ours stands a Worker of
// one line, which as many clients ask in the same way. What either takes in its first round is its start.
func TestMemory(t *testing.T) {
	if *loadTime < 10*time.Second {
		t.Skip("takes minutes: make load")
	}
	program, site := wranglerProgram(t), writeSite(t)
	one := filepath.Join(t.TempDir(), "worker.mjs")
	if err := os.WriteFile(one, []byte(oneLine), 0o644); err != nil {
		t.Fatal(err)
	}
	const rounds = 4
	grown := func(worker string) float64 {
		w := startWrangler(t, program, worker, site, t.TempDir())
		defer w.stop()
		_, last := w.usage(t)
		grown, requests := 0, 0
		for round := range rounds {
			ctx, cancel := context.WithTimeout(t.Context(), *loadTime)
			n := sharetest.Ask(ctx, t, w.base, clients, sharetest.Loopback)
			cancel()
			_, now := w.usage(t)
			t.Logf("%d requests, memory of all processes %d MB → %d MB", n, last>>20, now>>20)
			if round > 0 {
				grown, requests = grown+now-last, requests+n
			}
			last = now
		}
		if heap := w.heap(t); heap > maxHeap {
			t.Errorf("the Worker has %d MB of memory", heap>>20)
		}
		return float64(grown) / float64(requests)
	}
	ours, line := grown(buildWorker(t)), grown(one)
	t.Logf("after the first round the processes grow by %.0f bytes a request with our Worker, by %.0f with one of a line", ours, line)
}

// oneLine is the least that wrangler.jsonc takes.
const oneLine = `import { DurableObject } from "cloudflare:workers";
export class Receipts extends DurableObject {}
export default { async fetch(request) { await request.text(); return new Response("{}", { status: 201 }); } };
`
