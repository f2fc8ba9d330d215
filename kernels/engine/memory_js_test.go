package engine_test

import (
	"bytes"
	"runtime/debug"
	"syscall/js"
	"testing"

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

// A small engine takes of a large memory that is free what it needs, and clears no more of it.
func TestSmallEngineAfterLarge(t *testing.T) {
	pool := engine.NewWorkers(2)
	t.Cleanup(pool.Close)
	module := kernels.Module(nil, pool.Shared())
	const page, large = 1 << 16, 64 << 20
	made := func(size uint32) {
		e, err := engine.New(module, size, pool)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	made(large)
	cleared := js.Global().Call("eval", `(() => {
		const fill = Uint8Array.prototype.fill;
		let bytes = 0;
		Uint8Array.prototype.fill = function (value, from = 0, to = this.length) {
			bytes += to - from;
			return fill.call(this, value, from, to);
		};
		return () => ((Uint8Array.prototype.fill = fill), bytes);
	})()`)
	const small = 8
	for range small {
		made(page)
	}
	if bytes := cleared.Invoke().Int(); bytes > small*page {
		t.Errorf("%d engines of one page cleared %d bytes, behind one of %d", small, bytes, large)
	}
}
