package report

import "math"

// Measure is by what a quantized output is held against float's: by what the output means.
type Measure string

// The measures. Each has its places: where the numbers of an output are answers, the share of them that stays.
const (
	Classes   Measure = "classes"   // items: the largest number is the answer
	Positions Measure = "positions" // of a sequence: the largest number at each is the answer
	Pixels    Measure = "pixels"    // of an image: the largest number at each is the answer
	Decisions Measure = "decisions" // each number says yes or no, ½ or more or less
	Embedding Measure = "embedding" // the direction counts
	Values    Measure = "values"    // numbers that are meant as they are
	Signals   Measure = "signal"    // nothing is known of them
)

// Measures lists all.
func Measures() []Measure {
	return []Measure{Classes, Positions, Pixels, Decisions, Embedding, Values, Signals}
}

// Counted tells whether the measure is the share of answers that stay.
func (m Measure) Counted() bool {
	switch m {
	case Classes, Positions, Pixels, Decisions:
		return true
	}
	return false
}

// Output is how near a quantized network's output is to another's.
type Output struct {
	Name      string  `json:"name"`
	Measure   Measure `json:"measure"`
	Quantized Near    `json:"quantized"` // the simulation's to float's
	Integer   Near    `json:"integer"`   // the integer engine's to the simulation's
}

// Near is how near one output is to another, over all items.
type Near struct {
	Same   int64   `json:"same,omitempty"` // answers that are the same, where they are counted
	Of     int64   `json:"of,omitempty"`
	Cosine float64 `json:"cosine"`
	Error  float64 `json:"error"` // ‖difference‖ / ‖the first‖
	SQNR   float64 `json:"sqnr"`  // dB
}

// Value is the one figure that Measure m is about: a share, a cosine, a relative error, or decibels.
func (n Near) Value(m Measure) float64 {
	switch {
	case m.Counted():
		return float64(n.Same) / float64(max(n.Of, 1))
	case m == Embedding:
		return n.Cosine
	case m == Values:
		return n.Error
	}
	return n.SQNR
}

// Comparison collects a Near, item by item, in their order.
type Comparison struct {
	Measure Measure
	Classes int // along the axis of classes, where there is one; 1: the numbers are classes
	Inner   int // numbers behind each of that axis
	signal  Signal
	n       Near
}

// Add takes one item of both; x and y have the same length.
func (c *Comparison) Add(x, y []float32) {
	c.signal.Add(x, y)
	switch c.Measure {
	case Decisions:
		for i := range x {
			c.count((x[i] >= 0.5) == (y[i] >= 0.5))
		}
	case Classes, Positions, Pixels:
		for from := 0; from < len(x); from += c.Classes * c.Inner {
			for i := range c.Inner {
				c.count(c.largest(x, from+i) == c.largest(y, from+i))
			}
		}
	}
}

func (c *Comparison) count(same bool) {
	c.n.Of++
	if same {
		c.n.Same++
	}
}

// largest is the class at one place: the number itself where there is one only.
func (c *Comparison) largest(x []float32, at int) float32 {
	if c.Classes == 1 {
		return x[at]
	}
	best := 0
	for k := range c.Classes {
		if v, b := x[at+k*c.Inner], x[at+best*c.Inner]; v > b || b != b && v == v {
			best = k
		}
	}
	return float32(best)
}

// Near is what was collected.
func (c *Comparison) Near() Near {
	n := c.n
	n.Cosine, n.Error, n.SQNR = c.signal.Cosine(), c.signal.Error(), c.signal.SQNR()
	return n
}

// Error is ‖float − quantized‖ / ‖float‖, 0 where nothing differs, and at most 10^(LimitSQNR/20).
func (s *Signal) Error() float64 {
	const most = 1e10
	switch {
	case s.noise == 0:
		return 0
	case !(s.float > 0) || !(s.noise <= math.MaxFloat64):
		return most
	}
	return min(math.Sqrt(s.noise/s.float), most)
}
