package receipt

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/report"
)

// Status is the outcome of one step of a comparison.
type Status string

// The three outcomes. Not run is not a match: the step had nothing to compare.
const (
	Match   Status = "match"
	Differs Status = "differs"
	NotRun  Status = "not run"
)

// Step is one line of a verdict.
type Step struct {
	Name     string `json:"name"`
	Status   Status `json:"status"`
	Expected string `json:"expected"`         // what the receipt says; empty where it says nothing
	Got      string `json:"got"`              // what was computed here; empty where it was not
	Layer    string `json:"layer,omitempty"`  // the first layer, tensor, quantizer or item that differs
	Detail   string `json:"detail,omitempty"` // how it differs, or what a step rests on: a sentence without its full stop

	contradicts bool // it differs because what the receipt says does not fit together
}

// Verdict is the steps of one comparison, in the order of the pipeline.
type Verdict []Step

// Differs tells whether some step differs. A file that is another one and has the same graph and weights
// does not count. False is not the same as verified: steps may not have run.
func (v Verdict) Differs() bool {
	resaved := v.Resaved()
	return slices.ContainsFunc(v, func(s Step) bool { return s.Status == Differs && !(resaved && s.Name == StepModel) })
}

// Resaved tells whether the model's file is another one with the same graph and weights.
func (v Verdict) Resaved() bool {
	return slices.ContainsFunc(v, func(s Step) bool { return s.Name == StepModel && s.Status == Differs && s.Expected != s.Got }) &&
		v.Status(StepGraph) == Match && v.Status(StepWeights) == Match
}

// OfModel are the steps that need no data, the first ones.
func (v Verdict) OfModel() Verdict {
	if i := slices.IndexFunc(v, func(s Step) bool { return s.Name == StepCalibration }); i >= 0 {
		return v[:i]
	}
	return v
}

// Status is that of the named step; NotRun where there is none.
func (v Verdict) Status(name string) Status {
	for _, s := range v {
		if s.Name == name {
			return s.Status
		}
	}
	return NotRun
}

// first is what the first of the named steps that names something names.
func (v Verdict) first(names ...string) string {
	i := slices.IndexFunc(v, func(s Step) bool { return s.Layer != "" && slices.Contains(names, s.Name) })
	if i < 0 {
		return ""
	}
	return v[i].Layer
}

// The steps, in the order of the pipeline. Those of layers are of version 2.
const (
	StepModel       = "model"
	StepGraph       = "graph"
	StepWeights     = "weights"
	StepRecipe      = "recipe"
	StepCodes       = "quantized weights"
	StepProbes      = "integer layers"
	StepCalibration = "calibration data"
	StepQParams     = "qparams"
	StepEvaluation  = "evaluation data"
	StepLogits      = "logits"
	StepInteger     = "integer logits"
	StepSQNR        = "layers' SQNR"
	StepMetrics     = "metrics"
)

// Verification is what checking a receipt found.
type Verification struct {
	Steps   Verdict      `json:"steps"`
	Layers  []LayerCheck `json:"layers,omitempty"` // one for each of the receipt's; none where the networks' layers cannot be told to be the same
	Cause   string       `json:"cause,omitempty"`  // a guess at why it differs, one sentence
	Engine  string       `json:"engine,omitempty"` // which release the receipt says to be of, one sentence; empty where it is this one
	Metrics Metrics      `json:"metrics"`          // as computed here; zero where nothing was
}

// Local is what was computed here, as far as it was: a receipt of which fields may be zero, and what a
// sentence about a difference needs besides.
type Local struct {
	Receipt
	Tensors    []string // names, one for each of Model.Tensors
	Places     []string // of each: how many numbers, and of which node
	Quantizers []string // names, one for each of Activations
	Given      string   // digest of all quantizers' numbers where those of activations are the receipt's; empty where it is not known
	Exchanged  bool     // the calibration items lead to the receipt's Activations with red and blue exchanged
	Calibrated Items    // one's own that calibrated; none where the set is the receipt's
	Evaluated  Items    // likewise
	Unprobed   string   // why the probes could not be run, if they were to be
	Miscounted string   // why this release never made the receipt's probes, if it says it did
	Misfit     string   // why no calibration of the network here leads to the receipt's Activations, if none does
}

