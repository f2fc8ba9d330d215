package ref

import (
	"math"
	"testing"
)

// image is 1×h×w×1 with the values 1, 2, 3, …
func image(h, w int) []float32 {
	x := make([]float32, h*w)
	for i := range x {
		x[i] = float32(i + 1)
	}
	return x
}

func plain(h, w, oh, ow, k, s, pad int) Pool {
	return Pool{N: 1, H: h, W: w, C: 1, OH: oh, OW: ow, KH: k, KW: k, SH: s, SW: s, DH: 1, DW: 1,
		PT: pad, PL: pad, PB: pad, PR: pad, SrcN: h * w, SrcH: w, SrcW: 1, DstN: oh * ow, DstH: ow, DstW: 1}
}

func check(t *testing.T, name string, got, want []float32) {
	t.Helper()
	for i := range want {
		if !Same(got[i], want[i]) {
			t.Errorf("%s: element %d is %v, want %v (all: %v)", name, i, got[i], want[i], got)
		}
	}
}

func TestMaxPool(t *testing.T) {
	y := make([]float32, 9)
	MaxPool(y, image(4, 4), plain(4, 4, 2, 2, 2, 2, 0))
	check(t, "2x2", y, []float32{6, 8, 14, 16})
	p := plain(4, 4, 2, 2, 2, 1, 0)
	p.DH, p.DW = 2, 2
	MaxPool(y, image(4, 4), p)
	check(t, "dilated", y, []float32{11, 12, 15, 16})
	MaxPool(y, image(3, 3), plain(3, 3, 3, 3, 3, 1, 1))
	check(t, "padded", y, []float32{5, 6, 6, 8, 9, 9, 8, 9, 9})
	x := image(2, 2)
	x[3] = float32(math.NaN())
	MaxPool(y, x, plain(2, 2, 1, 1, 2, 1, 0))
	check(t, "NaN is passed over", y, []float32{3})
}

// TestAvgPoolCeil has the numbers of ONNX's own averagepool_2d_ceil and of the window that begins
// in the padding on the far side.
func TestAvgPoolCeil(t *testing.T) {
	y := make([]float32, 9)
	AvgPool(y, image(4, 4), plain(4, 4, 2, 2, 3, 2, 0))
	check(t, "ceil", y, []float32{6, 7.5, 12, 13.5})
	p := plain(2, 2, 2, 2, 3, 2, 1)
	AvgPool(y, image(2, 2), p)
	check(t, "padding left out", y, []float32{2.5, 3, 3.5, 4})
	p.CountPad = true
	AvgPool(y, image(2, 2), p)
	check(t, "padding counted, beyond it not", y, []float32{10.0 / 9, 6.0 / 6, 7.0 / 6, 4.0 / 4})
}

func TestReduceOrders(t *testing.T) {
	x := image(3, 5)
	levels := []Level{{3, 5}, {5, 1}}
	if got := Sum(x, 0, levels, false); got != 120 {
		t.Errorf("sum %v", got)
	}
	if got := Mean(x, 0, levels, true); got != 8 {
		t.Errorf("mean %v", got)
	}
	if lo, hi := Least(x, 1, []Level{{2, 5}}), Greatest(x, 1, []Level{{2, 5}}); lo != 2 || hi != 7 {
		t.Errorf("column 1, rows 0 and 1: %v to %v", lo, hi)
	}
	// Rows first: 1e8 swallows a 1 that follows it directly, but not a row of ones.
	y := []float32{1e8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	if rows, flat := Sum(y, 0, []Level{{2, 8}, {8, 1}}, false), Sum(y, 0, []Level{{16, 1}}, false); rows != 1e8+8 || flat != 1e8 {
		t.Errorf("rows %v, flat %v", rows, flat)
	}
}

func TestSoftmaxAndResize(t *testing.T) {
	x := []float32{1, 2, 3, 1000, -1000}
	y := make([]float32, 5)
	Softmax(y, x)
	check(t, "softmax", y, []float32{0, 0, 0, 1, 0})
	Softmax(y[:3], x[:3])
	for i, want := range []float64{0.0900305731703805, 0.244728471054798, 0.665240955774822} {
		if math.Abs(float64(y[i])-want) > 1e-7 {
			t.Errorf("softmax %d: %v", i, y[i])
		}
	}
	lerps := []Lerp{{0, 0, 1, 0}, {0, 1, 0.75, 0.25}, {0, 1, 0.25, 0.75}, {1, 1, 1, 0}}
	rows := []Lerp{{0, 2, 0.5, 0.5}}
	z := make([]float32, 4)
	ResizeLinear(z, image(2, 2), rows, lerps, 1, 4, 1)
	check(t, "resize", z, []float32{2, 2.25, 2.75, 3})
}
