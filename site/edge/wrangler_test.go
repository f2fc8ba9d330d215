//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// maxStart bounds the time from starting wrangler to its first answer, on a busy machine.
const maxStart = 5 * time.Minute

// wrangler is a running wrangler dev: node and workerd, one group of processes.
type wrangler struct {
	base      string
	inspector string // the port of workerd's inspector
	cmd       *exec.Cmd
	once      sync.Once
	done      chan struct{} // closed when it has ended
}

// startWrangler starts wrangler dev on a free port, with what it keeps in a folder, and returns it once the site answers.
func startWrangler(t *testing.T, program, worker, site, kept string, args ...string) *wrangler {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "wrangler.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	port, inspector := freePort(t), freePort(t)
	cmd := exec.Command(program, append([]string{"dev", worker, "--config", "wrangler.jsonc", "--assets", site,
		"--ip", "127.0.0.1", "--port", port, "--inspector-port", inspector,
		"--persist-to", kept, "--show-interactive-dev-session=false"}, args...)...)
	cmd.Env = append(os.Environ(), "WRANGLER_SEND_METRICS=false", "CI=1", "NO_UPDATE_NOTIFIER=1")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // wrangler starts node and workerd: all end together
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &wrangler{base: "http://127.0.0.1:" + port, inspector: inspector, cmd: cmd, done: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(w.done)
	}()
	t.Cleanup(func() {
		w.stop()
		if text := read(log.Name()); t.Failed() {
			t.Logf("the end of wrangler's log:\n%s", regexp.MustCompile("(?m)^.*([A-Z]+ /|disconnected: |  stack: ).*\n+").ReplaceAllString(text, ""))
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), maxStart)
	defer cancel()
	for {
		if answers(ctx, w.base) {
			return w
		}
		select {
		case <-time.After(100 * time.Millisecond):
			continue
		case <-w.done:
			t.Fatalf("wrangler ended:\n%s", read(log.Name()))
		case <-ctx.Done():
			t.Fatalf("wrangler did not answer within %v:\n%s", maxStart, read(log.Name()))
		}
	}
}

// stop ends the whole group.
func (w *wrangler) stop() {
	w.once.Do(func() {
		syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
		<-w.done
	})
}

// usage is the CPU time and the memory of the group, as far as the system tells.
func (w *wrangler) usage(t *testing.T) (cpu time.Duration, memory int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the CPU time of a group of processes")
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		// pid (name) state ppid pgrp …, of which utime, stime and rss are fields 14, 15 and 24.
		_, rest, _ := strings.Cut(read(name), ") ")
		f := strings.Fields(rest)
		if len(f) < 22 || f[2] != strconv.Itoa(w.cmd.Process.Pid) {
			continue
		}
		for _, ticks := range f[11:13] {
			n, _ := strconv.Atoi(ticks)
			cpu += time.Duration(n) * (time.Second / 100)
		}
		pages, _ := strconv.Atoi(f[21])
		memory += pages * os.Getpagesize()
	}
	return cpu, memory
}

// heap is what the Worker itself has, as workerd's inspector tells: all but the memory of its WebAssembly, of which only the
// processes' tell.
func (w *wrangler) heap(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("node", "../e2e/workerheap.mjs", w.inspector)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var h struct{ Objects, Buffers int }
	if err == nil {
		err = json.Unmarshal(out, &h)
	}
	if err != nil {
		t.Fatalf("the Worker's heap: %v\n%s", err, out)
	}
	t.Logf("the Worker has %.1f MB of objects and %.1f MB of buffers", float64(h.Objects)/1e6, float64(h.Buffers)/1e6)
	return h.Objects + h.Buffers
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
