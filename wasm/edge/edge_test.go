//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

const (
	// maxGzip is what Cloudflare's free plan takes of a Worker, compressed.
	maxGzip = 3 << 20
	// maxStart bounds the time from starting wrangler to its first answer, on a busy machine.
	maxStart = 90 * time.Second

	page = "<!doctype html>the page"
)

// TestWorkerd runs what every platform must do against the real thing: the Worker on Cloudflare's own
// runtime, with its local KV.
func TestWorkerd(t *testing.T) {
	wrangler, err := filepath.Abs("../../site/e2e/node_modules/.bin/wrangler")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(wrangler); err != nil {
		t.Skip("skipped: wrangler is not installed; run npm ci in site/e2e")
	}
	worker := buildWorker(t)
	base := startWrangler(t, wrangler, worker, writeSite(t))
	t.Run("contract", func(t *testing.T) { sharetest.Contract(t, base) })
	t.Run("site", func(t *testing.T) { checkSite(t, base) })
}

// buildWorker builds as main.go says, into a folder of its own, and returns the entry point.
func buildWorker(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "build")
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
	return filepath.Join(dir, "worker.mjs")
}

// writeSite writes a page and the files that tell Cloudflare how to serve it.
func writeSite(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := append(policy.WorkersFiles(), policy.File{Name: "index.html", Text: page},
		policy.File{Name: "core.wasm", Text: "\x00asm\x01\x00\x00\x00"}, policy.File{Name: "core.wasm.gz", Text: "not for Cloudflare"})
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// startWrangler starts wrangler dev on a free port and returns its address once the site answers.
func startWrangler(t *testing.T, wrangler, worker, site string) string {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "wrangler.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	port := freePort(t)
	cmd := exec.Command(wrangler, "dev", worker, "--config", "wrangler.jsonc", "--assets", site,
		"--ip", "127.0.0.1", "--port", port, "--inspector-port", "0",
		"--persist-to", t.TempDir(), "--show-interactive-dev-session=false")
	cmd.Env = append(os.Environ(), "WRANGLER_SEND_METRICS=false", "CI=1", "NO_UPDATE_NOTIFIER=1")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // wrangler starts node and workerd: all end together
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-exited
	})
	base := "http://127.0.0.1:" + port
	ctx, cancel := context.WithTimeout(context.Background(), maxStart)
	defer cancel()
	for {
		if answers(ctx, base) {
			return base
		}
		select {
		case <-time.After(100 * time.Millisecond):
			continue
		case <-exited:
			t.Fatalf("wrangler ended:\n%s", read(log.Name()))
		case <-ctx.Done():
			t.Fatalf("wrangler did not answer within %v:\n%s", maxStart, read(log.Name()))
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

func answers(ctx context.Context, base string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func read(name string) string {
	b, _ := os.ReadFile(name)
	return string(b)
}

func checkSite(t *testing.T, base string) {
	for _, c := range []struct {
		path, mediaType, body string
	}{
		{"/", "text/html", page},
		{"/r/" + receipt.Sum(nil), "text/html", page},
		{"/core.wasm", "application/wasm", "\x00asm\x01\x00\x00\x00"},
		{"/core.wasm.gz", "", ""},
		{"/_headers", "", ""},
		{"/nothing", "", ""},
	} {
		res, err := http.Get(base + c.path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if c.mediaType == "" {
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: status %d", c.path, res.StatusCode)
			}
			continue
		}
		if res.StatusCode != http.StatusOK || string(b) != c.body || !strings.HasPrefix(res.Header.Get("Content-Type"), c.mediaType) {
			t.Errorf("%s: %d %s %q", c.path, res.StatusCode, res.Header.Get("Content-Type"), b)
		}
		for _, h := range policy.Headers() {
			if got := res.Header.Get(h.Name); got != h.Value {
				t.Errorf("%s: %s is %q", c.path, h.Name, got)
			}
		}
	}
}
