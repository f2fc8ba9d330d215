//go:build !js

package q8_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
)

// FuzzKernels holds convolutions of random geometry, zero points and outputs against their scalar twins.
func FuzzKernels(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(seed))
	}
	e := both(f, entry{call.Q8GEMM, q8.EmitGEMM}, entry{call.Q8DWConv, q8.EmitDWConv})
	f.Fuzz(func(t *testing.T, seed uint64, which uint8) {
		r := rand.New(rand.NewPCG(12, seed))
		if which%2 == 0 {
			gemmRandom(call.DotI16, r).run(t, e, r)
		} else {
			dwRandom(call.DotI16, r).run(t, e, r)
		}
	})
}
