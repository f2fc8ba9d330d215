package engine_test

import (
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
)

// everyRuntime runs a test in the browser, which has one.
func everyRuntime(t *testing.T, test func(t *testing.T, newPool func(threads int) *engine.Pool)) {
	test(t, engine.NewPool)
}
