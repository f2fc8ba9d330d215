package plot

import (
	"math"
	"strconv"
	"strings"
)

// Staircase draws a smooth curve and the same curve rounded to 2^bits levels: what quantization
// does, in one picture.
type Staircase struct {
	Curve, Steps string // SVG path data
	Levels       []Line // the grid's lines
	MaxError     float64
}

// Line is a horizontal grid line.
type Line struct{ Y float64 }

// NewStaircase samples the curve at one point per unit of width. Levels lie at the centres of what
// rounds to them, spread over the height.
func NewStaircase(width, height, bits int) Staircase {
	top := float64(int(1)<<bits - 1)
	var s Staircase
	var curve, steps strings.Builder
	last := math.NaN()
	for x := 0; x <= width; x++ {
		v := wave(float64(x) / float64(width))
		q := math.RoundToEven(v*top) / top
		s.MaxError = max(s.MaxError, math.Abs(v-q))
		point(&curve, x, float64(x), float64(height)*(1-v))
		if q != last && x > 0 {
			point(&steps, x, float64(x), float64(height)*(1-last))
		}
		point(&steps, x, float64(x), float64(height)*(1-q))
		last = q
	}
	s.Curve, s.Steps = curve.String(), steps.String()
	if float64(height)/top >= 6 {
		for k := 0.0; k <= top; k++ {
			s.Levels = append(s.Levels, Line{float64(height) * (1 - k/top)})
		}
	}
	return s
}

// wave is a curve in [0, 1] over [0, 1] with slow and fast parts.
func wave(x float64) float64 {
	return 0.5 + 0.31*math.Sin(2*math.Pi*(1.15*x+0.04)) + 0.15*math.Sin(2*math.Pi*(2.7*x+0.31))
}

func point(b *strings.Builder, i int, x, y float64) {
	if i == 0 {
		b.WriteByte('M')
	} else {
		b.WriteByte('L')
	}
	coordinate(b, x, y)
}

func coordinate(b *strings.Builder, x, y float64) {
	b.WriteString(strconv.FormatFloat(x, 'f', 1, 64))
	b.WriteByte(' ')
	b.WriteString(strconv.FormatFloat(y, 'f', 1, 64))
}
