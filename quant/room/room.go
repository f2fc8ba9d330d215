// Package room tells how much memory there is left, so that what a user's file asks for is refused with a
// sentence before it is taken. It counts what the machine has, what the container, the address space and
// GOMEMLIMIT allow, and in a browser what WebAssembly can address.
package room

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// unknown is how much memory a process may take where nobody tells: what WebAssembly can address, and
// what nearly every machine has.
const unknown = 4 << 30

// Left is how many bytes can still be taken. It is an estimate: other processes take memory too.
func Left() int64 {
	taken := taken()
	left := debug.SetMemoryLimit(-1)
	if left < math.MaxInt64 {
		left -= taken
	}
	if machine, known := kilobytes("/proc/meminfo", "MemAvailable:"); known {
		left = min(left, machine)
	} else {
		left = min(left, unknown-taken)
	}
	for _, group := range []struct{ most, now string }{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		most, limited := number(group.most)
		now, known := number(group.now)
		if limited && known {
			left = min(left, most-now)
		}
	}
	if most, limited := addresses(); limited {
		left = min(left, most)
	}
	return max(left, 0)
}

// Told tells whether somebody has said, by GOMEMLIMIT, how much memory the process may take.
func Told() bool { return debug.SetMemoryLimit(-1) < math.MaxInt64 }

// taken is what the Go runtime has from the system.
func taken() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(sample[0].Value.Uint64())
}

// addresses is how much of the address space that the process may have is left, where that is limited.
func addresses() (left int64, limited bool) {
	const unit = "bytes"
	limits := text("/proc/self/limits")
	_, line, found := strings.Cut(limits, "Max address space")
	fields := strings.Fields(line)
	if !found || len(fields) < 3 || fields[2] != unit {
		return 0, false
	}
	most, err := strconv.ParseInt(fields[0], 10, 64) // "unlimited" is no number
	if err != nil {
		return 0, false
	}
	pages, _, _ := strings.Cut(text("/proc/self/statm"), " ")
	now, err := strconv.ParseInt(pages, 10, 64)
	if err != nil {
		return 0, false
	}
	return most - now*int64(os.Getpagesize()), true
}

// kilobytes reads a line "name 123 kB" of a file of the system.
func kilobytes(file, name string) (bytes int64, known bool) {
	_, line, found := strings.Cut(text(file), name)
	fields := strings.Fields(line)
	if !found || len(fields) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	return n << 10, err == nil
}

func number(file string) (n int64, known bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text(file)), 10, 64)
	return n, err == nil
}

// text is a small file of the system, "" where there is none.
func text(name string) string {
	if runtime.GOOS != "linux" {
		return ""
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}
