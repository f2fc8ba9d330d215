package inspect

import "math"

// Twins are the images that both networks answer with, shaded alike.
type Twins struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	PSNR   float64 `json:"psnr"`  // dB, of the quantized one to float's, whose range is the peak
	Masks  bool    `json:"masks"` // the classes of pixels, not colours
}

// smallest is the side below which an answer is no image.
const smallest = 8

// TwinsOf makes pictures of what both networks answer, [C,H,W] or, for channelsLast, [H,W,C]: of 1 or 3 channels they
// are colours, of others scores of classes, of which each pixel shows the first of the greatest. Each has 4 bytes a
// pixel. They are nil where the answers are no images.
func TwinsOf(float, quantized []float32, shape []int, channelsLast bool) (t Twins, a, b []byte) {
	if len(shape) != 3 || len(float) != len(quantized) {
		return t, nil, nil
	}
	c, h, w := shape[0], shape[1], shape[2]
	step, plane := 1, h*w
	if channelsLast {
		h, w, c = shape[0], shape[1], shape[2]
		step, plane = c, 1
	}
	if h < smallest || w < smallest || c*h*w != len(float) {
		return t, nil, nil
	}
	t = Twins{Width: w, Height: h, Masks: c != 1 && c != 3}
	lo, hi := extremes(float)
	error2 := 0.0
	for i, v := range float {
		error2 += square(float64(v) - float64(quantized[i]))
	}
	t.PSNR = math.Inf(1)
	if error2 > 0 {
		t.PSNR = 10 * math.Log10(square(float64(hi)-float64(lo))*float64(len(float))/error2)
	}
	if t.PSNR = min(t.PSNR, 999); t.PSNR != t.PSNR || t.PSNR < -999 {
		t.PSNR = -999 // JSON has no infinities
	}
	picture := func(x []float32) []byte {
		rgba := make([]byte, 4*w*h)
		for i := range w * h {
			at := func(k int) float32 { return x[i*step+k*plane] }
			best := 0
			for k := range c {
				if at(k) > at(best) {
					best = k
				}
			}
			for k := range 3 {
				if rgba[4*i+k] = shade(float32(best), 0, float32(c-1)); !t.Masks {
					rgba[4*i+k] = shade(at(min(k, c-1)), lo, hi)
				}
			}
			rgba[4*i+3] = 255
		}
		return rgba
	}
	return t, picture(float), picture(quantized)
}
