package plot

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
)

// Outcome is what a run reached: bytes of parameters, and answers that are right or agree, of so many.
type Outcome struct {
	Bytes     int64
	Right, Of int
}

func (o Outcome) ratio() float64 { return float64(o.Right) / float64(max(o.Of, 1)) }

// Trade draws size against accuracy: a dot for each run with its 95 % interval, the float network as
// crosshair, and a line over the runs that none beats in both.
type Trade struct {
	Dots           []Dot
	Labels         []Label // numbers of the runs, those together that are too near to each other for numbers of their own
	Best           string  // SVG path data of the line
	FloatX, FloatY float64 // of the crosshair; the float network may be to the right of the picture, or left
	Low, High      string  // accuracy at the lower and the upper edge
	Small, Large   string  // bytes at the left and the right edge, whose axis is logarithmic
}

// Two runs that are nearer than this to each other share a label.
const apartX, apartY = 26, 16

// Label is the numbers of runs beside a dot: 1–3, 7. Before tells that it ends at X, where the picture ends soon.
type Label struct {
	X, Y   float64
	Text   string
	Before bool
}

// Dot is a run in the picture; From and To are the y of its interval.
type Dot struct{ X, Y, From, To float64 }

// NewTrade draws the runs in width × height units.
func NewTrade(runs []Outcome, float Outcome, width, height float64) Trade {
	low, high := float.ratio(), float.ratio()
	small, large := int64(math.MaxInt64), int64(0)
	for _, r := range runs {
		from, to := Wilson(r.Right, r.Of)
		low, high = min(low, from), max(high, to)
		small, large = min(small, r.Bytes), max(large, r.Bytes)
	}
	if len(runs) == 0 {
		small, large = float.Bytes, float.Bytes
	}
	room := max(0.005, (high-low)/20)
	low, high = max(0, low-room), min(1, high+room)
	left, right := math.Log(0.9*float64(max(small, 1))), math.Log(1.1*float64(max(large, 1)))
	x := func(bytes int64) float64 { return width * (math.Log(float64(max(bytes, 1))) - left) / (right - left) }
	y := func(ratio float64) float64 { return height * (1 - (ratio-low)/(high-low)) }
	t := Trade{
		FloatX: x(float.Bytes), FloatY: y(float.ratio()), Low: phrase.Percent(low), High: phrase.Percent(high),
		Small: phrase.Bytes(int64(math.Exp(left))), Large: phrase.Bytes(int64(math.Exp(right))),
	}
	for _, r := range runs {
		from, to := Wilson(r.Right, r.Of)
		t.Dots = append(t.Dots, Dot{x(r.Bytes), y(r.ratio()), y(from), y(to)})
	}
	t.Labels = labels(t.Dots, width)
	var best strings.Builder
	for i, r := range front(runs) {
		point(&best, i, x(r.Bytes), y(r.ratio()))
	}
	t.Best = best.String()
	return t
}

// labels gives every dot a number, each beside the first one of those that are near to it.
func labels(dots []Dot, width float64) []Label {
	var out []Label
	var at [][]int // the runs of each label
	for i, d := range dots {
		near := slices.IndexFunc(at, func(runs []int) bool {
			first := dots[runs[0]]
			return math.Abs(first.X-d.X) < apartX && math.Abs(first.Y-d.Y) < apartY
		})
		if near < 0 {
			near, at = len(at), append(at, nil)
		}
		at[near] = append(at[near], i)
	}
	for _, runs := range at {
		l := Label{X: dots[runs[0]].X, Y: dots[runs[0]].Y, Before: dots[runs[0]].X > 0.6*width, Text: numbers(runs)}
		for _, i := range runs {
			if l.Before {
				l.X = min(l.X, dots[i].X)
			} else {
				l.X = max(l.X, dots[i].X)
			}
		}
		out = append(out, l)
	}
	return out
}

// numbers counts from 1 and writes three in a row or more as a range.
func numbers(runs []int) string {
	var parts []string
	for i := 0; i < len(runs); {
		end := i
		for end+1 < len(runs) && runs[end+1] == runs[end]+1 {
			end++
		}
		if end-i < 2 {
			end = i
		}
		part := strconv.Itoa(runs[i] + 1)
		if end > i {
			part += "–" + strconv.Itoa(runs[end]+1)
		}
		parts, i = append(parts, part), end+1
	}
	return strings.Join(parts, ", ")
}

// front are the runs that no other beats in both, the smallest first.
func front(runs []Outcome) []Outcome {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b Outcome) int {
		if a.Bytes != b.Bytes {
			return int(min(max(a.Bytes-b.Bytes, -1), 1))
		}
		return b.Right - a.Right
	})
	var out []Outcome
	for _, r := range sorted {
		if len(out) == 0 || r.ratio() > out[len(out)-1].ratio() {
			out = append(out, r)
		}
	}
	return out
}

// Wilson is the 95 % interval of a ratio counted on n items (Wilson's score interval).
func Wilson(right, n int) (from, to float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.96
	p, m := float64(right)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return max(0, middle-half), min(1, middle+half)
}

// TradeSentence names the smallest and the best run; measure is what their answers are counted by.
func TradeSentence(runs []Outcome, float Outcome, measure string) string {
	if len(runs) == 0 {
		return ""
	}
	small, best := 0, 0
	for i, r := range runs {
		if r.Bytes < runs[small].Bytes {
			small = i
		}
		if r.ratio() > runs[best].ratio() {
			best = i
		}
	}
	tell := func(i int) string {
		return "run " + strconv.Itoa(i+1) + ", " + phrase.Bytes(runs[i].Bytes) + " at " + phrase.Percent(runs[i].ratio())
	}
	return phrase.Plural(len(runs), "run", "runs") + " by size and " + measure + ": smallest is " + tell(small) + "; best is " + tell(best) +
		"; float is " + phrase.Bytes(float.Bytes) + " at " + phrase.Percent(float.ratio()) + "."
}
