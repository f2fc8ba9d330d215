package store

import (
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Training is a result being recovered by training: first a form, then a run like any other, whose losses come while
// it goes on.
type Training struct {
	Draft recipe.Recipe           // that will be run
	Edits map[form.FieldID]string // texts of its fields that are not valid yet
	Curve Curve                   // of the training under way, or the last one

	Kept *Kept // a training that did not end

	of  *Result // whose form is open; nil: none is
	job int     // that trains

	pausing int // job that is to end with a checkpoint
}

// Kept is a training as it stood, to go on from.
type Kept struct {
	Recipe      recipe.Recipe
	Step, Steps int
	Curve       Curve
	File        File // the checkpoint

	model *Model
	data  *Data
}

// LeftTraining is a training that can be taken up again, nil if there is none.
func (s State) LeftTraining() *Kept {
	if k := s.Training.Kept; k != nil && k.model == s.Model && k.data == s.Data && len(s.Jobs) == 0 {
		return k
	}
	return nil
}

// kept takes up a checkpoint.
func (s State) kept(a Stepped) State {
	if a.Step.Kept > 0 {
		s.Training.Kept = &Kept{s.Jobs[0].Recipe, a.Step.Kept, a.Step.Total, s.Training.Curve, a.Checkpoint, s.Model, s.Data}
	}
	return s
}

// PauseTraining ends the training behind its present step; it can be taken up again.
type PauseTraining struct{}

func (PauseTraining) apply(s State) (State, []Effect) {
	if !s.InTraining() || s.Clock.Stage != protocol.StageTrain {
		return s, nil
	}
	m, err := protocol.Pause.Ask(0, protocol.PauseRequest{})
	if err != nil {
		return s, nil
	}
	s.Training.pausing = s.Jobs[0].ID
	return s, []Effect{Post{Message: m}}
}

// ResumeTraining goes on with the training that was left.
type ResumeTraining struct{}

func (ResumeTraining) apply(s State) (State, []Effect) {
	k := s.LeftTraining()
	if k == nil {
		return s, nil
	}
	s.Recipe, s.Edits = k.Recipe, nil
	s, effects := request(s, protocol.Run, protocol.RunRequest{Recipe: k.Recipe}, Job{Recipe: k.Recipe, Files: []File{k.File}})
	s.Training.of, s.Training.job, s.Training.Curve = nil, s.last, k.Curve
	return s, effects
}

// DropTraining forgets the training that was left.
type DropTraining struct{}

func (DropTraining) apply(s State) (State, []Effect) {
	s.Training.Kept = nil
	return s, nil
}

// Curve is the course of a training.
type Curve struct {
	Now    protocol.Training // without losses and scores
	Losses []protocol.Loss
	Scores []protocol.Score
}

// Usual ways to train, for a network that has been trained before.
const (
	usualEpochs = 3
	usualBatch  = 16
)

// Trains tells whether the form of the result that is shown is open.
func (s State) Trains() bool { return s.Training.of != nil && s.Training.of == s.Result }

// InTraining tells whether a run is under way that trains.
func (s State) InTraining() bool {
	j, working := s.Working()
	return working && j.Kind == protocol.Run.Kind && j.Recipe.Train != (recipe.Training{})
}

// Shown is the curve to show: of the training under way, or of the result; nil if there is none.
func (s State) Shown() *Curve {
	if s.InTraining() && s.Jobs[0].ID == s.Training.job {
		return &s.Training.Curve
	}
	if s.Result != nil {
		return s.Result.Curve
	}
	return nil
}

// Untrained tells in a sentence why the draft cannot be run now; empty if it can.
func (s State) Untrained() string {
	if why := s.Unexamined(); why != "" {
		return why
	}
	if len(s.Training.Edits) > 0 {
		return "A setting is not valid yet."
	}
	if err := s.Training.Draft.Validate(); err != nil {
		return err.Error() + "."
	}
	t := s
	t.Recipe = s.Training.Draft
	if calibration, evaluation := t.Split(); calibration == 0 || evaluation == 0 {
		return "So many items to train on leave none to evaluate: take fewer."
	}
	return ""
}

// Steps is how many steps the draft takes, and on how many items.
func (s State) Steps() (steps, items int) {
	t := s
	t.Recipe = s.Training.Draft
	items, _ = t.Split()
	r := t.Recipe.Train.Full()
	return r.Epochs * ((items + r.Batch - 1) / r.Batch), items
}

// costOfItem is how many times as long an item of a training step takes as one that calibrates: forward, backward
// and update, of which none is as fast as a network that only runs. It is on the safe side.
const costOfItem = 12

// Cost estimates the seconds of the draft's training, from those that the result's run took; false if they are unknown.
func (s State) Cost() (float64, bool) {
	r := s.Training.of
	if r == nil || r.Seconds == 0 || r.Recipe.Train != (recipe.Training{}) {
		return 0, false
	}
	t := s
	t.Recipe = r.Recipe
	calibration, evaluation := t.Split()
	_, items := s.Steps()
	return r.Seconds / workOf(calibration, evaluation) * costOfItem * float64(items*s.Training.Draft.Train.Epochs), true
}

// OpenTraining opens the form that recovers the result, or closes it.
type OpenTraining struct{ On bool }

func (a OpenTraining) apply(s State) (State, []Effect) {
	s.Training.of, s.Training.Edits = nil, nil
	if !a.On || s.Result == nil {
		return s, nil
	}
	s.Training.of, s.Training.Draft = s.Result, s.Result.Recipe
	if t := &s.Training.Draft.Train; *t == (recipe.Training{}) {
		t.Epochs, t.Batch = usualEpochs, usualBatch
	} else {
		*t = t.Full()
	}
	return s, nil
}

// TrainingText is what a field of the form shows, and what is wrong with it, if anything.
func (s State) TrainingText(f form.Field) (text, wrong string) {
	return texts(f, s.Training.Draft, s.Training.Edits)
}

// EditTraining is what the user typed into a field of the form.
type EditTraining struct {
	Field form.Field
	Text  string
}

func (a EditTraining) apply(s State) (State, []Effect) {
	s.Training.Draft, s.Training.Edits = edited(a.Field, a.Text, s.Training.Draft, s.Training.Edits)
	return s, nil
}

// PickTraining is what the user chose from a list of the form.
type PickTraining struct {
	Choice form.Choice
	Value  string
}

func (a PickTraining) apply(s State) (State, []Effect) {
	a.Choice.Set(&s.Training.Draft, a.Value)
	return s, nil
}

// Train runs the draft.
type Train struct{}

func (Train) apply(s State) (State, []Effect) {
	if s.Untrained() != "" {
		return s, nil
	}
	s.Recipe, s.Edits = s.Training.Draft, nil
	s.Training.of = nil
	s, effects := start(s)
	s.Said = "Training has begun."
	return s, effects
}

// trained takes up what the core tells of a training.
func (s State) trained(job int, t *protocol.Training) State {
	if t == nil {
		return s
	}
	if s.Training.job != job {
		s.Training.job, s.Training.Curve = job, Curve{}
	}
	c := &s.Training.Curve
	epoch := c.Now.Epoch
	c.Losses, c.Scores = append(c.Losses[:len(c.Losses):len(c.Losses)], t.Losses...), append(c.Scores[:len(c.Scores):len(c.Scores)], t.Scores...)
	c.Now = *t
	c.Now.Losses, c.Now.Scores = nil, nil
	if epoch > 0 && t.Epoch > epoch { // once an epoch is enough for a screen reader
		s.Said = "Epoch " + phrase.Count(int64(t.Epoch)) + " of " + phrase.Count(int64(t.Epochs)) + "."
	}
	return s
}

// curve is what a finished job's training went through; nil if it did not train.
func (s State) curve(job int) *Curve {
	if s.Training.job != job || job == 0 {
		return nil
	}
	c := s.Training.Curve
	return &c
}
