package store

import (
	"slices"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Training is a result being recovered by training: a run like any other, whose losses come while it goes on.
type Training struct {
	Curve Curve // of the training under way, or the last one
	Kept  *Kept // a training, or a rounding that is learned, that did not end

	job     int // that trains
	pausing int // job that is to end with a checkpoint
}

// Kept is a training or a rounding as it stood, to go on from.
type Kept struct {
	Recipe      recipe.Recipe
	Stage       string // which of both
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
		s.Training.Kept = &Kept{s.Jobs[0].Recipe, a.Step.Stage, a.Step.Kept, a.Step.Total, s.Training.Curve, a.Checkpoint, s.Model, s.Data}
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

// ResumeTraining goes on with the training or the rounding that was left.
type ResumeTraining struct{}

func (ResumeTraining) apply(s State) (State, []Effect) {
	k := s.LeftTraining()
	if k == nil {
		return s, nil
	}
	s.Recipe, s.Edits = k.Recipe, nil
	s, effects := request(s, protocol.Run, protocol.RunRequest{Recipe: k.Recipe}, Job{Recipe: k.Recipe, Files: []File{k.File}})
	s.Draft = Draft{}
	if k.Recipe.Train != (recipe.Training{}) {
		s.Training.job, s.Training.Curve = s.last, k.Curve
	}
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

// Worse says that the training has made the network worse, by the evaluation items on which it was followed; empty if it
// has not, or nothing was trained.
func (c *Curve) Worse(r recipe.Training) string {
	if c == nil || len(c.Scores) < 2 {
		return ""
	}
	return phrase.Worse(c.Scores[0].Accuracy, c.Scores[len(c.Scores)-1].Accuracy, r)
}

// Usual ways to train, for a network that has been trained before.
const (
	usualEpochs = 3
	usualBatch  = 16
)

// InTraining tells whether a run is under way that trains.
func (s State) InTraining() bool {
	j, working := s.Working()
	return working && j.Kind == protocol.Run.Kind && j.Recipe.Train != (recipe.Training{})
}

// Shown is the curve to show: of the training under way, or of the result; nil if there is none.
func (s State) Shown() *Curve {
	if slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.ID == s.Training.job && j.Recipe.Train != (recipe.Training{}) }) {
		return &s.Training.Curve
	}
	if s.Result != nil {
		return s.Result.Curve
	}
	return nil
}

// Steps is how many steps the draft takes, and on how many items.
func (s State) Steps() (steps, items int) {
	items, _ = s.draftSplit()
	r := s.Draft.Recipe.Train.Full()
	return r.Epochs * ((items + r.Batch - 1) / r.Batch), items
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
	epoch, stood := c.Now.Epoch, c.Now.Quantizers
	c.Losses, c.Scores = append(c.Losses[:len(c.Losses):len(c.Losses)], t.Losses...), append(c.Scores[:len(c.Scores):len(c.Scores)], t.Scores...)
	c.Now = *t
	c.Now.Losses, c.Now.Scores = nil, nil
	if t.Quantizers == nil {
		c.Now.Quantizers = stood
	}
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
