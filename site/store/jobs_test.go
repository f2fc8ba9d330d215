package store

import (
	"testing"

	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestFractionRisesThroughARun(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	last, now := 0.0, 0.0
	step := func(stage string, done, total int) {
		t.Helper()
		now += 100
		d.Dispatch(Stepped{Job: 3, Step: protocol.Progress{Stage: stage, Done: done, Total: total}, Now: now})
		f, known := d.State().Fraction()
		if !known || f < last || f >= 1 {
			t.Errorf("%s %d of %d: %g after %g", stage, done, total, f, last)
		}
		last = f
	}
	step(protocol.StageImport, 0, 0)
	step(protocol.StageFuse, 0, 0)
	for i := range 5 {
		step(protocol.StageCalibrate, 16*i, 64)
	}
	for i := range 17 {
		step(protocol.StageQuantize, i, 16)
	}
	for i := range 37 {
		step(protocol.StageEvaluate, i, 36)
	}
	step(protocol.StageExport, 0, 0)
}

func TestErrorsAreSentences(t *testing.T) {
	for text, want := range map[string]string{
		"not a valid ONNX file: at byte 2": "Not a valid ONNX file: at byte 2.",
		"conv1: 3 channels":                "conv1: 3 channels.",
		"weights.bin is missing":           "weights.bin is missing.",
		"It is. Twice.":                    "It is. Twice.",
		"":                                 "",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTimeLeft(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	at := func(stage string, done, total int, now float64) {
		d.Dispatch(Stepped{Job: 3, Step: protocol.Progress{Stage: stage, Done: done, Total: total}, Now: now})
	}
	at(protocol.StageCalibrate, 0, 64, 1000)
	at(protocol.StageCalibrate, 1, 64, 1100)
	if _, known := d.State().Left(); known {
		t.Error("an estimate within two seconds")
	}
	at(protocol.StageCalibrate, 32, 64, 4200)
	// 100 ms an item: 32 more to calibrate, 16 to compare and 36 to evaluate at three times that.
	if got, known := d.State().Left(); !known || got < 18.7 || got > 18.9 {
		t.Errorf("%g s left, known %v; want 18.8", got, known)
	}
	at(protocol.StageQuantize, 0, 16, 4300)
	at(protocol.StageQuantize, 8, 16, 5900)
	if got, _ := d.State().Left(); got < 5.5 || got > 5.7 {
		t.Errorf("%g s left while comparing, want 5.6: the 20 others are evaluated", got)
	}
	at(protocol.StageEvaluate, 0, 20, 8000)
	at(protocol.StageEvaluate, 10, 20, 10000)
	if got, _ := d.State().Left(); got < 1.9 || got > 2.1 {
		t.Errorf("%g s left, want 2", got)
	}
}

// While rounding is refined the evaluation is still to come.
func TestTimeLeftOfRefining(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	at := func(stage string, done, total int, now float64) {
		d.Dispatch(Stepped{Job: 3, Step: protocol.Progress{Stage: stage, Done: done, Total: total}, Now: now})
	}
	at(protocol.StageRefine, 0, 10, 1000)
	at(protocol.StageRefine, 5, 10, 6000)
	if got, known := d.State().Left(); known {
		t.Errorf("%g s left, and nothing is known of the evaluation", got)
	}
	at(protocol.StageCalibrate, 0, 64, 7000)
	at(protocol.StageCalibrate, 64, 64, 13400)
	at(protocol.StageRefine, 0, 10, 14000)
	at(protocol.StageRefine, 5, 10, 15000)
	if got, known := d.State().Left(); !known || got < 16.5 || got > 16.7 { // 52 items at 300 ms
		t.Errorf("%g s left, known %v; want 16.6", got, known)
	}
}

// When the time of a search is over and it still ends a change, the bar waits near its end.
func TestTimeIsOver(t *testing.T) {
	s, _ := Improve{}.apply(examinable(t))
	for _, step := range []struct{ now, left, least, most float64 }{{1000, 25, 0, .01}, {16000, 10, .59, .61}, {26000, -1, .97, .99}, {60000, -1, .97, .99}} {
		s, _ = Stepped{Job: s.Jobs[0].ID, Step: protocol.Progress{Stage: "a change", Done: 1, Total: 9, Left: step.left}, Now: step.now}.apply(s)
		if f, known := s.Fraction(); !known || f < step.least || f > step.most {
			t.Errorf("with %g s left the bar is at %g", step.left, f)
		}
		if got, known := s.Left(); known != (step.left > 0) || known && got != step.left {
			t.Errorf("with %g s left it says %g, %t", step.left, got, known)
		}
	}
}

func TestStepsOfOtherJobsAreIgnored(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	d.Dispatch(Stepped{Job: 2, Step: protocol.Progress{Stage: "calibrate", Done: 1, Total: 2}, Now: 5})
	if d.State().Clock.Stage != "" {
		t.Error("the step of an answered job moved the bar")
	}
}
