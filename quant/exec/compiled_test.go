package exec

import (
	"os"

	"github.com/quantscope/quantscope/kernels/engine"
)

// Compiled is the pool of the networks of tests, many of which have the same kernels: they are compiled once. With
// SCALAR=1 they run on the scalar engine: make scalar.
var Compiled = pool()

func pool() *engine.Pool {
	if os.Getenv("SCALAR") != "" {
		return engine.NewScalarPool()
	}
	return engine.NewPool(1)
}
