package engine_test

import (
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
)

// Workers that run whole programs do what threads do.
func TestWorkersRunUntil(t *testing.T) {
	pool := engine.NewWorkers(2)
	t.Cleanup(pool.Close)
	until(t, pool)
}
