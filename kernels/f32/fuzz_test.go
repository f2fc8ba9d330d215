//go:build !js

package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
)

// FuzzKernels holds every epilogue function and GEMM, of random sizes and values, against their scalar twins.
func FuzzKernels(f *testing.F) {
	cases := opCases()
	for seed := range uint64(len(cases) + 1) {
		f.Add(seed, uint8(seed))
	}
	e := newEngine(f, 1<<20, call.F32Map, call.F32IGEMM)
	f.Fuzz(func(t *testing.T, seed uint64, which uint8) {
		r := rand.New(rand.NewPCG(12, seed))
		i := int(which) % (len(cases) + 1)
		if i == len(cases) {
			gemmCase{
				m: 1 + r.IntN(12), n: 1 + r.IntN(40), runs: 1 + r.IntN(9), runLen: 1 + r.IntN(30), table: r.IntN(2) == 0, outTable: r.IntN(2) == 0,
				gapped: r.IntN(2) == 0, special: r.IntN(3) > 0, epilogue: r.IntN(2) == 0, lo: -inf, hi: inf,
			}.run(t, []*engine.Engine{e}, r)
			return
		}
		channels := 1 + r.IntN(40)
		n, a := channels*(1+r.IntN(9)), newArena()
		x := opInput(r, n)
		op, twin := cases[i].make(a, r, channels)
		want := append([]float32(nil), x...)
		twin(want)
		m := f32.Map{Y: a.output(x), Shape: []int{n}, XStrides: []int{4}, YStrides: []int{4}, C: channels, Epilogue: []call.EpilogueOp{op}}
		m.X = m.Y
		if !a.check(t, e, m.Call(), want) {
			t.Fatalf("%s: %d channels, input %v", cases[i].name, channels, x)
		}
	})
}
