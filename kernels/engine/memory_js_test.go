package engine_test

import (
	"runtime/debug"
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
