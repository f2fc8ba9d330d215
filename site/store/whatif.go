package store

import (
	"encoding/json"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// WhatIf is what is tried on the selected layer before it becomes part of the recipe.
type WhatIf struct {
	Open    bool
	Change  inspect.WhatIf // that is tried; empty for the result as it is
	Tried   *inspect.Tried // of a change of this layer, maybe not yet of the last one
	Problem string

	of     detailKey // what Tried is about
	posed  string    // the change that the core was asked for last
	flight trial
	asked  int
}

// trial is how far the question is that is under way.
type trial uint8

const (
	rested    trial = iota
	fitting         // nothing is known of it yet
	measuring       // what it does to the layer is known
)

// Current tells whether Tried is of the change that is asked for, and measured on the network.
func (w WhatIf) Current() bool { return w.Fits() && w.flight == rested }

// Fits tells whether what Tried says of the layer is of the change that is asked for.
func (w WhatIf) Fits() bool {
	return w.Tried != nil && w.flight != fitting && w.posed == w.text()
}

// text is the change, to compare.
func (w WhatIf) text() string {
	text, err := json.Marshal(w.Change)
	if err != nil {
		return ""
	}
	return string(text)
}

// OpenWhatIf shows what can be tried on the selected layer, or hides it.
type OpenWhatIf struct{ On bool }

func (a OpenWhatIf) apply(s State) (State, []Effect) {
	s.WhatIf = WhatIf{Open: a.On}
	return s, nil
}

// Suppose tries a change.
type Suppose struct{ Change inspect.WhatIf }

func (a Suppose) apply(s State) (State, []Effect) {
	s.WhatIf.Change, s.WhatIf.Problem = a.Change, ""
	return s, nil
}

// TriedOut is the core's answer to the question what a change does.
type TriedOut struct {
	Job   int
	Tried protocol.Tried
}

func (a TriedOut) apply(s State) (State, []Effect) {
	w := &s.WhatIf
	if w.flight == rested || a.Job != w.asked {
		return s, nil
	}
	w.Tried, w.flight = &a.Tried.Tried, measuring
	if a.Tried.Done {
		w.flight = rested
	}
	return s, nil
}

// askWhatIf asks what the change does. Until the layer's numbers are there nothing more is asked: whoever drags would
// have every question given up for the next one. The measuring of the network is.
func askWhatIf(s State) (State, []Effect) {
	w := s.WhatIf
	l, _, selected := s.Selected()
	if !w.Open || !selected || !s.Answerable() || s.Detail.Waiting {
		return s, nil
	}
	of := detailKey{s.Result, l.Name}
	if w.of != of {
		w = WhatIf{Open: true, of: of}
		s.WhatIf = w
	}
	text := w.text()
	if w.flight == fitting || w.Problem != "" || text == w.posed {
		return s, nil
	}
	q := protocol.WhatIfRequest{Run: s.Result.Run, Recipe: s.Result.Recipe, Layer: l.Index, WhatIf: w.Change}
	return ask(s, protocol.WhatIf, q, func(s *State, number int) {
		s.WhatIf.posed, s.WhatIf.asked, s.WhatIf.flight = text, number, fitting
	})
}

// giveUp forgets the question that is under way, so that it is asked again.
func (w WhatIf) giveUp() WhatIf {
	if w.flight != rested {
		w.posed, w.flight = "", rested
	}
	return w
}

// Asis is a quantizer of the result as a change that changes nothing.
func Asis(q inspect.Quantizer) inspect.Instead {
	return inspect.Instead{Bits: q.Scheme.Bits, PerChannel: q.Scheme.PerChannel, Observer: q.Observer}
}

// Adopt makes what is tried a setting of the layer, and runs. A range that was dragged is none: observers find ranges.
type Adopt struct{}

func (Adopt) apply(s State) (State, []Effect) {
	l, _, ok := s.Selected()
	if !ok || !s.Adoptable() {
		return s, nil
	}
	own, _ := s.Own(l.Name)
	own.Name, own.Float = l.Name, false
	weight, input := s.Quantizers(l)
	own.Weight = adopted(own.Weight, s.Recipe.Weight, weight, s.WhatIf.Change.Weight)
	own.Activation = adopted(own.Activation, s.Recipe.Activation, input, s.WhatIf.Change.Input)
	s.WhatIf = WhatIf{Open: true}
	return s.override(replace(s.Recipe.Overrides, own))
}

// Adoptable tells whether something is tried that a recipe can hold.
func (s State) Adoptable() bool {
	l, _, ok := s.Selected()
	if !ok || s.Elsewhere() {
		return false
	}
	weight, input := s.Quantizers(l)
	differs := func(q *inspect.Quantizer, c *inspect.Instead) bool {
		if q == nil || c == nil {
			return false
		}
		without := *c
		without.Range = nil
		return without != Asis(*q)
	}
	return differs(weight, s.WhatIf.Change.Weight) || differs(input, s.WhatIf.Change.Input)
}

// adopted is a layer's own setting with a change.
func adopted(own *recipe.Quantizer, all recipe.Quantizer, q *inspect.Quantizer, c *inspect.Instead) *recipe.Quantizer {
	if q == nil || c == nil {
		return own
	}
	out := all
	if own != nil {
		out = *own
	}
	out.Scheme = q.Scheme
	out.Scheme.Bits, out.Scheme.PerChannel, out.Scheme.Block = c.Bits, c.PerChannel, 0 // a trial has no blocks
	if c.Observer != out.Observer {
		out.Observer, out.EMARatio, out.ObserverOptions = c.Observer, 0, observer.Options{}
		if k, err := observer.KindOf(c.Observer); err == nil && k.Average {
			out.EMARatio = 0.9
		}
	}
	return &out
}
