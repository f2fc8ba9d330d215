package store

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Guard is what is known of whether the images come to the float network as it was trained.
type Guard struct {
	inspect.Guard
	Problem string // why nothing is
	Waiting bool

	key         previewKey
	asked       int
	done, total int
}

// askGuard asks once for each model, data and preprocessing, in the background: whatever else is asked comes first, and
// no files are opened for it alone.
func askGuard(s State) (State, []Effect) {
	key, err := s.previewKey()
	if err != nil || len(s.Edits) > 0 || key == s.Guard.key || !s.held.model || !s.held.data {
		return s, nil
	}
	return ask(s, protocol.Guard, protocol.GuardRequest{Recipe: s.Recipe}, func(s *State, number int) {
		s.Guard = Guard{key: key, asked: number, Waiting: true}
	})
}

// Guarded is what was found about the present preprocessing, nil as long as nothing is.
func (s State) Guarded() *inspect.Guard {
	if key, err := s.previewKey(); err != nil || s.Guard.Waiting || s.Guard.Problem != "" || s.Model == nil || s.Data == nil || key != s.Guard.key {
		return nil
	}
	return &s.Guard.Guard
}

// GuardWords says how far the check of the preprocessing is, or what it found where there is nothing to warn of.
func (s State) GuardWords() string {
	found := s.Guarded()
	switch {
	case s.Guard.Waiting && s.Guard.total > 0:
		return "Checking it on some images… " + phrase.Percent(float64(s.Guard.done)/float64(s.Guard.total))
	case s.Guard.Waiting:
		return "Checking it on some images…"
	case found == nil || found.Sentence != "" || len(found.Tried) == 0:
		return ""
	case found.Given.Labelled > 0:
		return fmt.Sprintf("Checked: in float %d of %d images are right.", found.Given.Right, found.Given.Labelled)
	}
	return fmt.Sprintf("Checked on %s without labels: no other preset suits the network clearly better.", phrase.Plural(found.Given.Items, "image", "images"))
}

// Checked is the core's answer to the question whether the preprocessing fits.
type Checked struct {
	Job   int
	Guard inspect.Guard
}

func (a Checked) apply(s State) (State, []Effect) {
	if !s.Guard.Waiting || a.Job != s.Guard.asked {
		return s, nil
	}
	s.Guard.Guard, s.Guard.Waiting = a.Guard, false
	if a.Guard.Sentence != "" {
		s.Said = a.Guard.Sentence
	}
	return s, nil
}

// TakePreprocess takes the preprocessing that was found to be better.
type TakePreprocess struct{}

func (TakePreprocess) apply(s State) (State, []Effect) {
	found := s.Guarded()
	if found == nil || found.Better == nil {
		return s, nil
	}
	s.Recipe.Preprocess, s.Recipe.Data.ClassOffset, s.Edits = found.Better.Preprocess, found.Better.ClassOffset, nil
	s.Said = "Preprocessing changed to " + found.Better.Name + "."
	return s, nil
}
