package sample

import "math"

// inside tells whether a point is in a class's shape, which fits the unit circle; y grows downwards.
func inside(class int, x, y float64) bool {
	switch Classes()[class] {
	case "arrow":
		shaft := x > -0.9 && x < 0.2 && math.Abs(y) < 0.22
		head := x >= 0.1 && math.Abs(y) < 0.75*(1-x)/0.9
		return shaft || head
	case "circle":
		return x*x+y*y < 0.81
	case "crescent":
		return x*x+y*y < 0.9 && (x-0.45)*(x-0.45)+y*y > 0.55
	case "cross":
		return math.Abs(x) < 0.27 && math.Abs(y) < 0.95 || math.Abs(y) < 0.27 && math.Abs(x) < 0.95
	case "heart":
		x, y = 1.25*x, 0.1-1.25*y
		r := x*x + y*y - 1
		return r*r*r < x*x*y*y*y
	case "pentagon":
		return inPolygon(5, x, y)
	case "ring":
		r := x*x + y*y
		return r < 0.9 && r > 0.33
	case "square":
		return max(math.Abs(x), math.Abs(y)) < 0.75
	case "star":
		return inStar(x, y)
	default: // triangle
		return inPolygon(3, x, y)
	}
}

// inPolygon is the regular polygon with n corners on the unit circle, one of them at the top.
func inPolygon(n int, x, y float64) bool {
	half := math.Pi / float64(n)
	return math.Hypot(x, y)*math.Cos(fold(x, y, 2*half)) < math.Cos(half)
}

// inStar has five points on the unit circle, one of them at the top, and five notches at 0.42 of it.
func inStar(x, y float64) bool {
	const notch = 0.42
	half := math.Pi / 5
	r, a := math.Hypot(x, y), half-math.Abs(fold(x, y, 2*half)) // a: angle from the nearest point
	px, py := r*math.Cos(a), r*math.Sin(a)
	nx, ny := notch*math.Cos(half), notch*math.Sin(half)
	return (nx-1)*py-ny*(px-1) > 0
}

// fold gives the angle of a point from the middle of its sector, of sectors that wide from the top on.
func fold(x, y, sector float64) float64 {
	a := math.Mod(math.Atan2(x, -y)+2*math.Pi, sector)
	return a - sector/2
}
