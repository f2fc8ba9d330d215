package plot

import (
	"math"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
)

// Front draws choices of bits in width × height units: size, on a logarithmic axis, against the SQNR of the answers.
type Front struct {
	Line         string // SVG path data through the choices
	Choices      []Dot
	Tried        []Dot
	Low, High    float64 // dB at the lower and the upper edge
	Small, Large int64   // at the left and the right edge
}

// NewFront draws what was found.
func NewFront(m inspect.Mixed, width, height float64) Front {
	f := Front{Low: math.Inf(1), High: math.Inf(-1), Small: math.MaxInt64}
	see := func(size int64, db float64) {
		f.Small, f.Large = min(f.Small, size), max(f.Large, size)
		f.Low, f.High = min(f.Low, db), max(f.High, db)
	}
	for _, c := range m.Choices {
		see(c.Size, shown(c.Predicted))
	}
	for _, t := range m.Tried {
		see(t.Size, shown(*t.Measured))
	}
	if f.Large == 0 {
		return Front{}
	}
	f.Low, f.High = f.Low-2, f.High+2
	left, span := math.Log(float64(f.Small)), max(math.Log(float64(f.Large))-math.Log(float64(f.Small)), 1e-9)
	at := func(size int64, db float64) Dot {
		return Dot{X: min(width, width*(math.Log(float64(size))-left)/span), Y: height * (1 - (db-f.Low)/(f.High-f.Low))}
	}
	var line strings.Builder
	for i, c := range m.Choices {
		d := at(c.Size, shown(c.Predicted))
		f.Choices = append(f.Choices, d)
		point(&line, i, d.X, d.Y)
	}
	f.Line = line.String()
	for _, t := range m.Tried {
		f.Tried = append(f.Tried, at(t.Size, shown(*t.Measured)))
	}
	return f
}

// shown is an SQNR within the picture: next to no noise is nothing to draw to scale.
func shown(db float64) float64 { return max(-20, min(db, report.LimitSQNR, 80)) }

// FrontSentence tells the ends of what was found, and the best that was tried.
func FrontSentence(m inspect.Mixed) string {
	if len(m.Choices) == 0 {
		return ""
	}
	say := func(n int64) string {
		if m.Operations {
			return phrase.Small(float64(n)/1e6) + " million bit operations"
		}
		return phrase.Bytes(n)
	}
	first, last := m.Choices[0], m.Choices[len(m.Choices)-1]
	out := "Bits of layers by size and SQNR of the answers: from " + say(first.Size) + " at " + phrase.Decibels(first.Predicted) + " to " + say(last.Size) + " at " + phrase.Decibels(last.Predicted) + ", predicted."
	if n := len(m.Tried); n > 0 {
		out += " " + phrase.Plural(n, "choice was", "choices were") + " tried; the largest gave " + phrase.Decibels(*m.Tried[n-1].Measured) + "."
	}
	return out
}
