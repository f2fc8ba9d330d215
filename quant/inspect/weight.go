// Package inspect turns tensors into what a person looks at: the histogram of a weight with the codes
// that stand for it, the spread of an activation against its calibrated range, the picture that a
// network's input is, and a network's first answers. What comes in are plain numbers, what goes out
// are small values that a page draws. Nothing here reaches a digest.
package inspect

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Weight is a weight beside its quantized self. Positions are in steps: x/scale + zero point, so that
// one axis serves every channel, and the codes are the whole numbers from QMin to QMax.
type Weight struct {
	Elements int       `json:"elements"`
	Min      float32   `json:"min"`
	Max      float32   `json:"max"`
	Low      float64   `json:"low"`     // position at which Float begins
	High     float64   `json:"high"`    // and ends; both hold QMin and QMax
	Float    []int     `json:"float"`   // elements in equal bins from Low to High
	Codes    []int     `json:"codes"`   // elements that became each code from QMin on; none where there are more than maxCodes
	Used     int       `json:"used"`    // codes that some element of some channel became; of other grids the different numbers
	Clipped  int       `json:"clipped"` // elements beyond the outermost codes by more than half a step
	MSE      float64   `json:"mse"`
	SQNR     float64   `json:"sqnr"`
	Channels []Channel `json:"channels"` // of the channel axis; none for a tensor without one
}

// Channel is one channel of a weight.
type Channel struct {
	Min     float32 `json:"min"`
	Max     float32 `json:"max"`
	Low     float32 `json:"low"`  // what the lowest code stands for
	High    float32 `json:"high"` // and the highest
	Used    int     `json:"used"`
	Clipped int     `json:"clipped"`
}

const (
	bins     = 96
	maxCodes = 1024
	// edge is where clipping begins, in steps beyond the outermost code: half a step, and as much as the
	// float32 arithmetic of a range may put its own end outside.
	edge = 0.5 + 1e-3
)

// WeightOf looks at w, C order, and at what becomes of it when from is quantized with p: w itself, or what
// a fake-quantizer made of it. axis is the channel axis, -1 for none; where p has a scale for each channel
// it is p's. Where p's grid is not one of integers there are no codes.
func WeightOf(w, from []float32, shape []int, axis int, p scheme.QParams, rule scheme.Rule) Weight {
	if p.Axis >= 0 {
		axis = p.Axis
	}
	rounded := make([]float32, len(w))
	p.FakeQuantize(rounded, from, shape, rule)
	out := Weight{Elements: len(w), Low: float64(p.QMin), High: float64(p.QMax)}
	if len(w) == 0 {
		return out
	}
	out.Min, out.Max = extremes(w)
	positions := make([]float64, len(w))
	of, scaled := make([]int, len(w)), make([]int, len(w)) // channel of an element, and its scale
	for c, run := range p.Groups(shape, len(w)) {
		for i := run.From; i < run.To; i++ {
			scaled[i] = c
		}
	}
	if axis >= 0 {
		out.Channels = make([]Channel, shape[axis])
		for c, run := range scheme.Channels(shape, axis) {
			for i := run.From; i < run.To; i++ {
				of[i] = c
			}
		}
	}
	s := seen{codes: int(p.QMax-p.QMin) + 1, p: p}
	whole := p.Grid.Whole()
	if whole && s.codes <= maxCodes {
		out.Codes = make([]int, s.codes)
	}
	for i, x := range w {
		scale, zero := float64(p.Scale[scaled[i]]), float64(p.ZeroPoint[scaled[i]])
		at := float64(x)/scale + zero
		if at-at != 0 {
			at = zero // a broken weight has no place
		}
		positions[i] = at
		out.Low, out.High = min(out.Low, at), max(out.High, at)
		code := int(math.Round(float64(rounded[i])/scale + zero - float64(p.QMin)))
		clipped := whole && (at < float64(p.QMin)-edge || at > float64(p.QMax)+edge)
		if clipped {
			out.Clipped++
		}
		if code = min(max(code, 0), s.codes-1); out.Codes != nil {
			out.Codes[code]++
		}
		s.see(0, code)
		if axis >= 0 {
			s.see(1+of[i], code)
			out.Channels[of[i]].take(x, clipped)
		}
		out.MSE += square(float64(x) - float64(rounded[i]))
	}
	out.MSE /= float64(len(w))
	var signal report.Signal
	signal.Add(w, rounded)
	out.SQNR = signal.SQNR()
	if out.Used = s.count(0); !whole {
		out.Used = len(slices.Compact(slices.Sorted(slices.Values(rounded))))
	}
	for c := range out.Channels {
		ch := &out.Channels[c]
		for k := range p.Blocks(shape) {
			scale, zero := s.params(c*p.Blocks(shape) + k)
			low, high := float32((float64(p.QMin)-zero)*scale), float32((float64(p.QMax)-zero)*scale)
			if k > 0 { // the widest block
				low, high = min(low, ch.Low), max(high, ch.High)
			}
			ch.Low, ch.High = low, high
		}
		ch.Used = s.count(1 + c)
	}
	out.Float = histogram(positions, out.Low, out.High)
	return out
}

// take adds an element. A channel starts at its first one.
func (c *Channel) take(x float32, clipped bool) {
	if c.Used == 0 {
		c.Min, c.Max, c.Used = x, x, 1
	}
	c.Min, c.Max = min(c.Min, x), max(c.Max, x)
	if clipped {
		c.Clipped++
	}
}

// seen remembers which codes there were, for the tensor (0) and each channel (from 1).
type seen struct {
	p     scheme.QParams
	codes int
	bits  [][]uint64
}

func (s *seen) params(at int) (scale, zero float64) {
	if s.p.Axis < 0 {
		at = 0
	}
	return float64(s.p.Scale[at]), float64(s.p.ZeroPoint[at])
}

func (s *seen) see(set, code int) {
	for len(s.bits) <= set {
		s.bits = append(s.bits, make([]uint64, (s.codes+63)/64))
	}
	s.bits[set][code/64] |= 1 << (code % 64)
}

func (s *seen) count(set int) int {
	n := 0
	for b := range s.codes {
		if set < len(s.bits) && s.bits[set][b/64]>>(b%64)&1 == 1 {
			n++
		}
	}
	return n
}

func histogram(positions []float64, low, high float64) []int {
	counts := make([]int, bins)
	width := (high - low) / bins
	for _, x := range positions {
		counts[min(max(int((x-low)/width), 0), bins-1)]++
	}
	return counts
}

func extremes(x []float32) (lo, hi float32) {
	lo, hi = x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

func square(x float64) float64 { return x * x }
