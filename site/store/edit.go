package store

import (
	"maps"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
)

// Typing is what stands in a field while the user is in it, so that what comes meanwhile and shows the page
// anew does not put the recipe's text back. The zero Typing is when the user has left.
type Typing struct {
	Field form.FieldID
	Text  string
}

func (a Typing) apply(s State) (State, []Effect) {
	s.Typing = a
	return s, nil
}

// In is what a field shows that would show text.
func (a Typing) In(f form.FieldID, text string) string {
	if a.Field == f && f != "" {
		return a.Text
	}
	return text
}

// Edit is what the user typed into a field and left there.
type Edit struct {
	Field form.Field
	Text  string
}

func (a Edit) apply(s State) (State, []Effect) {
	s.Recipe, s.Edits = edited(a.Field, a.Text, s.Recipe, s.Edits)
	return s, nil
}

// edited is a recipe with what was typed into a field, or as it was, with the text among those that are not valid yet.
func edited(f form.Field, text string, r recipe.Recipe, edits map[form.FieldID]string) (recipe.Recipe, map[form.FieldID]string) {
	edits = maps.Clone(edits)
	changed := r
	if err := f.Set(&changed, strings.TrimSpace(text)); err != nil {
		if edits == nil {
			edits = map[form.FieldID]string{}
		}
		edits[f.ID] = text
		return r, edits
	}
	delete(edits, f.ID)
	return changed, edits
}

// Pick is what the user chose from a list.
type Pick struct {
	Choice form.Choice
	Value  string
}

func (a Pick) apply(s State) (State, []Effect) {
	a.Choice.Set(&s.Recipe, a.Value)
	return s, nil
}

// AllowOverlap lets evaluation use calibration items.
type AllowOverlap struct{ On bool }

func (a AllowOverlap) apply(s State) (State, []Effect) {
	s.Recipe.Data.Overlap = a.On
	return s, nil
}

// Switch turns a toggle on or off.
type Switch struct {
	Toggle form.Toggle
	On     bool
}

func (a Switch) apply(s State) (State, []Effect) {
	a.Toggle.Set(&s.Recipe, a.On)
	return s, nil
}

// Text is what a field shows, and what is wrong with it, if anything.
func (s State) Text(f form.Field) (text, wrong string) { return texts(f, s.Recipe, s.Edits) }

func texts(f form.Field, r recipe.Recipe, edits map[form.FieldID]string) (text, wrong string) {
	text, pending := edits[f.ID]
	if !pending {
		return f.Get(r), ""
	}
	if err := f.Set(&r, strings.TrimSpace(text)); err != nil {
		return text, "Expected " + err.Error() + "."
	}
	return text, ""
}

// Impossible is why the recipe as it is set cannot be run, in a sentence; empty if it can.
func (s State) Impossible() string {
	if err := s.Recipe.Validate(); err != nil {
		return err.Error() + "."
	}
	return ""
}

// ShowSettings shows every setting, or hides them again.
type ShowSettings struct{ On bool }

func (a ShowSettings) apply(s State) (State, []Effect) {
	s.Settings = a.On
	return s, nil
}
