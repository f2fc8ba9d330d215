//go:build !js

package engine_test

import (
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
)

// everyRuntime runs a test on the runtime that engines have and on wazero.
func everyRuntime(t *testing.T, test func(t *testing.T, newPool func(threads int) *engine.Pool)) {
	t.Run("default", func(t *testing.T) { test(t, engine.NewPool) })
	t.Run("wazero", func(t *testing.T) { test(t, engine.NewWazeroPool) })
}
