package serve

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

// siteDir writes a small built site.
func siteDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte("wasm program"))
	z.Close()
	var small bytes.Buffer
	b := brotli.NewWriter(&small)
	b.Write([]byte("wasm program"))
	b.Close()
	for name, body := range map[string]string{
		"index.html": sharetest.Page, "site.wasm": "wasm program", "site.wasm.gz": zipped.String(), "site.wasm.br": small.String(),
		"worker.js": "go()", "samples/digits.onnx": "model", "_headers": "/*", ".assetsignore": "*.gz",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func start(t *testing.T, ceiling int) string {
	t.Helper()
	s, err := load(os.DirFS(siteDir(t)))
	if err != nil {
		t.Fatal(err)
	}
	store, err := openStore(filepath.Join(t.TempDir(), "new", "receipts.db"), ceiling)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	base, _ := startServer(t, quiet, access(quiet, handler(s, store)))
	return base
}

// quiet is a log for tests that do not read it.
var quiet = slog.New(slog.DiscardHandler)

// startServer serves h on a port of its own until the test ends.
func startServer(t *testing.T, log *slog.Logger, h http.Handler) (base string, server *http.Server) {
	t.Helper()
	l, err := listen("127.0.0.1:0", log)
	if err != nil {
		t.Fatal(err)
	}
	server = newServer(h, log)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String(), server
}

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestContract(t *testing.T) {
	sharetest.Contract(t, start(t, 1<<30))
}

func TestWholeSite(t *testing.T) {
	sharetest.Site(t, start(t, 1<<30))
}

func TestCeiling(t *testing.T) {
	sharetest.Ceiling(t, start(t, 10<<10))
}

func TestSite(t *testing.T) {
	base := start(t, 1<<30)
	id := receipt.Sum(nil)
	for _, c := range []struct {
		path      string
		status    int
		mediaType string
		body      string
	}{
		{"/", 200, "text/html; charset=utf-8", sharetest.Page},
		{"/index.html", 200, "text/html; charset=utf-8", sharetest.Page},
		{"/r/" + id, 200, "text/html; charset=utf-8", sharetest.Below},
		{"/site.wasm", 200, "application/wasm", "wasm program"},
		{"/worker.js", 200, "text/javascript; charset=utf-8", "go()"},
		{"/samples/digits.onnx", 200, "application/octet-stream", "model"},
		{"/r/" + id[1:], 200, "text/html; charset=utf-8", sharetest.Below}, // it says itself what is wrong
		{"/r/", 200, "text/html; charset=utf-8", sharetest.Below},
		{"/r", 200, "text/html; charset=utf-8", sharetest.Page},
		{"/rest", 404, "", ""},
		{"/samples/", 404, "", ""},
		{"/site.wasm.gz", 404, "", ""},
		{"/_headers", 404, "", ""},
		{"/.assetsignore", 404, "", ""},
		{"/..%2fgo.mod", 404, "", ""},
		{"/../../../../etc/passwd", 404, "", ""},
	} {
		res, body := get(t, base+c.path)
		if res.StatusCode != c.status || c.status == 200 && (body != c.body || res.Header.Get("Content-Type") != c.mediaType) {
			t.Errorf("%s: %d %s %q", c.path, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
		for _, h := range policy.Headers() {
			if got := res.Header.Get(h.Name); got != h.Value {
				t.Errorf("%s: %s is %q", c.path, h.Name, got)
			}
		}
	}
	res, err := http.Post(base+"/", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %d", res.StatusCode)
	}
}

func TestCompressionAndCaching(t *testing.T) {
	base := start(t, 1<<30)
	plain, _ := get(t, base+"/site.wasm", "Accept-Encoding", "deflate, gzip;q=0")
	zipped, body := get(t, base+"/site.wasm", "Accept-Encoding", "gzip")
	small, packed := get(t, base+"/site.wasm", "Accept-Encoding", "gzip, deflate, br")
	if b, err := io.ReadAll(brotli.NewReader(strings.NewReader(packed))); err != nil || string(b) != "wasm program" || small.Header.Get("Content-Encoding") != "br" {
		t.Errorf("brotli: %q, %v, %s", b, err, small.Header.Get("Content-Encoding"))
	}
	if plain.Header.Get("Content-Encoding") != "" || zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("Content-Encoding %q and %q", plain.Header.Get("Content-Encoding"), zipped.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != "wasm program" {
		t.Errorf("%q, %v", b, err)
	}
	for _, res := range []*http.Response{plain, zipped, small} {
		if res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("Vary %q, Cache-Control %q", res.Header.Get("Vary"), res.Header.Get("Cache-Control"))
		}
	}
	etag := zipped.Header.Get("ETag")
	if etag == plain.Header.Get("ETag") || etag == small.Header.Get("ETag") {
		t.Error("two encodings share an ETag")
	}
	if again, _ := get(t, base+"/site.wasm", "Accept-Encoding", "gzip", "If-None-Match", etag); again.StatusCode != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", again.StatusCode)
	}
	if other, _ := get(t, base+"/site.wasm", "If-None-Match", `"other"`); other.StatusCode != http.StatusOK {
		t.Errorf("another ETag: %d", other.StatusCode)
	}
}

func TestReceiptsOutliveTheServer(t *testing.T) {
	name := filepath.Join(t.TempDir(), "receipts.db")
	ctx := context.Background()
	store, err := openStore(name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(ctx, "id", []byte("doc"), "lock"); err != nil {
		t.Fatal(err)
	}
	if _, err := openStore(name, 1<<20); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("opened twice: %v", err)
	}
	store.Close()
	if store, err = openStore(name, 1<<20); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if doc, err := store.Get(ctx, "id"); err != nil || string(doc) != "doc" {
		t.Errorf("%q, %v", doc, err)
	}
}

// Run says where it is, answers there, and ends when it is told to.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	read, write := io.Pipe()
	o := Options{Address: ":0", Site: os.DirFS(siteDir(t)), Store: filepath.Join(t.TempDir(), "receipts.db"), Ceiling: 1 << 20}
	go func() {
		done <- Run(ctx, write, quiet, o)
		write.Close()
	}()
	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatal("it says nothing")
	}
	go io.Copy(io.Discard, read)
	_, address, _ := strings.Cut(lines.Text(), " is at ")
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if !strings.HasPrefix(address, "http://127.0.0.1:") || res.StatusCode != http.StatusOK {
		t.Errorf("%q answers %d", address, res.StatusCode)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Site = os.DirFS(t.TempDir()) }, "site/build"},
		{func(o *Options) { o.Certificate = []byte("no certificate") }, "PEM"},
		{func(o *Options) { o.Address = "127.0.0.1:http:" }, "another address"},
	} {
		wrong := o
		c.change(&wrong)
		if err := Run(context.Background(), io.Discard, quiet, wrong); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestReachable(t *testing.T) {
	var all []net.Addr
	for _, text := range []string{"127.0.0.1/8", "192.168.1.5/24", "fe80::1/64", "169.254.3.4/16", "10.0.0.7/8"} {
		ip, n, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &net.IPNet{IP: ip, Mask: n.Mask})
	}
	if got := reachable(all); !slices.Equal(got, []string{"192.168.1.5", "10.0.0.7"}) {
		t.Errorf("%v", got)
	}
}
