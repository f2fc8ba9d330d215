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
			alongRow(out.Pix[y*width*m.Channels:], m.Pix[y*m.Width*m.Channels:], m.Channels, all)
		}
		m = out
	}
	if height != m.Height {
		out := &Image{width, height, m.Channels, make([]uint8, width*height*m.Channels)}
		row := width * m.Channels
		sums := make([]int32, row)
		for y, t := range triangle(m.Height, height) {
			t.rows(out.Pix[y*row:][:row], m.Pix, sums)
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

// alongRow writes the output samples of all to a row.
func alongRow(dst, src []uint8, channels int, all []taps) {
	if channels != 3 {
		for x, t := range all {
			dst[x] = t.one(src[t.first:])
		}
		return
	}
	for x, t := range all {
		r, g, b := int32(coefHalf), int32(coefHalf), int32(coefHalf)
		from := src[3*t.first:][:3*len(t.weights)]
		for _, w := range t.weights {
			r += int32(from[0]) * w
			g += int32(from[1]) * w
			b += int32(from[2]) * w
			from = from[3:]
		}
		to := dst[3*x:][:3]
		to[0], to[1], to[2] = rounded(r), rounded(g), rounded(b)
	}
}

// one is the output sample of source samples side by side.
func (t taps) one(src []uint8) uint8 {
	sum := int32(coefHalf)
	for k, w := range t.weights {
		sum += int32(src[k]) * w
	}
	return rounded(sum)
}

// rows writes a row of output samples of rows of source samples; sums is room for them.
func (t taps) rows(dst, src []uint8, sums []int32) {
	for j := range sums {
		sums[j] = coefHalf
	}
	for k, w := range t.weights {
		from := src[(t.first+k)*len(sums):][:len(sums)]
		for j, v := range from {
			sums[j] += int32(v) * w
		}
	}
	for j, sum := range sums {
		dst[j] = rounded(sum)
	}
}

const coefHalf = 1 << (coefBits - 1)

func rounded(sum int32) uint8 { return clamp8(sum >> coefBits) }
