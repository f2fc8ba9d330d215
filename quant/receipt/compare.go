package receipt

import (
	"fmt"
	"slices"
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
	Expected string `json:"expected"` // what the receipt says; empty where it says nothing
	Got      string `json:"got"`      // what was computed here; empty where it was not
}

// Verdict is the steps of one comparison, in the order of the pipeline.
type Verdict []Step

// Differs tells whether some step differs. False is not the same as verified: steps may not have run.
func (v Verdict) Differs() bool {
	return slices.ContainsFunc(v, func(s Step) bool { return s.Status == Differs })
}

// Verification is what checking a receipt found.
type Verification struct {
	Steps   Verdict `json:"steps"`
	Metrics Metrics `json:"metrics"` // as computed here; zero where nothing was
}

// Compare sets what was computed here against what a receipt says, in the order of the pipeline: the
// first step that differs is where to look. got may be partial: a field left zero is a step not run.
func Compare(expected, got *Receipt) Verification {
	return Verification{Metrics: got.Metrics, Steps: Verdict{
		step("model", expected.Model.SHA256, got.Model.SHA256),
		step("recipe", expected.RecipeDigest, got.RecipeDigest),
		step("calibration data", expected.Data.Calibration.String(), got.Data.Calibration.String()),
		step("evaluation data", expected.Data.Evaluation.String(), got.Data.Evaluation.String()),
		step("qparams", expected.Digests.QParams, got.Digests.QParams),
		step("logits", expected.Digests.Logits, got.Digests.Logits),
		step("integer logits", expected.Digests.Integer, got.Digests.Integer),
		metrics(expected.Metrics, got.Metrics),
	}}
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
	if m.Labelled == 0 {
		return agreement
	}
	return fmt.Sprintf("top-1 %d → %d (integers %d) of %d, %s", m.Top1Float, m.Top1Quant, m.Top1Integer, m.Labelled, agreement)
}

// metrics compares figures of like kind: sizes alone are no counterpart to an evaluation.
func metrics(expected, got Metrics) Step {
	s := step("metrics", expected.String(), got.String())
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
