package store

import (
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Job is a command the core has been given and not yet answered.
type Job struct {
	ID    int
	Kind  protocol.Kind
	Files []File
	// Sample marks files that ship with the page.
	Sample bool
	// Quiet jobs hand files to a fresh worker again; they lead nowhere.
	Quiet bool
	// Recipe is what a run was asked for.
	Recipe recipe.Recipe
	// Format is what an export was asked for.
	Format string
}

// Clock is the progress of the running job. Times are in milliseconds of the page's clock.
type Clock struct {
	Start float64 // of the job; 0 until its first step
	Stage string
	Since float64 // start of the stage
	Done  int
	Total int
	Now   float64
	// Item is the time per item of the last counted stage, 0 if unknown.
	Item float64
	// Calibrated is that of calibration, 0 if unknown.
	Calibrated float64
	// Left is what the core says of the seconds left, 0 if it says nothing, negative if they are over.
	Left float64
}

// request queues a job whose success ends the last problem, the files first if the worker is fresh.
func request[Q, A any](s State, e protocol.Endpoint[Q, A], q Q, j Job) (State, []Effect) {
	s.Problem = nil
	s, effects := home(s, e.Kind)
	s, files := refill(s)
	s, more := enqueue(s, e, q, j)
	return s, slices.Concat(effects, files, more)
}

// enqueue numbers a command, remembers it and sends it.
func enqueue[Q, A any](s State, e protocol.Endpoint[Q, A], q Q, j Job) (State, []Effect) {
	if s.NoEngine != "" {
		s.Problem = s.noEngine()
		return s, nil
	}
	s.last++
	j.ID, j.Kind = s.last, e.Kind
	m, err := e.Ask(j.ID, q)
	if err != nil {
		s.Problem = &Problem{What: "The settings cannot be sent to the engine.", Why: err.Error(), Next: "Reset the recipe to a preset."}
		return s, nil
	}
	if len(s.Jobs) == 0 {
		s.Clock = Clock{}
	}
	s = s.giveUp()
	s.Jobs = append(s.Jobs[:len(s.Jobs):len(s.Jobs)], j)
	return s, []Effect{Post{Message: m, Files: j.Files}}
}

// finish takes the job with that number off the list. It reports whether it was there: answers to
// abandoned jobs are dropped.
func finish(s State, id int) (State, Job, bool) {
	for i, j := range s.Jobs {
		if j.ID == id {
			s.Jobs = append(s.Jobs[:i:i], s.Jobs[i+1:]...)
			s.Clock = Clock{}
			return s, j, true
		}
	}
	return s, Job{}, false
}

// stop abandons every job by ending the worker.
func stop(s State) (State, []Effect) {
	s = s.giveUp()
	s.Jobs = nil
	s.Clock = Clock{}
	s.held.model, s.held.data, s.held.run = false, false, 0
	s.Engine = nil
	restart := Restart{Threads: s.Threads, Engine: s.foreign}
	if s.foreign != (EngineFiles{}) {
		restart.Threads = 1 // the page's kernel workers are not that engine's
	}
	return s, []Effect{restart}
}

// Busy tells whether a run or a check is under way or waiting.
func (s State) Busy() bool {
	for _, j := range s.Jobs {
		if j.Kind == protocol.Run.Kind || j.Kind == protocol.Verify.Kind || j.Kind == protocol.Recheck.Kind {
			return true
		}
	}
	return false
}

// Working is the job that runs now.
func (s State) Working() (Job, bool) {
	if len(s.Jobs) == 0 {
		return Job{}, false
	}
	return s.Jobs[0], true
}

// Cancel abandons what the core is doing. The last good result stays.
type Cancel struct{}

func (Cancel) apply(s State) (State, []Effect) {
	if len(s.Jobs) == 0 {
		return s, nil
	}
	s, effects := stop(s)
	s.Said = "Cancelled."
	return s, effects
}

// Started says that a fresh core answers.
type Started struct{ Engine protocol.Engine }

func (a Started) apply(s State) (State, []Effect) {
	s.Engine, s.formats, s.NoEngine = &a.Engine, a.Engine.Formats, ""
	return s, nil
}

// Stepped is progress of a job. Now is the page's clock in milliseconds.
type Stepped struct {
	Job  int
	Step protocol.Progress
	Now  float64
	// Checkpoint is of a training, where the step says that one is there.
	Checkpoint File
}

func (a Stepped) apply(s State) (State, []Effect) {
	if s.Guard.Waiting && a.Job == s.Guard.asked {
		s.Guard.done, s.Guard.total = a.Step.Done, a.Step.Total
		return s, nil
	}
	if len(s.Jobs) == 0 || s.Jobs[0].ID != a.Job {
		return s, nil
	}
	c := s.Clock
	if c.Start == 0 {
		c.Start = a.Now
	}
	if c.Stage != a.Step.Stage {
		c.Stage, c.Since = a.Step.Stage, a.Now
	}
	c.Done, c.Total, c.Now, c.Left = a.Step.Done, a.Step.Total, a.Now, a.Step.Left
	if c.Done > 0 {
		c.Item = (c.Now - c.Since) / float64(c.Done)
	}
	if c.Stage == protocol.StageCalibrate {
		c.Calibrated = c.Item
	}
	s.Clock = c
	return s.trained(a.Job, a.Step.Training).kept(a), nil
}

// Left estimates the seconds until the end, false while nothing is known: the first two seconds, and
// before anything has been counted. An item on which layers are compared, or which is evaluated, runs
// in float, fake-quantized and on integers, so before it is reckoned at three times a calibrated one.
func (s State) Left() (float64, bool) {
	c := s.Clock
	if c.Left != 0 {
		return c.Left, c.Left > 0
	}
	if c.Item == 0 || c.Now-c.Start < 2000 {
		return 0, false
	}
	left := float64(c.Total-c.Done) * c.Item
	evaluating := 3 * c.Calibrated * float64(compared(s.evaluated())+s.evaluated())
	switch c.Stage {
	case protocol.StageCalibrate:
		if j, _ := s.Working(); j.Recipe.Refine.Rounding != (recipe.Rounding{}) {
			return 0, false // the most is still to come
		}
		left += evaluating
	case protocol.StageRefine:
		if c.Calibrated == 0 {
			return 0, false
		}
		left += evaluating
	case protocol.StageQuantize:
		left += c.Item * float64(s.evaluated()-compared(s.evaluated()))
	case protocol.StageExport:
		return 0, false
	}
	return left / 1000, true
}

// compared is on how many of the evaluated items the layers are compared.
func compared(evaluation int) int { return min(16, evaluation) }

// evaluated is the number of items that a run will evaluate.
func (s State) evaluated() int {
	if s.Data == nil {
		return 0
	}
	_, evaluation := s.Split()
	return evaluation
}

// Failed says that a job ended without a result. What waited behind it is abandoned with it.
type Failed struct {
	Job     int
	Message string
}

func (a Failed) apply(s State) (State, []Effect) {
	if a.Job < 0 {
		return s.unanswered(a), nil
	}
	s, j, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Jobs = nil
	if j.ID == s.Training.pausing {
		s.Training.pausing = 0
		s.Said = "Paused."
		return s, nil
	}
	what, next, at := "", "", Spot("")
	switch j.Kind {
	case protocol.Open.Kind:
		what = "This model could not be opened."
		next = "Choose another file: .onnx, .tflite, or PyTorch weights of a network known here. Export other models to ONNX first."
		s.held.model = false
	case protocol.Load.Kind:
		what = "These files could not be used as data."
		next = "Drop a folder of JPEG or PNG images, a .zip of one, or .npy and .npz arrays."
		s.held.data = false
	case protocol.Export.Kind:
		what, next = "The result cannot be written in this format.", "Choose another format, or quantize with the preset that it is made for."
		at = AtFormat(j.Format)
	case protocol.Compare.Kind:
		what, next = "The backends could not be compared.", "Check that the data fits the network: the Data place shows what it sees."
	case protocol.Translate.Kind:
		what, next = "This configuration cannot be used.", "Correct what is named, or paste only the part under “quantize” or “extra_prepare_dict”."
	case protocol.Mix.Kind:
		what, next = "No bits were chosen.", "Choose another backend, or check that the data fits the network."
	case protocol.Bounds.Kind:
		what, next = "The sums could not be bounded.", "Quantize again and look at the notes of the result."
	case protocol.Diagnose.Kind, protocol.Improve.Kind:
		what, next = "The diagnosis could not be finished.", "Check that the data fits the network: the Data place shows what it sees."
	case protocol.Adequacy.Kind:
		what, next = "The calibration items could not be checked.", "Check that the data fits the network: the Data place shows what it sees."
	case protocol.Verify.Kind, protocol.Recheck.Kind:
		what, next = "The check could not be finished.", "Make sure that the model and the data are those of this result."
	default:
		what, next = "The run ended without a result.", "Check the preprocessing against what the network was trained with, then try again."
	}
	s.Problem = &Problem{What: what, Why: sentence(a.Message), Next: next, At: at}
	return s, nil
}

// sentence makes one of an error's text. Where it begins with the name of something it stays as it is.
func sentence(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if strings.Trim(first, "abcdefghijklmnopqrstuvwxyz,") == "" && text != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if text != "" && !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// workOf reckons a run in items: calibrating one is 1, comparing or evaluating one is 3.
func workOf(calibration, evaluation int) float64 {
	return float64(calibration + 3*compared(evaluation) + 3*evaluation)
}

// long tells whether a stage may take longer than all others, and has a bar of its own.
func long(stage string) bool {
	return stage == protocol.StageTrain || stage == protocol.StageRefine
}

// ending is where the bar waits for what was begun to end.
const ending = 0.98

// Fraction is how much of the running job is done, false where that is not known. Every stage of a run that
// workOf leaves out is 4 % of it together.
func (s State) Fraction() (float64, bool) {
	j, working := s.Working()
	c := s.Clock
	if !working {
		return 0, false
	}
	if c.Left != 0 && !long(c.Stage) {
		spent := c.Now - c.Start
		return min(spent/(spent+1000*max(c.Left, 0)), ending), true
	}
	part := 0.0
	if c.Total > 0 {
		part = float64(c.Done) / float64(c.Total)
	}
	if j.Kind != protocol.Run.Kind && j.Kind != protocol.Verify.Kind {
		return part, c.Total > 0
	}
	calibration, evaluation := s.Split()
	work := workOf(calibration, evaluation)
	if work == 0 {
		return 0, false
	}
	const before, after = 0.02, 0.02
	share := func(items int) float64 { return (1 - before - after) * float64(items) / work }
	calibrated := before + share(calibration)
	if long(c.Stage) {
		return part, true
	}
	quantized := calibrated + share(6*compared(evaluation))
	switch c.Stage {
	case protocol.StageCalibrate:
		return before + part*(calibrated-before), true
	case protocol.StageQuantize:
		return calibrated + part*(quantized-calibrated), true
	case protocol.StageEvaluate:
		return quantized + part*(1-after-quantized), true
	case protocol.StageExport:
		return 1 - after, true
	}
	return before / 2, true
}
