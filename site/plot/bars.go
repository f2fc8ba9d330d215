// Package plot makes the shapes of the page's plots, in units of an axis or as paths: figures in, no DOM.
package plot

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/report"
)

// Bar is a horizontal bar: where it begins and its width, in [0, 1] of the axis. What hurts is told apart by
// level, not by colour alone.
type Bar struct {
	From, Width float64
	Level       Level
}

// Level is a rule of thumb for an SQNR: below 20 dB a layer usually costs accuracy, above 40 dB it
// usually does not.
type Level string

// The three levels.
const (
	Poor Level = "poor" // under PoorDB
	Fair Level = "fair"
	Good Level = "good" // GoodDB and more
)

// The guide lines of an SQNR axis, in dB.
const (
	PoorDB = 20
	GoodDB = 40
)

// Axis is a range of SQNRs, in dB.
type Axis struct{ Min, Max float64 }

// SQNRAxis is the same for every result, so that bars can be compared from one to the next. What is worse is as
// bad as its beginning, what is better as good as its end. Bars begin at 0 dB: as much error as signal.
func SQNRAxis() Axis { return Axis{-10, 60} }

// At places a value on the axis, in [0, 1].
func (a Axis) At(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return max(0, min(1, (v-a.Min)/(a.Max-a.Min)))
}

// Bar draws a layer's SQNR, from zero to either side. A layer without error fills the axis.
func (a Axis) Bar(db float64) Bar {
	zero := a.At(0)
	switch {
	case math.IsNaN(db):
		return Bar{zero, 0, Poor}
	case db >= report.LimitSQNR:
		return Bar{zero, 1 - zero, Good}
	case db < 0:
		return Bar{a.At(db), zero - a.At(db), Poor}
	}
	b := Bar{zero, a.At(db) - zero, Fair}
	if db < PoorDB {
		b.Level = Poor
	} else if db >= GoodDB {
		b.Level = Good
	}
	return b
}

// MarkedDrop is by how many dB a layer has to be worse than the one before it for that to be marked.
const MarkedDrop = 6

// Drops says by how much each layer is worse than the one before it in the network, in dB, by name; only what is
// to be marked.
func Drops(layers []report.Layer) map[string]float64 {
	inOrder := slices.Clone(layers)
	slices.SortFunc(inOrder, func(a, b report.Layer) int { return a.Index - b.Index })
	out := map[string]float64{}
	for i := 1; i < len(inOrder); i++ {
		before, here := min(inOrder[i-1].SQNR, report.LimitSQNR), min(inOrder[i].SQNR, report.LimitSQNR)
		if before-here >= MarkedDrop {
			out[inOrder[i].Name] = before - here
		}
	}
	return out
}
