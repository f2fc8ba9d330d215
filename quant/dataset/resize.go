package dataset

import "math"

// coefBits is the fixed-point precision of a filter coefficient, as in PIL: 32 bits less 8 for the
// sample and 2 for overshoot.
const coefBits = 32 - 8 - 2

// shorterSide gives the size whose shorter side is side; the longer one is truncated, as torchvision does.
func shorterSide(width, height, side int) (w, h int) {
	if width <= height {
		return side, max(1, int(int64(side)*int64(height)/int64(width)))
	}
	return max(1, int(int64(side)*int64(width)/int64(height))), side
}

// resize is PIL's antialiased bilinear filter, bit for bit: a triangle as wide as the reduction, first
// along rows, then along columns, each pass rounded to 8 bits. A side that stays is not filtered.
func resize(m *Image, width, height int) *Image {
	if width != m.Width {
		out := &Image{width, m.Height, m.Channels, make([]uint8, width*m.Height*m.Channels)}
		all := triangle(m.Width, width)
		for y := range m.Height {
			for x, t := range all {
				t.sum(m.Pix[y*m.Width*m.Channels:], m.Channels, m.Channels, out.Pix[(y*width+x)*m.Channels:])
			}
		}
		m = out
	}
	if height != m.Height {
		out := &Image{width, height, m.Channels, make([]uint8, width*height*m.Channels)}
		row := width * m.Channels
		for y, t := range triangle(m.Height, height) {
			t.sum(m.Pix, row, row, out.Pix[y*row:])
		}
		m = out
	}
	return m
}

// taps are the source samples of one output sample and their weights, fixed point.
type taps struct {
	first   int
	weights []int32
}

// triangle gives the taps of each of out samples over in samples.
func triangle(in, out int) []taps {
	scale := float64(in) / float64(out)
	width := max(scale, 1) // half the base of the triangle, in source samples
	all := make([]taps, out)
	for i := range all {
		centre := float64(float64(i)+0.5) * scale
		first := max(0, int(float64(centre-width)+0.5))
		last := min(in, int(float64(centre+width)+0.5))
		weights := make([]float64, last-first)
		total := 0.0
		for k := range weights {
			weights[k] = max(0, 1-math.Abs(float64((float64(k+first)-centre+0.5)*(1/width))))
			total += weights[k]
		}
		t := taps{first, make([]int32, len(weights))}
		for k, w := range weights {
			t.weights[k] = int32(float64(w/total*(1<<coefBits)) + 0.5)
		}
		all[i] = t
	}
	return all
}

// sum writes n output samples; source samples of one tap lie side by side, those of the next stride on.
func (t taps) sum(src []uint8, stride, n int, dst []uint8) {
	for j := range n {
		acc := int32(1 << (coefBits - 1))
		for k, w := range t.weights {
			acc += int32(src[(t.first+k)*stride+j]) * w
		}
		dst[j] = uint8(min(max(acc>>coefBits, 0), 255))
	}
}
