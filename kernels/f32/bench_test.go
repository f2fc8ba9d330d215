package f32_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
)

// BenchmarkGEMM is the native speed, the best run's; kernels/bench measures the browser's.
func BenchmarkGEMM(b *testing.B) {
	for _, s := range [][3]uint32{{784, 192, 32}, {196, 96, 576}, {49, 960, 160}, {1, 1280, 1000}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(b *testing.B) {
			e := newEngine(b, 16<<20, call.F32IGEMM)
			g := f32.GEMM{A: 4096, LDA: 4 * s[1], Runs: 1, RunLen: s[1], B: 4 << 20, C: 12 << 20, LDC: 4 * s[2], M: s[0], N: s[2], Lo: -inf, Hi: inf}
			speed(b, e, g.Call(), 2*float64(s[0]*s[1]*s[2]))
		})
	}
}

// BenchmarkConvGrad is the native speed of gradients of weights, the best run's: pixels, channels of x and of the output.
func BenchmarkConvGrad(b *testing.B) {
	for _, s := range [][3]uint32{{4096, 48, 16}, {2048, 96, 64}, {1024, 96, 576}, {512, 960, 160}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(b *testing.B) {
			e := newEngine(b, 32<<20, call.F32ConvGrad)
			words, block := f32.Strips(1, 1, int(s[0]), [3]int{0, 0, int(4 * s[1])}, [3]int{0, 0, int(4 * s[2])})
			e.WriteU32(8192, words)
			g := f32.ConvGrad{
				X: 64 << 10, Y: 8 << 20, XPix: 4 * s[1], YPix: 4 * s[2], Strips: 8192, StripCount: len(words) / 3, Block: block,
				Runs: 4096, RunCount: 1, RunLen: s[1], To: 16 << 20, LDC: 4 * s[1], O: s[2],
			}
			speed(b, e, g.Call(), 2*float64(s[0]*s[1]*s[2]))
		})
	}
}

// speed reports the best run of a call of so many operations.
func speed(b *testing.B, e *engine.Engine, c call.Call, operations float64) {
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
	b.ReportMetric(operations/best.Seconds()/1e9, "GFLOP/s")
}
