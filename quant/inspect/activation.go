package inspect

import (
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Activation is how an activation's values spread, and the range that its codes stand for.
type Activation struct {
	Items    int     `json:"items"`    // whose values these are
	Elements int     `json:"elements"` // in all of them
	Min      float32 `json:"min"`
	Few      float32 `json:"few"` // 0.1 % of the values are less
	Median   float32 `json:"median"`
	Most     float32 `json:"most"` // 99.9 % of the values are less
	Max      float32 `json:"max"`
	Below    int     `json:"below"` // values less than the lowest code stands for, by more than half a step
	Above    int     `json:"above"`
	Low      float32 `json:"low"` // what the lowest code stands for
	High     float32 `json:"high"`
}

// maxSample bounds the values that quantiles are taken from.
const maxSample = 1 << 18

// Spread collects an activation item by item. Extremes and counts are of all values, quantiles of
// every so many, at most maxSample of them.
type Spread struct {
	a      Activation
	sample []float32
	lo, hi float32 // beyond which a value is clipped
	per    int     // values of an item that are sampled
}

// NewSpread expects so many items with values for p, which has one scale.
func NewSpread(p scheme.QParams, items int) *Spread {
	scale, zero := p.Scale[0], p.ZeroPoint[0]
	s := &Spread{per: max(maxSample/max(items, 1), 1)}
	s.a.Low, s.a.High = scale*float32(p.QMin-zero), scale*float32(p.QMax-zero)
	s.lo, s.hi = s.a.Low-scale*edge, s.a.High+scale*edge
	return s
}

// Add takes the values of an item.
func (s *Spread) Add(x []float32) {
	if len(x) == 0 {
		return
	}
	lo, hi := extremes(x)
	if s.a.Items == 0 {
		s.a.Min, s.a.Max = lo, hi
	}
	s.a.Min, s.a.Max = min(s.a.Min, lo), max(s.a.Max, hi)
	s.a.Items++
	s.a.Elements += len(x)
	for _, v := range x {
		if v < s.lo {
			s.a.Below++
		} else if v > s.hi {
			s.a.Above++
		}
	}
	for i, step := 0, (len(x)+s.per-1)/s.per; i < len(x); i += step {
		s.sample = append(s.sample, x[i])
	}
}

// Activation is what has been collected.
func (s *Spread) Activation() Activation {
	a := s.a
	if len(s.sample) == 0 {
		return a
	}
	sorted := slices.Sorted(slices.Values(s.sample))
	at := func(share float64) float32 { return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)] }
	a.Few, a.Median, a.Most = at(0.001), at(0.5), at(0.999)
	return a
}
