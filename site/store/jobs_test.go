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

func TestStepsOfOtherJobsAreIgnored(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	d.Dispatch(Stepped{Job: 2, Step: protocol.Progress{Stage: "calibrate", Done: 1, Total: 2}, Now: 5})
	if d.State().Clock.Stage != "" {
		t.Error("the step of an answered job moved the bar")
	}
}
