package plot

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
)

// Box places an activation's values on an axis, with the calibrated range as a bracket.
type Box struct {
	Min, Few, Median, Most, Max float64 // x of the extremes, of the middle 99.8 %, and of the median
	Low, High                   float64 // x of what the outermost codes stand for
	Zero                        float64
	Over                        []Span // beyond the range
}

// NewBox draws a in width units.
func NewBox(a inspect.Activation, width float64) Box {
	low, high := min(a.Min, a.Low, 0), max(a.Max, a.High, 0)
	if low == high {
		high = low + 1
	}
	x := func(v float32) float64 { return width * (float64(v) - float64(low)) / (float64(high) - float64(low)) }
	b := Box{
		Min: x(a.Min), Few: x(a.Few), Median: x(a.Median), Most: x(a.Most), Max: x(a.Max),
		Low: x(a.Low), High: x(a.High), Zero: x(0),
	}
	if a.Below > 0 {
		b.Over = append(b.Over, Span{b.Min, b.Low - b.Min})
	}
	if a.Above > 0 {
		b.Over = append(b.Over, Span{b.High, b.Max - b.High})
	}
	return b
}

// ActivationTable lists the numbers of the box.
func ActivationTable(a inspect.Activation) Table {
	return Table{Head: []string{"what", "value"}, Rows: [][]string{
		{"range from", phrase.Float(a.Low)},
		{"range to", phrase.Float(a.High)},
		{"least", phrase.Float(a.Min)},
		{"0.1 % are less", phrase.Float(a.Few)},
		{"median", phrase.Float(a.Median)},
		{"99.9 % are less", phrase.Float(a.Most)},
		{"greatest", phrase.Float(a.Max)},
		{"values below the range", strconv.Itoa(a.Below)},
		{"values above the range", strconv.Itoa(a.Above)},
		{"values", strconv.Itoa(a.Elements)},
		{"items", strconv.Itoa(a.Items)},
	}}
}
