package store

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Preview are a few items as the network takes them. What was seen last stays until the next is there.
type Preview struct {
	Inputs   []inspect.Input
	Pictures []string // addresses, one for each input that is a picture
	Problem  string   // why there is none
	Waiting  bool     // the core has been asked

	key   previewKey
	asked int
}

// Detail are the numbers of the selected layer.
type Detail struct {
	inspect.Layer
	Problem string
	Waiting bool

	key   detailKey
	asked int
}

// Previewed is the core's answer to the question for a preview.
type Previewed struct {
	Job      int
	Preview  protocol.Preview
	Pictures []string
}

func (a Previewed) apply(s State) (State, []Effect) {
	if !s.Preview.Waiting || a.Job != s.Preview.asked {
		return s, []Effect{Revoke{a.Pictures}}
	}
	old := s.Preview.Pictures
	s.Preview = Preview{Inputs: a.Preview.Inputs, Pictures: a.Pictures, key: s.Preview.key}
	return s, []Effect{Revoke{old}}
}

// Detailed is the core's answer to the question for a layer.
type Detailed struct {
	Job    int
	Detail protocol.LayerDetail
}

func (a Detailed) apply(s State) (State, []Effect) {
	if !s.Detail.Waiting || a.Job != s.Detail.asked {
		return s, nil
	}
	s.Detail.Layer, s.Detail.Waiting = a.Detail.Layer, !a.Detail.Done
	return s, nil
}

// unanswered notes why a question got no answer.
func (s State) unanswered(a Failed) State {
	switch {
	case s.Preview.Waiting && a.Job == s.Preview.asked:
		s.Preview.Waiting, s.Preview.Problem = false, a.Message
	case s.Outputs.Waiting && a.Job == s.Outputs.asked:
		s.Outputs.Waiting, s.Outputs.Problem = false, a.Message
	case s.Times.Waiting && a.Job == s.Times.asked:
		s.Times.Waiting, s.Times.Problem = false, a.Message
	case s.Fits.waiting && a.Job == s.Fits.asked:
		s.Fits.waiting = false
	case s.Guard.Waiting && a.Job == s.Guard.asked:
		s.Guard.Waiting, s.Guard.Problem = false, a.Message
	case s.Detail.Waiting && a.Job == s.Detail.asked:
		s.Detail.Waiting, s.Detail.Problem = false, a.Message
	case s.WhatIf.flight != rested && a.Job == s.WhatIf.asked:
		s.WhatIf.flight, s.WhatIf.Problem = rested, a.Message
	case s.Lesson.Waiting() && a.Job == s.Lesson.asked:
		s.Lesson.flight, s.Lesson.Problem = idle, a.Message
	}
	return s
}

// Sentence says what the preview shows about the preprocessing.
func (p Preview) Sentence() string {
	labelled, right := 0, 0
	for _, in := range p.Inputs {
		if in.Label < 0 {
			continue
		}
		labelled++
		if len(in.Answers) > 0 && in.Answers[0].Class == in.Label {
			right++
		}
	}
	switch {
	case labelled == 0:
		return "Are these first answers plausible? If not, the preprocessing is probably not what the network was trained with."
	case right == 0:
		return "The float network is right on none of these " + phrase.Plural(labelled, "item", "items") + ": the preprocessing or the class offset is probably not what it was trained with."
	}
	return "The float network is right on " + phrase.Count(int64(right)) + " of these " + phrase.Plural(labelled, "item", "items") + "."
}

// Pair gives each input its picture, empty where it is none.
func (p Preview) Pair() []Seen {
	var out []Seen
	pictures := p.Pictures
	for _, in := range p.Inputs {
		out = append(out, Seen{Input: in, Picture: next(&pictures, in.Width)})
	}
	return out
}

// next takes the address of an item's picture off those that are left, empty where the item, by its width, is none.
func next(pictures *[]string, width int) string {
	if width == 0 || len(*pictures) == 0 {
		return ""
	}
	first := (*pictures)[0]
	*pictures = (*pictures)[1:]
	return first
}

// Seen is an input with the address of its picture.
type Seen struct {
	inspect.Input
	Picture string
}

// ShowTable shows the numbers of a plot as a table, or hides them again.
type ShowTable struct{ Plot string }

func (a ShowTable) apply(s State) (State, []Effect) {
	if s.Layers.Table == a.Plot {
		a.Plot = ""
	}
	s.Layers.Table = a.Plot
	return s, nil
}

// ScaleCounts switches the histogram between linear and logarithmic counts.
type ScaleCounts struct{ Log bool }

func (a ScaleCounts) apply(s State) (State, []Effect) {
	s.Layers.Log = a.Log
	return s, nil
}

// SavePlot downloads a plot as a picture. Plot is its id, Of what it shows.
type SavePlot struct{ Plot, Of string }

func (a SavePlot) apply(s State) (State, []Effect) {
	return s, []Effect{SavePicture{Selector: ".plot-" + a.Plot + " > svg", Name: a.Of + "." + a.Plot + ".svg"}}
}

// SaveTable downloads the numbers of a plot.
type SaveTable struct {
	Name  string
	Table plot.Table
}

func (a SaveTable) apply(s State) (State, []Effect) {
	return s, []Effect{Save{Name: a.Name + ".csv", Type: "text/csv", Text: a.Table.CSV()}}
}
