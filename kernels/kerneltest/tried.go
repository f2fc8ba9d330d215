// Package kerneltest keeps account of what a family's tests have done with each kernel of the list, so that
// none can be listed untested.
package kerneltest

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
)

// leastLengths is how many different lengths a sweep has at least.
const leastLengths = 12

// Tried is what tests have done with each kernel and each epilogue function; the zero value is nothing.
type Tried struct {
	mu      sync.Mutex
	lengths [call.Count]map[int]bool // of outputs that were compared with the scalar twin's
	bounds  [call.Count]bool         // with an operand at the end of the memory
}

// Twin notes that a call, whose output has so many elements, was compared with the scalar twin.
func (t *Tried) Twin(c call.Call, length int) {
	t.each(c, func(id call.ID) {
		if t.lengths[id] == nil {
			t.lengths[id] = map[int]bool{}
		}
		t.lengths[id][length] = true
	})
}

// Bounds notes that a call ran with an operand at the end of the memory.
func (t *Tried) Bounds(c call.Call) { t.each(c, func(id call.ID) { t.bounds[id] = true }) }

func (t *Tried) each(c call.Call, do func(call.ID)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do(c.Kernel)
	for _, op := range c.Epilogue {
		do(op.Fn)
	}
}

// Main runs the tests. When all have run, it fails for each of the kernels from first up to end that lacks a
// twin case, a length sweep or a bounds case.
func (t *Tried) Main(m *testing.M, first, end call.ID) int {
	flag.Parse()
	code := m.Run()
	if code != 0 || !all() {
		return code
	}
	for id := first; id < end; id++ {
		if n := len(t.lengths[id]); n < leastLengths {
			fmt.Fprintf(os.Stderr, "kernel %d of kernels/call/ids.go is compared with its twin at %d lengths, want a sweep of %d\n", id, n, leastLengths)
			code = 1
		}
		if !t.bounds[id] {
			fmt.Fprintf(os.Stderr, "kernel %d of kernels/call/ids.go has no case in TestNothingIsReadBeyondTheMemory\n", id)
			code = 1
		}
	}
	return code
}

// all tells that no flag leaves tests out.
func all() bool {
	for _, name := range []string{"run", "skip", "list", "bench", "fuzz"} {
		if flag.Lookup("test."+name).Value.String() != "" {
			return false
		}
	}
	return true
}
