package engine_test

import (
	"bytes"
	"runtime/debug"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/engine"
)

// Engines that were closed hold up no others: their memories go when the machine has no room for a further one, though Go
// had no reason yet to collect what holds them.
func TestClosedEnginesMakeRoom(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	module := kernels.Module(nil, false)
	for i := range 14_000 {
		e, err := engine.New(module, 1, engine.NewPool(1))
		if err != nil {
			t.Fatalf("engine %d: %v", i, err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// An engine that takes the memory of a closed one finds zeros, however large either is.
func TestMemoryAgainHasZeros(t *testing.T) {
	pool := engine.NewWorkers(2)
	t.Cleanup(pool.Close)
	module := kernels.Module(nil, pool.Shared())
	for _, size := range []int{3 << 16, 1 << 16, 5 << 16, 2 << 16, 8 << 16, 1 << 16} {
		e, err := engine.New(module, uint32(size), pool)
		if err != nil {
			t.Fatal(err)
		}
		have := make([]byte, size)
		e.Read(0, have)
		if at := bytes.IndexFunc(have, func(r rune) bool { return r != 0 }); at >= 0 {
			t.Errorf("an arena of %d bytes has %d at %d", size, have[at], at)
		}
		e.Write(0, bytes.Repeat([]byte{7}, size))
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A small engine is made as soon when a large one was closed before: it does not clear the large one's memory.
func TestSmallEngineAfterLarge(t *testing.T) {
	pool := engine.NewWorkers(2)
	t.Cleanup(pool.Close)
	module := kernels.Module(nil, pool.Shared())
	made := func(n int, size uint32) time.Duration {
		began := time.Now()
		for range n {
			e, err := engine.New(module, size, pool)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(began)
	}
	large := made(1, 512<<20) + made(2, 512<<20) // the second time it is there, and cleared
	if small := made(8, 1<<16); small > large {
		t.Errorf("8 engines of one page took %v after one of 512 MiB, which took %v three times", small, large)
	}
}
