package store

import (
	"slices"
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Mixed is which bits layers should have, and which choice of them the user looks at.
type Mixed struct {
	inspect.Mixed
	At int // among the choices

	of *Result
}

// Choices are those for the result that is shown, nil before they are known.
func (s State) Choices() *Mixed {
	if m := s.Mixed; m.of != nil && m.of == s.Result && len(m.Choices) > 0 {
		return &m
	}
	return nil
}

// Mix finds out which bits layers should have within budgets of bytes, or of bit operations.
type Mix struct{ Operations bool }

func (a Mix) apply(s State) (State, []Effect) {
	if s.Unexamined() != "" {
		return s, nil
	}
	s.Mixed = Mixed{of: s.Result}
	return request(s, protocol.Mix, protocol.MixRequest{Recipe: s.Result.Recipe, Operations: a.Operations}, Job{})
}

// MixCost estimates the seconds that Mix takes: for each number of bits the network is calibrated, and run behind each layer,
// which on average is half of it.
func (s State) MixCost() (float64, bool) {
	each, known := s.each()
	calibration, _ := s.draftSplit()
	layers := 0
	for _, l := range s.Result.Report.Layers {
		if l.WeightBits > 0 {
			layers++
		}
	}
	const widths, points, judges = 6, 6, 32
	return each * float64(widths*(calibration+judges*layers/2)+points*(calibration+judges)), known
}

// BitsFound is the core's answer.
type BitsFound struct {
	Job   int
	Mixed inspect.Mixed
}

func (a BitsFound) apply(s State) (State, []Effect) {
	s, _, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Mixed = Mixed{Mixed: a.Mixed, of: s.Mixed.of}
	s.Said = strconv.Itoa(len(a.Mixed.Choices)) + " choices of bits, from the smallest to the best."
	return s.choose(len(a.Mixed.Choices) / 2), nil
}

// ChooseBits looks at one of the choices.
type ChooseBits struct{ At int }

func (a ChooseBits) apply(s State) (State, []Effect) {
	if s.Choices() == nil {
		return s, nil
	}
	return s.choose(a.At), nil
}

// choose looks at a choice, and makes it the draft.
func (s State) choose(at int) State {
	if len(s.Mixed.Choices) == 0 {
		return s
	}
	s.Mixed.At = max(0, min(at, len(s.Mixed.Choices)-1))
	c := s.Mixed.Choices[s.Mixed.At]
	if s.OpenedForm() == FormBits {
		s.Draft.Recipe = s.Mixed.of.Recipe.Mixed(s.Mixed.Layers, c.Bits, s.Mixed.Operations)
	}
	return s
}

// Chosen is the choice that is looked at.
func (m Mixed) Chosen() inspect.Mix { return m.Choices[m.At] }

// Width is a number of layers with so many bits.
type Width struct{ Bits, Layers int }

// Widths counts the layers of a choice by bits, the most bits first.
func Widths(m inspect.Mix) []Width {
	var out []Width
	for _, b := range m.Bits {
		i := slices.IndexFunc(out, func(w Width) bool { return w.Bits == b })
		if i < 0 {
			i, out = len(out), append(out, Width{Bits: b})
		}
		out[i].Layers++
	}
	slices.SortFunc(out, func(a, b Width) int { return b.Bits - a.Bits })
	return out
}

// String is the bits, or float.
func (w Width) String() string {
	if w.Bits == recipe.FloatBits {
		return "float"
	}
	return strconv.Itoa(w.Bits) + " bits"
}