// Compare sets what was computed here against what a receipt says, in the order of the pipeline: the
// first step that differs is where to look.
func Compare(expected *Receipt, got *Local) Verification {
	v := Verification{Metrics: got.Metrics, Engine: engine(expected.Engine, got.Engine)}
	calibration, calibrated := items(StepCalibration, expected.Data.Calibration, got.Data.Calibration, got.Calibrated)
	evaluation, evaluated := items(StepEvaluation, expected.Data.Evaluation, got.Data.Evaluation, got.Evaluated)
	qparams := step(StepQParams, expected.Digests.QParams, got.Digests.QParams)
	logits := step(StepLogits, expected.Digests.Logits, got.Digests.Logits)
	integer := step(StepInteger, expected.Digests.Integer, got.Digests.Integer)
	model := model(expected, got)
	recipe := step(StepRecipe, expected.RecipeDigest, got.RecipeDigest)
	if expected.Format == Format1 {
		v.Steps = Verdict{model, recipe, calibration, evaluation, qparams, logits, integer, metrics(expected.Metrics, got.Metrics)}
		return v
	}
	graph, weights := step(StepGraph, expected.Model.Graph, got.Model.Graph), weights(expected, got)
	v.Steps = Verdict{
		model, graph, weights, recipe, codes(expected, got), probes(expected, got),
		calibration, qparamsOf(qparams, graph.Status == Match, weights.Status == Match, expected, got), evaluation, logits, integer, sqnr(expected, got), metrics(expected.Metrics, got.Metrics),
	}
	if v.Steps.Resaved() {
		v.Steps[0].Detail = "a re-saved file: graph and weights are the same"
	}
	v.Layers = checkLayers(expected, got)
	v.Cause = cause(v.Steps, max(calibrated, evaluated), expected, got)
	return v
}

// engine says what a receipt of another release is worth here.
func engine(there, here string) string {
	if there == here {
		return ""
	}
	return fmt.Sprintf("The receipt says that %s computed it, and this is %s: where they differ, that release settles it.", called(there), here)
}

// called is an engine by its name, in quotes where that is none of ours: it may be written as a sentence.
func called(engine string) string {
	if _, ours := ReleaseOf(engine); ours {
		return clip(engine)
	}
	return fmt.Sprintf("%q", clip(engine))
}

// model compares the files. The same file has as many bytes and the same layers, whatever computed the receipt.
func model(expected *Receipt, got *Local) Step {
	s := step(StepModel, expected.Model.SHA256, got.Model.SHA256)
	if s.Status != Match {
		return s
	}
	if there, here := expected.Model.Bytes, got.Model.Bytes; there != here && here != 0 {
		s.Status, s.contradicts, s.Detail = Differs, true, fmt.Sprintf("the file has %d bytes, not %d: the receipt contradicts itself", here, there)
		return s
	}
	for i := range min(len(expected.Layers), len(got.Layers)) {
		if there, here := expected.Layers[i].Name, got.Layers[i].Name; there != here && expected.Engine == got.Engine {
			s.Status, s.contradicts, s.Layer = Differs, true, here
			s.Detail = fmt.Sprintf("its layer %d is %s, not %s: the receipt contradicts itself", i+1, here, there)
			return s
		}
	}
	return s
}

// String is empty for a set that was not used.
func (s Set) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d items)", s.Digest, s.Count)
}

// String tells every figure, so that equal texts are equal metrics. It is empty where nothing was measured.
func (m Metrics) String() string {
	if m == (Metrics{}) {
		return ""
	}
	sizes := fmt.Sprintf("%d → %d bytes", m.BytesBefore, m.BytesAfter)
	if m.N == 0 {
		return sizes
	}
	agreement := fmt.Sprintf("agreement %d of %d, %s", m.Agreement, m.N, sizes)
	if m.Measure != "" {
		agreement = fmt.Sprintf("%s on %d items, %s", m.Nearness(), m.N, sizes)
	}
	if m.Labelled == 0 {
		return agreement
	}
	return fmt.Sprintf("top-1 %d → %d (integers %d) of %d, %s", m.Top1Float, m.Top1Quant, m.Top1Integer, m.Labelled, agreement)
}

// Nearness is the figure of the measure, as badges have it: ASCII, and short.
func (m Metrics) Nearness() string {
	switch {
	case m.Measure.Counted():
		return fmt.Sprintf("%.2f %% of %s as float", 100*m.Value, m.Measure)
	case m.Measure == report.Embedding:
		return fmt.Sprintf("cosine %.4f to float", m.Value)
	case m.Measure == report.Values:
		return fmt.Sprintf("relative error %.2f %%", 100*m.Value)
	}
	return fmt.Sprintf("SQNR %.1f dB", m.Value)
}

// metrics compares figures of like kind: sizes alone are no counterpart to an evaluation.
func metrics(expected, got Metrics) Step {
	s := step(StepMetrics, expected.String(), got.String())
	if (expected.N == 0) != (got.N == 0) {
		s.Status = NotRun
	}
	return s
}

func step(name, expected, got string) Step {
	s := Step{Name: name, Status: Differs, Expected: expected, Got: got}
	switch {
	case expected == "" || got == "":
		s.Status = NotRun
	case expected == got:
		s.Status = Match
	}
	return s
}
