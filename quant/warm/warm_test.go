package warm

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec"
)

// The network runs in all arithmetics, and in each it calls the kernels that networks spend their time in.
func TestUp(t *testing.T) {
	if err := Up(nil, call.DotI16); err != nil {
		t.Fatal(err)
	}
	file, err := network()
	if err != nil {
		t.Fatal(err)
	}
	for a, kernels := range map[arithmetic][]call.ID{
		float:     {call.F32IGEMM, call.F32DWConv, call.F32Add, call.F32Mul, call.F32MaxPool},
		simulated: {call.F32IGEMM, call.F32DWConv, call.F32Add, call.F32Mul, call.F32MaxPool},
		integer:   {call.Q8GEMM, call.Q8DWConv, call.Q8Add, call.Q8MulChannel, call.Q8MaxPool, call.Q8AvgPool, call.Q8Quantize},
	} {
		r, err := open(t.Context(), file, a, exec.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		timings, err := r.Profile(1)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kernels {
			if !slices.ContainsFunc(timings, func(c exec.Timing) bool { return c.Kernel == k }) {
				t.Errorf("%s: kernel %d is not called", a, k)
			}
		}
		if slow := slices.IndexFunc(timings, func(c exec.Timing) bool { return a == integer && c.Kernel == call.F32IGEMM }); slow >= 0 {
			t.Errorf("%v does not run on integers", timings[slow])
		}
	}
}

// BenchmarkOpen is the time from a file to a network that is ready to run.
func BenchmarkOpen(b *testing.B) {
	file, err := network()
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range []arithmetic{float, simulated, integer} {
		b.Run(string(a), func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for range b.N {
				r, err := open(b.Context(), file, a, exec.Config{})
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}
