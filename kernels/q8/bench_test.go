package q8_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/q8"
)

// BenchmarkGEMM is the native speed, the best run's; kernels/bench measures the browser's.
func BenchmarkGEMM(b *testing.B) {
	for _, s := range [][3]uint32{{784, 192, 32}, {196, 96, 576}, {49, 960, 160}} {
		g := q8.GEMM{A: 4096, LDA: s[1], Runs: 1, RunLen: s[1], B: 4 << 20, C: 12 << 20, LDC: s[2], M: s[0], N: s[2], Out: q8.Out{Hi: 255}}
		benchmark(b, fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), g.Call(), 2*float64(s[0]*s[1]*s[2]))
	}
}

func BenchmarkDWConv(b *testing.B) {
	for _, k := range []uint32{3, 5} {
		const side, c = 28, 192
		d := q8.DWConv{X: 4096, XRow: (side + 4) * c, XPix: c, W: 4 << 20, Y: 12 << 20, YRow: side * c, YPix: c, N: 1, OH: side, OW: side, C: c,
			KH: k, KW: k, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1, Out: q8.Out{Hi: 255}}
		benchmark(b, fmt.Sprintf("%dx%d", k, k), d.Call(), 2*float64(side*side*c*k*k))
	}
}

func benchmark(b *testing.B, name string, c call.Call, operations float64) {
	b.Run(name, func(b *testing.B) {
		e, err := engine.New(kernels.Module([]call.ID{c.Kernel}, false), 16<<20, nil)
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		program, _ := call.Encode([]call.Call{c})
		e.Write(0, program)
		best := time.Hour
		for b.Loop() {
			start := time.Now()
			if err := e.Run(0, 1); err != nil {
				b.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		b.ReportMetric(operations/best.Seconds()/1e9, "GOP/s")
	})
}
