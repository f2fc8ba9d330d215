package sample

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// DigitSize is the side of a digit's image in pixels.
const DigitSize = 28

// point is a place in a digit's box, x to the right and y downwards, both from 0 to 1.
type point struct{ x, y float64 }

// strokes are the lines that a hand draws for each digit.
func strokes(digit int) [][]point {
	oval := func(cx, cy, rx, ry, from, to float64) []point {
		var list []point
		for i := range 13 {
			sin, cos := math.Sincos(2 * math.Pi * (from + (to-from)*float64(i)/12))
			list = append(list, point{cx + float64(rx*cos), cy + float64(ry*sin)})
		}
		return list
	}
	switch digit {
	case 0:
		return [][]point{oval(0.5, 0.5, 0.32, 0.48, 0, 1)}
	case 1:
		return [][]point{{{0.3, 0.2}, {0.55, 0.02}, {0.55, 0.98}}}
	case 2:
		return [][]point{append(oval(0.5, 0.27, 0.3, 0.25, 0.5, 1.07), point{0.2, 0.97}, point{0.82, 0.97})}
	case 3:
		return [][]point{oval(0.47, 0.26, 0.29, 0.24, 0.58, 1.25), oval(0.47, 0.73, 0.32, 0.25, 0.75, 1.42)}
	case 4:
		return [][]point{{{0.62, 0.98}, {0.62, 0.02}, {0.14, 0.66}, {0.88, 0.66}}}
	case 5:
		return [][]point{{{0.78, 0.03}, {0.28, 0.03}, {0.24, 0.45}}, oval(0.47, 0.68, 0.32, 0.29, 0.63, 1.4)}
	case 6:
		return [][]point{{{0.66, 0.03}, {0.4, 0.25}, {0.2, 0.68}}, oval(0.5, 0.7, 0.3, 0.27, 0, 1)}
	case 7:
		return [][]point{{{0.16, 0.04}, {0.82, 0.04}, {0.42, 0.98}}}
	case 8:
		return [][]point{oval(0.5, 0.26, 0.25, 0.23, 0, 1), oval(0.5, 0.74, 0.3, 0.25, 0, 1)}
	}
	return [][]point{oval(0.5, 0.3, 0.3, 0.27, 0, 1), {{0.8, 0.32}, {0.6, 0.75}, {0.34, 0.97}}}
}

// Digit draws digit index modulo 10 of a seed's set as a hand might: leaning, turned, wobbling, thick or thin, light on
// dark with grain.
func Digit(seed, index uint64) (*image.Gray, int) {
	g := rand.New(rand.NewPCG(seed, index))
	digit := int(index % 10)
	m := image.NewGray(image.Rect(0, 0, DigitSize, DigitSize))
	height := between(g, 15, 21)
	width := float64(height * between(g, 0.55, 0.85))
	cx, cy := DigitSize/2+between(g, -2.5, 2.5), DigitSize/2+between(g, -2.5, 2.5)
	sin, cos := math.Sincos(between(g, -0.3, 0.3))
	lean, thick := between(g, -0.25, 0.25), between(g, 0.8, 1.9)
	place := func(p point) point {
		x, y := (p.x-0.5)*width+between(g, -0.7, 0.7), (p.y-0.5)*height+between(g, -0.7, 0.7)
		x -= float64(lean * y)
		return point{cx + float64(cos*x) - float64(sin*y), cy + float64(sin*x) + float64(cos*y)}
	}
	var lines [][2]point
	for _, s := range strokes(digit) {
		last := place(s[0])
		for _, p := range s[1:] {
			next := place(p)
			lines = append(lines, [2]point{last, next})
			last = next
		}
	}
	grain, ink := between(g, 0, 0.06), between(g, 0.75, 1)
	for y := range DigitSize {
		for x := range DigitSize {
			near := math.Inf(1)
			for _, l := range lines {
				near = min(near, distance(point{float64(x) + 0.5, float64(y) + 0.5}, l[0], l[1]))
			}
			light := float64(ink*min(max(thick+0.5-near, 0), 1)) + float64(grain*g.NormFloat64())
			level := math.Round(min(max(light, 0), 1) * (Levels - 1))
			m.SetGray(x, y, color.Gray{Y: uint8(level * 255 / (Levels - 1))})
		}
	}
	return m, digit
}

// distance is that of p from the line between a and b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if long := float64(dx*dx) + float64(dy*dy); long > 0 {
		t = min(max((float64((p.x-a.x)*dx)+float64((p.y-a.y)*dy))/long, 0), 1)
	}
	return math.Hypot(p.x-a.x-float64(t*dx), p.y-a.y-float64(t*dy))
}
