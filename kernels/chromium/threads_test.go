//go:build !js

package chromium_test

import (
	"testing"

	"github.com/quantscope/quantscope/kernels/chromium"
)

// The kernels' own tests, every case also on several threads, where they will run: V8, workers, one
// shared memory.
func TestKernels(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	chromium.Test(t, "./kernels/engine", "./kernels/f32")
}
