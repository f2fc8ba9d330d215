package store

import (
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Form names what the result that is shown can be made better by, with a form of its own.
type Form string

// The forms.
const (
	NoForm       Form = ""
	FormTraining Form = "training"
	FormRounding Form = "rounding"
	FormBits     Form = "bits"
)

// Draft is a recipe that is filled in beside a result, to be run next.
type Draft struct {
	Recipe recipe.Recipe
	Edits  map[form.FieldID]string // texts of its fields that are not valid yet

	form Form
	of   *Result
}

// OpenedForm is the form that is open beside the result that is shown.
func (s State) OpenedForm() Form {
	if s.Draft.of == nil || s.Draft.of != s.Result {
		return NoForm
	}
	return s.Draft.form
}

// OpenForm opens a form beside the result, or closes what is open.
type OpenForm struct{ Form Form }

func (a OpenForm) apply(s State) (State, []Effect) {
	s.Draft = Draft{}
	if a.Form == NoForm || s.Result == nil {
		return s, nil
	}
	s.Draft = Draft{Recipe: s.Result.Recipe, form: a.Form, of: s.Result}
	r := &s.Draft.Recipe
	switch {
	case a.Form == FormTraining && r.Train == (recipe.Training{}):
		r.Train.Epochs, r.Train.Batch = usualEpochs, usualBatch
		if d := s.Data; d != nil && d.Summary.Items > 0 && d.Summary.Labelled == d.Summary.Items { // labels say more than the float network's answers
			r.Train.Labels = 1
		}
	case a.Form == FormTraining:
		r.Train = r.Train.Full()
	case a.Form == FormRounding && (r.Refine.Rounding == (recipe.Rounding{}) || r.Refine.Rounding.Method == recipe.GPTQ): // which Recommended has
		r.Refine.Rounding = recipe.Rounding{Method: recipe.BRECQ}
	case a.Form == FormBits && s.Choices() != nil:
		s = s.choose(s.Mixed.At)
	}
	return s, []Effect{Reveal{a.Form.id()}}
}

// id is that of the element that shows the form, and what becomes of it.
func (f Form) id() string {
	if f == FormTraining {
		return "training-title"
	}
	return string(f) + "-form"
}

// DraftText is what a field of the form shows, and what is wrong with it, if anything.
func (s State) DraftText(f form.Field) (text, wrong string) {
	return texts(f, s.Draft.Recipe, s.Draft.Edits)
}

// EditDraft is what the user typed into a field of the form.
type EditDraft struct {
	Field form.Field
	Text  string
}

func (a EditDraft) apply(s State) (State, []Effect) {
	s.Draft.Recipe, s.Draft.Edits = edited(a.Field, a.Text, s.Draft.Recipe, s.Draft.Edits)
	return s, nil
}

// PickDraft is what the user chose from a list of the form.
type PickDraft struct {
	Choice form.Choice
	Value  string
}

func (a PickDraft) apply(s State) (State, []Effect) {
	a.Choice.Set(&s.Draft.Recipe, a.Value)
	return s, nil
}

// SwitchDraft turns a setting of the form on or off.
type SwitchDraft struct {
	Toggle form.Toggle
	On     bool
}

func (a SwitchDraft) apply(s State) (State, []Effect) {
	a.Toggle.Set(&s.Draft.Recipe, a.On)
	return s, nil
}

// Unready tells in a sentence why the draft cannot be run now; empty if it can.
func (s State) Unready() string {
	if why := s.Unexamined(); why != "" {
		return why
	}
	if len(s.Draft.Edits) > 0 {
		return "A setting is not valid yet."
	}
	if err := s.Draft.Recipe.Validate(); err != nil {
		return err.Error() + "."
	}
	if calibration, evaluation := s.draftSplit(); calibration == 0 || evaluation == 0 {
		return "That many items to learn from leaves none to evaluate: use fewer."
	}
	return ""
}

// draftSplit is Split by the draft.
func (s State) draftSplit() (calibration, evaluation int) {
	s.Recipe = s.Draft.Recipe
	return s.Split()
}

// RunDraft runs the draft; its form closes.
type RunDraft struct{}

func (RunDraft) apply(s State) (State, []Effect) {
	if s.OpenedForm() == NoForm || s.Unready() != "" {
		return s, nil
	}
	said := map[Form]string{FormTraining: "Training has begun.", FormRounding: "Learning has begun.", FormBits: "Quantizing with these bits."}[s.OpenedForm()]
	trains, steps, epochs := s.OpenedForm() == FormTraining, 0, s.Draft.Recipe.Train.Full().Epochs
	if trains {
		steps, _ = s.Steps()
	}
	s.Recipe, s.Edits, s.Draft = s.Draft.Recipe, nil, Draft{}
	s, effects := start(s)
	s.Said = said
	if trains { // its course is there from the press on
		s.Training.job, s.Training.Curve = s.last, Curve{Now: protocol.Training{Epochs: epochs, Steps: steps}}
		effects = append(effects, Reveal{FormTraining.id()})
	}
	return s, effects
}

// each is the seconds that an item takes to calibrate, by the run of the result; false if that says nothing. GPTQ adds so little
// that a run with it does.
func (s State) each() (float64, bool) {
	r := s.Draft.of
	if r == nil || r.Seconds == 0 || r.Recipe.Train != (recipe.Training{}) {
		return 0, false
	}
	if m := r.Recipe.Refine.Rounding.Method; m != "" && m != recipe.GPTQ {
		return 0, false
	}
	s.Recipe = r.Recipe
	return r.Seconds / workOf(s.Split()), true
}

// costOfItem is how many times as long an item of a training step takes as one that calibrates: forward, backward
// and update together take three to four times a forward run of large networks (the benchmark Step of quant/train), less of
// small ones, whose runs have other costs.
const costOfItem = 4

// Cost estimates the seconds that the draft's training or learning takes, from those that the result's run took; false if they are
// unknown.
func (s State) Cost() (float64, bool) {
	each, known := s.each()
	calibration, _ := s.draftSplit()
	r := s.Draft.Recipe
	switch rounding := r.Refine.Rounding; {
	case s.Draft.form == FormTraining:
		return each * costOfItem * float64(calibration*r.Train.Epochs), known
	case rounding.Method == recipe.GPTQ:
		return each * roundingPasses * float64(calibration), known
	default: // a step of each part is together one of the network
		return each * costOfItem * float64(rounding.Full().Iterations*min(r.Data.Batch, calibration)), known
	}
}

// roundingPasses is about how many passes over the calibration items GPTQ takes.
const roundingPasses = 4
