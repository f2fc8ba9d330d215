package plot

import (
	"math"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
)

// Settling draws what resampling gives over the number of items, which is logarithmic, in width × height units.
type Settling struct {
	Middle    string  // SVG path data
	Band      string  // SVG path data of the area in which most of it lies
	Low, High float64 // at the lower and the upper edge
}

// NewSettling draws a list, ascending by items, whose numbers are multiplied by unit.
func NewSettling(list []inspect.Settled, unit, width, height float64) Settling {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range list {
		low, high = min(low, unit*p.Low), max(high, unit*p.High)
	}
	if !(high > low) {
		high = low + 1
	}
	first, last := float64(list[0].Items), float64(list[len(list)-1].Items)
	x := func(items int) float64 { return width * math.Log(float64(items)/first) / math.Log(last/first) }
	y := func(v float64) float64 { return height * (high - unit*v) / (high - low) }
	var middle, band strings.Builder
	for i, p := range list {
		point(&middle, i, x(p.Items), y(p.Middle))
		point(&band, i, x(p.Items), y(p.High))
	}
	for i := range list {
		p := list[len(list)-1-i]
		line(&band, 'L', x(p.Items), y(p.Low))
	}
	band.WriteByte('Z')
	return Settling{middle.String(), band.String(), low, high}
}
