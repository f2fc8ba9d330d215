package lower

import (
	"fmt"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/plan"
)

// TestGather lays tensors out element by element as their strides say, which Scatter has to do as well, and reads them back.
func TestGather(t *testing.T) {
	for _, shape := range [][]int{{1, 1, 1, 1}, {1, 3, 5, 7}, {2, 4, 6, 5}, {1, 9, 1, 40}, {2, 7, 40, 1}, {1, 130, 9, 9}, {1, 8, 0, 3}, {1, 6, 64, 64}} {
		for _, halo := range []plan.Halo{{}, {1, 2, 0, 1}, {0, 1, 0, 0}} {
			for _, order := range []plan.Order{plan.InOrder, plan.ChannelsLast} {
				t.Run(fmt.Sprint(shape, halo, order), func(t *testing.T) {
					if order == plan.InOrder && halo != (plan.Halo{}) {
						t.Skip("only images with channels last have a halo")
					}
					floats, size := plan.NewLayout(0, shape, order, halo, plan.Elem)
					codes, _ := plan.NewLayout(0, shape, order, halo, 1)
					n := shape[0] * shape[1] * shape[2] * shape[3]
					x, laid, bytes := make([]float32, n), make([]float32, size/plan.Elem), make([]byte, size/plan.Elem)
					var numbers [256]float32
					for i := range numbers {
						numbers[i] = float32(i) / 8
					}
					i := 0
					for b := range shape[0] {
						for c := range shape[1] {
							for y := range shape[2] {
								for w := range shape[3] {
									x[i] = float32(i*7%251) / 8
									at := (floats.Offset + b*floats.Stride[0] + c*floats.Stride[1] + y*floats.Stride[2] + w*floats.Stride[3]) / plan.Elem
									laid[at], bytes[at] = x[i], byte(i*7%251)
									i++
								}
							}
						}
					}
					scattered := make([]float32, len(laid))
					Scatter(scattered, floats, x)
					got, decoded := make([]float32, n), make([]float32, n)
					Gather(got, laid, floats)
					GatherCodes(decoded, bytes, &numbers, codes)
					for i := range laid {
						if scattered[i] != laid[i] {
							t.Fatalf("Scatter leaves %v at %d of the buffer, not %v", scattered[i], i, laid[i])
						}
					}
					for i := range x {
						if got[i] != x[i] || decoded[i] != x[i] {
							t.Fatalf("element %d is %v and as a code %v, not %v", i, got[i], decoded[i], x[i])
						}
					}
				})
			}
		}
	}
}

func BenchmarkGather(b *testing.B) {
	for _, shape := range [][]int{{1, 96, 112, 112}, {1, 960, 7, 7}} {
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			lay, size := plan.NewLayout(0, shape, plan.ChannelsLast, plan.Halo{}, plan.Elem)
			src, dst := make([]float32, size/plan.Elem), make([]float32, shape[1]*shape[2]*shape[3])
			b.SetBytes(int64(size))
			for b.Loop() {
				Gather(dst, src, lay)
			}
		})
	}
}
