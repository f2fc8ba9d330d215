// Package plot makes the shapes of the page's plots, in units of an axis or as paths: figures in, no DOM.
package plot

import (
	"math"

	"github.com/quantscope/quantscope/quant/report"
)

// Bar is a horizontal bar: its width in [0, 1] of the axis, and what hurts is told apart by level,
// not by colour alone.
type Bar struct {
	Width float64
	Level Level
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

// Axis is a range of SQNRs that holds both guide lines and all values that matter, in dB.
type Axis struct{ Min, Max float64 }

// An axis ends at these: what is worse is as bad, and what is better as good.
const (
	floorDB   = -20
	ceilingDB = 60
)

// SQNRAxis spans the values: from 0, or below where a value is negative, to the next ten, 60 at most.
func SQNRAxis(values []float64) Axis {
	a := Axis{0, GoodDB}
	for _, v := range values {
		if math.IsNaN(v) || v >= report.LimitSQNR {
			continue
		}
		a.Min = min(a.Min, 10*math.Floor(max(v, floorDB)/10))
		a.Max = max(a.Max, 10*math.Ceil(min(v, ceilingDB)/10))
	}
	return a
}

// At places a value on the axis, in [0, 1].
func (a Axis) At(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return max(0, min(1, (v-a.Min)/(a.Max-a.Min)))
}

// Bar draws a layer's SQNR. A layer without error fills the axis.
func (a Axis) Bar(db float64) Bar {
	switch {
	case math.IsNaN(db):
		return Bar{0, Poor}
	case db >= report.LimitSQNR:
		return Bar{1, Good}
	}
	b := Bar{a.At(db), Fair}
	if db < PoorDB {
		b.Level = Poor
	} else if db >= GoodDB {
		b.Level = Good
	}
	return b
}
