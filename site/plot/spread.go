package plot

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
)

// Spread draws the values of a layer's input, their counts as an area, over the error of every range whose upper
// end lies there. Coordinates are shares of the width and the height, times 100: the picture is stretched.
type Spread struct {
	Area     string // SVG path data of the counts, by their logarithm
	Clipping string // of the error of clipping alone
	Rounding string // of rounding alone
	Sum      string // of both
	Zero     float64
	Choices  []Mark
}

// Mark is a place on the axis with a name.
type Mark struct {
	X    float64
	Name string
}

// NewSpread draws a scene.
func NewSpread(s inspect.Scene) Spread {
	var out Spread
	shown := StretchOf(s)
	x := func(v float32) float64 { return 100 * shown.At(v) }
	out.Area, out.Zero = Area(s.Bins, x(s.Min), x(s.Max)), x(0)
	for _, c := range s.Choices {
		out.Choices = append(out.Choices, Mark{X: min(x(c.High), 100), Name: c.Observer})
	}
	out.Choices = joined(out.Choices)

	low, high := math.Inf(1), 0.0 // of the sums; decades of less than a thousandth of them are not shown
	for _, c := range s.Curve {
		sum := c.Clipping + c.Rounding
		low, high = min(low, sum), max(high, sum)
	}
	low = max(low/3, high/1e7)
	y := func(e float64) float64 {
		if high <= low {
			return 100
		}
		return min(100, 100*(1-math.Log(max(e, low)/low)/math.Log(high/low)))
	}
	curve := func(of func(c inspect.Tradeoff) float64) string {
		var b strings.Builder
		for i, c := range s.Curve {
			point(&b, i, x(c.High), y(of(c)))
		}
		return b.String()
	}
	out.Clipping = curve(func(c inspect.Tradeoff) float64 { return c.Clipping })
	out.Rounding = curve(func(c inspect.Tradeoff) float64 { return c.Rounding })
	out.Sum = curve(func(c inspect.Tradeoff) float64 { return c.Clipping + c.Rounding })
	return out
}

// Stretch is the part of the real numbers that a picture shows; it always has zero.
type Stretch struct{ Low, High float32 }

// StretchOf holds the values of a scene.
func StretchOf(s inspect.Scene) Stretch {
	a := Stretch{min(s.Min, 0), max(s.Max, 0)}
	if a.Low == a.High {
		a.High = a.Low + 1
	}
	return a
}

// At is where a number lies, from 0 to 1 for those on the axis.
func (a Stretch) At(v float32) float64 { return float64(v-a.Low) / float64(a.High-a.Low) }

// Value is the number at a place.
func (a Stretch) Value(at float64) float32 { return a.Low + float32(at)*(a.High-a.Low) }

// joined sorts marks along the axis; those that lie on one another become one.
func joined(marks []Mark) []Mark {
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.X, b.X) })
	var out []Mark
	for _, m := range marks {
		if n := len(out); n > 0 && m.X-out[n-1].X < 0.7 {
			out[n-1].Name += ", " + m.Name
			continue
		}
		out = append(out, m)
	}
	return out
}
