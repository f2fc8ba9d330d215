package scheme

import "math"

// logSteps is the numbers of the NNIE grid in an octave.
const logSteps = 16

// LogTable gives what rounding to the NNIE grid needs, of an octave from 1 to 2: the grid's numbers
// 2^(j/16), j = 0 … 16, and the limits between them, the greatest float32 not above 2^((j+½)/16).
func LogTable() (values [logSteps + 1]float32, limits [logSteps]float32) {
	for j := range values {
		values[j] = float32(root32(2 * j))
	}
	for j := range limits {
		limits[j] = below(root32(2*j + 1))
	}
	return values, limits
}

// root32 is 2^(n/32), from square roots, which every machine rounds alike.
func root32(n int) float64 {
	y, root := math.Ldexp(1, n>>5), 2.0
	for bit := 16; bit > 0; bit >>= 1 {
		root = math.Sqrt(root)
		if n&bit != 0 {
			y *= root
		}
	}
	return y
}

// below is the greatest float32 not above x.
func below(x float64) float32 {
	y := float32(x)
	if float64(y) > x {
		y = math.Nextafter32(y, 0)
	}
	return y
}

// LogZero is the z of a grid whose greatest number is the one nearest to c > 0 in the logarithm:
// round(16·log2 c) − 127.
func LogZero(c float32) int32 {
	_, limits := LogTable()
	f, e := math.Frexp(float64(c))
	j := 0
	for j < logSteps && float32(2*f) > limits[j] {
		j++
	}
	return int32(logSteps*(e-1)+j) - 127
}

// LogBounds are the limits of the grid of zero point z, for positive and for negative numbers: at most
// Tiny in magnitude becomes 0, what is more is limited to Least … Most.
type LogBounds struct{ Tiny, Least, Most float32 }

// LogLimits gives them.
func LogLimits(z int32) (positive, negative LogBounds) {
	n := 2 * int(z)
	most := float32(root32(n + 2*127))
	return LogBounds{below(root32(n - 32)), float32(root32(n)), most},
		LogBounds{below(root32(n + 2 - 32)), float32(root32(n + 2)), most}
}

// logarithmic is a grid made ready.
type logarithmic struct {
	values             [logSteps + 1]float32
	limits             [logSteps]float32
	positive, negative LogBounds
}

func newLogarithmic(z int32) *logarithmic {
	l := &logarithmic{}
	l.values, l.limits = LogTable()
	l.positive, l.negative = LogLimits(z)
	return l
}

func (l *logarithmic) fakeQuantize(y, x []float32) {
	for i, v := range x {
		y[i] = l.round(v)
	}
}

// round gives the number of the grid nearest to x in the logarithm. A NaN stays.
func (l *logarithmic) round(x float32) float32 {
	a, b := abs(x), l.positive
	if x < 0 {
		b = l.negative
	}
	if a <= b.Tiny {
		return 0
	}
	bits := math.Float32bits(a)
	mantissa := math.Float32frombits(bits&(1<<23-1) | 127<<23)
	j := 0
	for j < logSteps && mantissa > l.limits[j] {
		j++
	}
	y := clamp(l.values[j]*math.Float32frombits(bits&(0xff<<23)), b.Least, b.Most)
	switch {
	case x != x:
		return x
	case x < 0:
		return -y
	}
	return y
}

func abs(x float32) float32 { return float32(math.Abs(float64(x))) }
