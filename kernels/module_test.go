package kernels_test

import (
	"bytes"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// Every instruction of every kernel, and of what threads do, is known to who splits splats: else it would leave them all.
func TestSplitSplats(t *testing.T) {
	var all []call.ID
	for id := range call.Count {
		all = append(all, id)
	}
	for _, shared := range []bool{false, true} {
		whole := kernels.Module(all, shared)
		split := asm.SplitSplats(whole)
		if len(split) <= len(whole) || !bytes.Equal(asm.SplitSplats(split), split) {
			t.Errorf("shared %v: %d bytes became %d", shared, len(whole), len(split))
		}
	}
}
