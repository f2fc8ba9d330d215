package plot

import (
	"math"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Histogram draws a weight as it was, an outline, over what it became, a bar for each code. Both are
// counts for each step of the grid, on one axis.
type Histogram struct {
	Outline string  // SVG path data
	Bars    string  // the same
	Grid    string  // a line for each code, where they are far enough apart; else empty
	Clipped []Span  // beyond the outermost codes
	Ticks   []Tick  // at the outermost codes and at zero
	Zero    float64 // x of the number 0
	Most    float64 // count for a step at the top
}

// Span is a part of an axis, in its units.
type Span struct{ From, Width float64 }

// Tick is a place on an axis. Value is empty where each channel has one of its own.
type Tick struct {
	X           float64
	Code, Value string
}

// closest is how near two grid lines may be drawn, in units.
const closest = 3

// NewHistogram draws w, quantized with p, in width × height units; log takes logarithms of counts.
func NewHistogram(w inspect.Weight, p scheme.QParams, width, height float64, log bool) Histogram {
	var h Histogram
	low, high := math.Min(w.Low, float64(p.QMin)-0.5), math.Max(w.High, float64(p.QMax)+0.5)
	x := func(position float64) float64 { return width * (position - low) / (high - low) }
	binWidth := (w.High - w.Low) / float64(max(len(w.Float), 1))
	density := func(n int) float64 { return float64(n) / binWidth }
	for _, n := range w.Float {
		h.Most = max(h.Most, density(n))
	}
	for _, n := range w.Codes {
		h.Most = max(h.Most, float64(n))
	}
	if h.Most == 0 {
		return h
	}
	y := func(n float64) float64 {
		if log {
			return height * (1 - math.Log1p(n)/math.Log1p(h.Most))
		}
		return height * (1 - n/h.Most)
	}
	var outline, bars, grid strings.Builder
	line(&outline, 'M', x(w.Low), height)
	for i, n := range w.Float {
		top := y(density(n))
		line(&outline, 'L', x(w.Low+float64(i)*binWidth), top)
		line(&outline, 'L', x(w.Low+float64(i+1)*binWidth), top)
	}
	line(&outline, 'L', x(w.High), height)
	step := x(1) - x(0)
	for i, n := range w.Codes {
		at := x(float64(int(p.QMin) + i))
		if step >= closest {
			line(&grid, 'M', at, 0)
			line(&grid, 'L', at, height)
		}
		if n == 0 {
			continue
		}
		// Bars of a coarse grid stand apart, so that one sees each.
		half := step / 2
		if step >= 2*closest {
			half = step * 0.36
		}
		line(&bars, 'M', at-half, height)
		line(&bars, 'L', at-half, y(float64(n)))
		line(&bars, 'L', at+half, y(float64(n)))
		line(&bars, 'L', at+half, height)
		bars.WriteByte('Z')
	}
	h.Outline, h.Bars, h.Grid = outline.String(), bars.String(), grid.String()
	if from := float64(p.QMin) - 0.5; low < from {
		h.Clipped = append(h.Clipped, Span{0, x(from)})
	}
	if to := float64(p.QMax) + 0.5; high > to {
		h.Clipped = append(h.Clipped, Span{x(to), width - x(to)})
	}
	zero := int32(0)
	if len(p.ZeroPoint) > 0 {
		zero = p.ZeroPoint[0]
	}
	h.Zero = x(float64(zero))
	for _, code := range []int32{p.QMin, zero, p.QMax} {
		t := Tick{X: x(float64(code)), Code: strings.Replace(strconv.Itoa(int(code)), "-", "−", 1)}
		if len(p.Scale) == 1 {
			t.Value = phrase.Float(p.Scale[0] * float32(code-zero))
		}
		if n := len(h.Ticks); n == 0 || t.X-h.Ticks[n-1].X > width/10 {
			h.Ticks = append(h.Ticks, t)
		}
	}
	return h
}

// WeightTable counts the elements of each code, or of each bin where there are too many codes.
func WeightTable(w inspect.Weight, p scheme.QParams) Table {
	if len(w.Codes) == 0 {
		t := Table{Head: []string{"from step", "to step", "elements"}}
		width := (w.High - w.Low) / float64(max(len(w.Float), 1))
		for i, n := range w.Float {
			from := w.Low + float64(i)*width
			t.Rows = append(t.Rows, []string{phrase.Float(float32(from)), phrase.Float(float32(from + width)), strconv.Itoa(n)})
		}
		return t
	}
	t := Table{Head: []string{"code", "elements"}}
	if len(p.Scale) == 1 {
		t.Head = []string{"code", "stands for", "elements"}
	}
	for i, n := range w.Codes {
		code := int(p.QMin) + i
		row := []string{strings.Replace(strconv.Itoa(code), "-", "−", 1)}
		if len(p.Scale) == 1 {
			row = append(row, phrase.Float(p.Scale[0]*float32(code-int(p.ZeroPoint[0]))))
		}
		t.Rows = append(t.Rows, append(row, strconv.Itoa(n)))
	}
	return t
}

// line adds a step of a path.
func line(b *strings.Builder, command byte, x, y float64) {
	b.WriteByte(command)
	coordinate(b, x, y)
}
