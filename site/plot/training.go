package plot

import (
	"math"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
)

// Course draws a number over the steps of a training, which may still be under way, in width × height units.
type Course struct {
	Path      string    // SVG path data
	Dots      []Dot     // where it was measured seldom
	Lines     []float64 // y of the levels that it is compared with
	Low, High float64   // at the lower and the upper edge
}

// Point is a number after so many steps.
type Point struct {
	Step  int
	Value float64
}

// mostPoints is how many points a line is drawn of: neighbours are drawn as their mean.
const mostPoints = 200

// NewCourse draws points, which are in the order of the steps, and levels.
func NewCourse(points []Point, steps int, levels []float64, width, height float64) Course {
	drawn := thinned(points)
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range drawn {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	for _, v := range levels {
		low, high = min(low, v), max(high, v)
	}
	if low > high {
		low, high = 0, 1
	}
	room := max((high-low)/12, 1e-3*max(math.Abs(high), 1e-3))
	low, high = low-room, high+room
	y := func(v float64) float64 { return height * (1 - (v-low)/(high-low)) }
	c := Course{Low: low, High: high}
	var path strings.Builder
	for i, p := range drawn {
		d := Dot{X: width * float64(p.Step) / float64(max(steps, 1)), Y: y(p.Value)}
		c.Dots = append(c.Dots, d)
		point(&path, i, d.X, d.Y)
	}
	c.Path = path.String()
	for _, v := range levels {
		c.Lines = append(c.Lines, y(v))
	}
	return c
}

// thinned has the mean of neighbours where there are too many points to draw.
func thinned(points []Point) []Point {
	each := (len(points) + mostPoints - 1) / mostPoints
	if each <= 1 {
		return points
	}
	var out []Point
	for len(points) > 0 {
		some := points[:min(each, len(points))]
		out = append(out, Point{some[len(some)-1].Step, mean(some)})
		points = points[len(some):]
	}
	return out
}

func mean(points []Point) float64 {
	sum := 0.0
	for _, p := range points {
		sum += p.Value
	}
	return sum / float64(len(points))
}

// CourseSentence says where the losses of a training began and where they are, as the means of its first and last tenth.
func CourseSentence(points []Point) string {
	if len(points) == 0 {
		return "There is no loss yet."
	}
	tenth := max(len(points)/10, 1)
	return "Loss " + phrase.Small(mean(points[:tenth])) + " at first, " + phrase.Small(mean(points[len(points)-tenth:])) + " after " + phrase.Plural(points[len(points)-1].Step, "step", "steps") + "."
}
