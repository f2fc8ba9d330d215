package plot

import (
	"math"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
)

// Area draws counts of equal bins from one place to another as an area, by their logarithm; 100 × 100 units.
func Area(bins []int, from, to float64) string {
	most := 1
	for _, n := range bins {
		most = max(most, n)
	}
	var b strings.Builder
	line(&b, 'M', from, 100)
	for i, n := range bins {
		y := 100 * (1 - math.Log1p(float64(n))/math.Log1p(float64(most)))
		for _, edge := range []int{i, i + 1} {
			line(&b, 'L', from+(to-from)*float64(edge)/float64(len(bins)), y)
		}
	}
	line(&b, 'L', to, 100)
	return b.String()
}

// Extents draws a line from the least to the greatest of each channel, one below the other; 100 × 100 units. at
// says where a number lies, from 0 to 1.
func Extents(channels []inspect.Channel, at func(float32) float64) string {
	var b strings.Builder
	for i, c := range channels {
		y := 100 * (float64(i) + 0.5) / float64(len(channels))
		line(&b, 'M', 100*at(c.Min), y)
		line(&b, 'L', 100*at(c.Max), y)
	}
	return b.String()
}

// Tracking draws weights on their way; 100 × 100 units, the highest code on top.
type Tracking struct {
	Boundaries     string // between codes
	Calm, Restless string // those that came back to a code are restless
	Codes          []Mark // X is the place from the top
}

// Tracks draws a practice.
func Tracks(t inspect.Practice) Tracking {
	low, high := float64(t.QMin)-0.75, float64(t.QMax)+0.75
	y := func(at float64) float64 { return 100 * (high - min(max(at, low), high)) / (high - low) }
	var out Tracking
	var edges, calm, restless strings.Builder
	every := max(1, int(t.QMax-t.QMin+1)/8) // codes that are named
	for c := t.QMin; c <= t.QMax; c++ {
		if c > t.QMin {
			line(&edges, 'M', 0, y(float64(c)-0.5))
			line(&edges, 'L', 100, y(float64(c)-0.5))
		}
		if int(c-t.QMin)%every == 0 {
			out.Codes = append(out.Codes, Mark{X: y(float64(c)), Name: strconv.Itoa(int(c))})
		}
	}
	for _, track := range t.Tracks {
		b := &calm
		if track.Back > 0 {
			b = &restless
		}
		for i, at := range track.At {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			line(b, command, 100*float64(i)/float64(max(t.Steps, 1)), y(float64(at)))
		}
	}
	out.Boundaries, out.Calm, out.Restless = edges.String(), calm.String(), restless.String()
	return out
}

// Losses draws a practice's losses, the greatest on top and 0 at the bottom; 100 × 100 units.
func Losses(t inspect.Practice) string {
	most := 0.0
	for _, l := range t.Losses {
		most = max(most, l)
	}
	if most == 0 {
		most = 1
	}
	var b strings.Builder
	for i, l := range t.Losses {
		point(&b, i, 100*float64(i)/float64(max(t.Steps-1, 1)), 100*(1-l/most))
	}
	return b.String()
}
