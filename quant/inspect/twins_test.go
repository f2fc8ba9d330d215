package inspect

import (
	"math"
	"testing"
)

func TestTwins(t *testing.T) {
	float, quantized := make([]float32, 3*8*8), make([]float32, 3*8*8)
	for i := range float {
		float[i] = float32(i % 2)
		quantized[i] = float[i] + 0.1
	}
	quantized[1] = 5
	twins, a, b := TwinsOf(float, quantized, []int{3, 8, 8}, false)
	if twins.Width != 8 || twins.Height != 8 || twins.Masks || len(a) != 4*64 || len(b) != 4*64 {
		t.Fatalf("%+v, %d and %d bytes", twins, len(a), len(b))
	}
	if a[0] != 0 || a[4] != 255 || b[0] != 26 || b[4] != 255 {
		t.Errorf("both are not shaded by float's range: %v, %v", a[:8], b[:8])
	}
	if want := 10 * math.Log10(192/(191*0.01+16)); math.Abs(twins.PSNR-want) > 1e-3 {
		t.Errorf("PSNR %v, want %v", twins.PSNR, want)
	}
	if same, _, _ := TwinsOf(float, float, []int{3, 8, 8}, false); same.PSNR != 999 {
		t.Errorf("no error is %v dB", same.PSNR)
	}
	scores := make([]float32, 8*8*5)
	scores[4] = 1 // the first pixel is of the last class
	if twins, a, _ = TwinsOf(scores, scores, []int{8, 8, 5}, true); !twins.Masks || a[0] != 255 || a[4] != 0 {
		t.Errorf("%+v, %v", twins, a[:8])
	}
	for _, shape := range [][]int{{10}, {320, 1, 1}, {3, 8, 9}, {3, 4, 16}} {
		if _, a, _ := TwinsOf(float, quantized, shape, false); a != nil {
			t.Errorf("%v is an image", shape)
		}
	}
}
