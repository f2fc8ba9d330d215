package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

var (
	loadTime = flag.Duration("load", 2*time.Second, "how long TestLoad lasts")
	kills    = flag.Int("kills", 8, "how often TestKill kills the server")
)

// Two hundred clients at once: nothing fails, nothing is lost, nothing piles up.
func TestLoad(t *testing.T) {
	base := start(t, 1<<30)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	ctx, cancel := context.WithTimeout(t.Context(), *loadTime)
	defer cancel()
	all := sharetest.Load(ctx, t, base, 200, sharetest.Loopback, false)
	if len(all) == 0 {
		t.Error("nothing was acknowledged")
	}
	sharetest.Check(t, base, all)
	kept := uint64(len(all)) * 4 << 10 // what this test remembers of each
	if after := heap(); after > before+kept+8<<20 {
		t.Errorf("%d MiB of heap after, %d before", after>>20, before>>20)
	}
}

// TestMain lets the test binary be the server that TestKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SERVE_DIR"); dir != "" {
		err := Run(context.Background(), os.Stdout, quiet, Options{Address: "127.0.0.1:0", Site: os.DirFS(dir), Store: os.Getenv("SERVE_DB"), Ceiling: 1 << 30})
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// A server that is killed while clients store and delete has everything that it acknowledged.
func TestKill(t *testing.T) {
	dir, db := siteDir(t), filepath.Join(t.TempDir(), "receipts.db")
	var all []sharetest.Kept
	for range *kills {
		base, _, kill := startProcess(t, dir, db)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(50+rand.IntN(250))*time.Millisecond, func() {
			kill()
			cancel()
		})
		all = append(all, sharetest.Load(ctx, t, base, 8, sharetest.Loopback, true)...)
		cancel()
		kill()
	}
	if len(all) == 0 {
		t.Error("nothing was acknowledged")
	}
	base, _, _ := startProcess(t, dir, db)
	sharetest.Check(t, base, all)
}

// The server's process takes no more memory the longer two hundred clients ask it.
func TestMemory(t *testing.T) {
	if *loadTime < 10*time.Second {
		t.Skip("takes minutes: make load")
	}
	base, pid, _ := startProcess(t, siteDir(t), filepath.Join(t.TempDir(), "receipts.db"))
	var settled int
	for round := range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), *loadTime)
		sharetest.Load(ctx, t, base, 200, sharetest.Loopback, false)
		cancel()
		now := anonymous(t, pid)
		t.Logf("after round %d: %d MB", round+1, now>>20)
		if round == 0 {
			settled = now
		} else if now > settled+32<<20 {
			t.Errorf("%d MB after round %d, %d MB after the first", now>>20, round+1, settled>>20)
		}
	}
}

// anonymous is how many bytes of a process lie in memory that are of no file: the store's file is mapped.
func anonymous(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("only Linux tells the memory of a process")
	}
	_, rest, _ := strings.Cut(string(b), "\nRssAnon:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// startProcess starts the server as a process and returns its address, its process and how to kill it.
func startProcess(t *testing.T, dir, db string) (base string, pid int, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SERVE_DIR="+dir, "SERVE_DB="+db)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		cmd.Process.Kill() // SIGKILL
		cmd.Wait()
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), "http://")
	return "http://" + address, cmd.Process.Pid, kill
}

// Clients that take their time are cut off, and their connections freed.
func TestSlowClients(t *testing.T) {
	big := &file{mediaType: "application/wasm", plain: make([]byte, 64<<20)}
	l, err := listen("127.0.0.1:0", quiet)
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(handler(site{"/index.html": big}, nil), quiet)
	defer server.Close()
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 {
		t.Error("a client may take for ever")
	}
	server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout = time.Second, time.Second, time.Second, time.Second
	go server.Serve(l)
	for range 20 {
		for _, head := range []string{
			"GET / HTTP/1.1\r\nHost: x\r\n\r\n",                                        // and never reads
			"GET / HTTP/1.1\r\nHost: x\r\n",                                            // and never ends its headers
			"POST /api/receipts HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", // and never sends
			"",
		} {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, head)
		}
	}
	n := 0
	for end := time.Now().Add(10 * time.Second); n < 80 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		n = max(n, len(l.slots))
	}
	if n < 80 {
		t.Errorf("%d connections, want 80 at first", n)
	}
	for deadline := time.Now().Add(time.Minute); len(l.slots) > 1; time.Sleep(50 * time.Millisecond) { // one waits for the next
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still held", len(l.slots))
		}
	}
}

// What net/http refuses before there is a request is answered like everything else.
func TestRefusals(t *testing.T) {
	var log text
	base, _ := startServer(t, slog.New(slog.NewTextHandler(&log, nil)), handler(site{}, nil))
	for _, c := range []struct {
		request string
		status  int
	}{
		{"GET /% HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /api/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /api/%25zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\r\nbad header: 1\r\n\r\n", 400},
		{"hello\r\n\r\n", 400},
		{"GET / HTTP/9.1\r\nHost: x\r\n\r\n", 505},
		{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: sideways\r\n\r\n", 501},
		{"GET / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n", 417},
		{"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n", 431},
		{"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
		{"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		io.WriteString(conn, c.request)
		what := c.request[:min(40, len(c.request))]
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%q: %v", what, err)
			continue
		}
		b, err := io.ReadAll(res.Body)
		conn.Close()
		var failure struct{ Error string }
		if json.Unmarshal(b, &failure); res.StatusCode != c.status || err != nil || len(failure.Error) < 10 {
			t.Errorf("%q: status %d, want %d: %q, %v", what, res.StatusCode, c.status, b, err)
		}
		for _, h := range policy.Headers() {
			if got := res.Header.Get(h.Name); got != h.Value {
				t.Errorf("%q: %s is %q", what, h.Name, got)
			}
		}
	}
	log.wait(t, "status=505")
}

func TestAccessLog(t *testing.T) {
	var log text
	logger := slog.New(slog.NewTextHandler(&log, nil))
	base, _ := startServer(t, logger, access(logger, handler(site{}, nil)))
	get(t, base+"/a%1b%5bb")
	for _, want := range []string{"method=GET", `path="/a\x1b[b"`, "status=404", "client=127.0.0.1:"} {
		log.wait(t, want)
	}
}

// text is a log that can be read while it is written.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// wait waits until the log has a text.
func (l *text) wait(t *testing.T, want string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		l.mu.Lock()
		got := l.b.String()
		l.mu.Unlock()
		if strings.Contains(got, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log has no %q:\n%s", want, got)
		}
	}
}
