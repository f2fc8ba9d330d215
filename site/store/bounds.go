package store

import (
	"encoding/hex"
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Bounds is how far the integer sums of a result can reach.
type Bounds struct {
	inspect.Bounds

	of *Result
}

// Proven are the bounds of the result that is shown, nil before they are known.
func (s State) Proven() *Bounds {
	if b := s.Bounds; b.of != nil && b.of == s.Result && !s.has(protocol.Bounds.Kind) {
		return &b
	}
	return nil
}

// Sum is that of a layer, false where it is not known or the layer does not run on integers.
func (s State) Sum(layer string) (inspect.Sum, bool) {
	if b := s.Proven(); b != nil {
		for _, x := range b.Sums {
			if x.Name == layer {
				return x, true
			}
		}
	}
	return inspect.Sum{}, false
}

// ProveBounds bounds the sums of the result's integer layers.
type ProveBounds struct{}

func (ProveBounds) apply(s State) (State, []Effect) {
	if s.Unexamined() != "" {
		return s, nil
	}
	s.Bounds = Bounds{of: s.Result}
	return request(s, protocol.Bounds, protocol.BoundsRequest{Run: s.Result.Run, Recipe: s.Result.Recipe}, Job{})
}

// Bounded is the core's answer.
type Bounded struct {
	Job    int
	Bounds inspect.Bounds
}

func (a Bounded) apply(s State) (State, []Effect) {
	s, _, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Bounds.Bounds = a.Bounds
	s.Said = phrase.Bounds(a.Bounds)
	if s.Place != AtInspect { // who went on meanwhile is not called back
		return s, nil
	}
	return s, []Effect{Reveal{"bounds-title"}}
}

// Table lists the sums with the inputs that reach them.
func (b Bounds) Table() plot.Table {
	t := plot.Table{Head: []string{"layer", "products", "worst channel", "least", "greatest", "bits", "channels beyond 32 bits", "pairs beyond 16 bits", "needs 7 bits", "input codes, hexadecimal"}}
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	for _, s := range b.Sums {
		t.Rows = append(t.Rows, []string{
			s.Name, strconv.Itoa(s.Terms), strconv.Itoa(s.Channel), n(s.Low), n(s.High), strconv.Itoa(s.Bits), strconv.Itoa(s.Overflow),
			strconv.Itoa(s.Saturating), strconv.FormatBool(s.SevenBits), hex.EncodeToString(s.Input),
		})
	}
	return t
}
