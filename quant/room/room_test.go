package room

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// GOMEMLIMIT lowers what is left, and a machine has some memory.
func TestLeft(t *testing.T) {
	if Left() < 1<<20 {
		t.Fatalf("%d bytes left", Left())
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(taken() + 100<<20))
	if left := Left(); left > 100<<20 || left < 50<<20 {
		t.Errorf("%d MiB left of 100", left>>20)
	}
}

// A process that may address 3 GiB is not told that it has more.
func TestAddressSpace(t *testing.T) {
	if os.Getenv("QUANTSCOPE_LEFT") != "" {
		os.Stdout.WriteString("left=" + strconv.FormatInt(Left(), 10) + "\n")
		return
	}
	if _, err := os.Stat("/proc/self/limits"); err != nil {
		t.Skip("the system does not tell limits")
	}
	c := exec.Command("sh", "-c", "ulimit -v 3145728; exec \"$0\" -test.run '^TestAddressSpace$'", os.Args[0])
	c.Env = append(os.Environ(), "QUANTSCOPE_LEFT=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, line, _ := strings.Cut(string(out), "left=")
	line, _, _ = strings.Cut(line, "\n")
	if left, err := strconv.ParseInt(line, 10, 64); err != nil || left > 3<<30 || left < 1<<20 {
		t.Errorf("%s", out)
	}
}

func TestRead(t *testing.T) {
	five := func() io.Reader { return strings.NewReader("12345") }
	if b, err := Read(five(), 5, 5); err != nil || string(b) != "12345" {
		t.Errorf("%q %v", b, err)
	}
	gone := errors.New("gone")
	for _, c := range []struct {
		want string
		r    io.Reader
		size int64
		most int64
	}{
		{"up to 4 bytes", five(), 5, 4},
		{"more than the 4 bytes", five(), 4, 10},
		{"ends after 5 of the 6 bytes", five(), 6, 10},
		{"ends after 0 of the 1 bytes", bytes.NewReader(nil), 1, 10},
		{"are left", five(), 1 << 60, 1 << 62},
		{"gone", iotest.ErrReader(gone), 1, 10},
		{"gone", io.MultiReader(five(), iotest.ErrReader(gone)), 5, 10},
	} {
		if _, err := Read(c.r, c.size, c.most); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
