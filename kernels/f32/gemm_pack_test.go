package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/f32"
)

// Panels hold what their doc comments say, for the weights of convolutions and for matrices either
// way round, with positions left out, up to the last element of the weights and no further.
func TestPackB(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := 1; n <= 26; n++ {
		for _, w := range []f32.Weights{
			{Positions: []int{0}, Channels: 7, ChannelStride: n, ColumnStride: 1},
			{Positions: []int{0}, Channels: 7, ChannelStride: 1, ColumnStride: 7},
			{Positions: []int{0, 1, 2, 3, 4, 5}, Channels: 5, ChannelStride: 6, ColumnStride: 30},
			{Positions: []int{4, -1, 2}, Channels: 4, ChannelStride: 6 * n, ColumnStride: 6},
		} {
			k, last := len(w.Positions)*w.Channels, 0
			for _, position := range w.Positions {
				last = max(last, position+(w.Channels-1)*w.ChannelStride+(n-1)*w.ColumnStride)
			}
			w.Data = random(r, last+1, false)
			var bias []float32
			if n%3 > 0 {
				bias = random(r, n, false)
			}
			dst := random(r, f32.PackedLen(k, n), false)
			f32.PackB(dst, n, bias, w)
			for i, got := range dst {
				row, column := i/8%(k+1)-1, i/(8*(k+1))*8+i%8
				want := float32(0)
				switch {
				case column >= n:
				case row < 0 && bias != nil:
					want = bias[column]
				case row >= 0 && w.Positions[row/w.Channels] >= 0:
					want = w.Data[w.Positions[row/w.Channels]+row%w.Channels*w.ChannelStride+column*w.ColumnStride]
				}
				if got != want {
					t.Fatalf("%d columns, %d positions: row %d of column %d is %v, want %v", n, len(w.Positions), row, column, got, want)
				}
			}
		}
	}
}
