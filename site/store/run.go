package store

import (
	"path"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Quantize starts a run with the present model, data and recipe.
type Quantize struct{}

func (Quantize) apply(s State) (State, []Effect) {
	if s.Obstacle() != "" {
		return s, nil
	}
	return start(s)
}

// Obstacle tells in a sentence why a run cannot start now; empty if it can.
func (s State) Obstacle() string {
	calibration, evaluation := s.Split()
	switch {
	case s.Model == nil:
		return "Open a model first."
	case s.Data == nil:
		return "Drop images first: activations are calibrated on them."
	case s.Busy():
		return "A run is under way."
	case s.has(protocol.Compare.Kind):
		return "Backends are being compared: wait for them, or cancel."
	case len(s.Edits) > 0:
		return "A setting of the recipe is not valid yet."
	case s.Impossible() != "":
		return s.Impossible()
	case calibration == 0 || evaluation == 0:
		return "One item cannot both calibrate and be evaluated: add images, or let evaluation use calibration items."
	}
	return ""
}

// start queues a run, the files first if the worker is fresh.
func start(s State) (State, []Effect) {
	return request(s, protocol.Run, protocol.RunRequest{Recipe: s.Recipe}, Job{Recipe: s.Recipe})
}

// Finished is the result of a run. QDQ is the browser's handle of the quantized model's bytes.
type Finished struct {
	Job    int
	Result protocol.Result
	QDQ    any
	Size   int64
	Now    float64
}

func (a Finished) apply(s State) (State, []Effect) {
	began := s.Clock.Start
	s, j, known := finish(s, a.Job)
	if !known || s.Model == nil {
		return s, nil
	}
	s.held.run = a.Job
	if j.Quiet {
		return s, nil
	}
	r := s.made(a.Job, a.Result, j.Recipe, a.QDQ, a.Size)
	r.Curve = s.curve(a.Job)
	if k := s.Training.Kept; k != nil && sameRecipe(k.Recipe, j.Recipe) { // what was to go on has ended
		s.Training.Kept = nil
	}
	if began > 0 {
		r.Seconds = (a.Now - began) / 1000
	}
	s = s.present(r)
	if _, _, ok := s.Selected(); len(r.Report.Layers) > 0 && (!ok || s.Place != AtInspect) {
		s.Layers.Selected = r.Report.Layers[0].Name
	}
	s.Said = "Quantized. " + phrase.Headline(r.Report)
	if s.Place == AtInspect {
		return s, nil // one who looks at a layer goes on looking at it
	}
	s.Place = AtInspect
	return s, []Effect{ShowPlace{AtInspect}}
}

// made is what job has computed from the present model and data.
func (s State) made(job int, r protocol.Result, recipe recipe.Recipe, qdq any, size int64) *Result {
	return &Result{
		Run:        job,
		Report:     r.Report,
		Receipt:    r.Receipt,
		Recipe:     recipe,
		Quantizers: r.Quantizers,
		Placed:     r.Placed,
		Notes:      r.Notes,
		Model:      s.Model,
		Data:       s.Data,
		QDQ:        File{Path: stem(s.Model.Summary.Name) + ".qdq.onnx", Size: size, Handle: qdq},
	}
}

// present makes r the result, and one of the runs.
func (s State) present(r *Result) State {
	s.Result, s.Problem = r, nil
	s.Runs = s.with(r)
	s.Share, s.Written = Share{}, Written{}
	return s
}

// stem is a file name without folders and extension.
func stem(name string) string {
	base := path.Base(name)
	if s := strings.TrimSuffix(base, path.Ext(base)); s != "" && s != "." && s != "/" {
		return s
	}
	return "model"
}

// SelectLayer shows a layer's detail.
type SelectLayer struct{ Name string }

func (a SelectLayer) apply(s State) (State, []Effect) {
	s.Layers.Selected, s.Layers.Sheet = a.Name, true
	return s, nil
}

// CloseSheet closes the detail where it lies over the table.
type CloseSheet struct{}

func (CloseSheet) apply(s State) (State, []Effect) {
	s.Layers.Sheet = false
	return s, nil
}

// OrderLayers switches between worst first and the order of the network.
type OrderLayers struct{ Network bool }

func (a OrderLayers) apply(s State) (State, []Effect) {
	s.Layers.NetworkOrder = a.Network
	return s, nil
}

// Report downloads the result as one HTML document that needs nothing else.
type Report struct{}

func (Report) apply(s State) (State, []Effect) {
	if s.Result == nil {
		return s, nil
	}
	name := s.Result.Model.Summary.Name
	return s, []Effect{SaveReport{Name: stem(name) + ".report.html", Title: name + ", " + phrase.Title(s.Result.Recipe) + ": Quantscope"}}
}

// SaveModel downloads the quantized ONNX QDQ model.
type SaveModel struct{}

func (SaveModel) apply(s State) (State, []Effect) {
	if s.Result == nil {
		return s, nil
	}
	return s, []Effect{Save{Name: s.Result.QDQ.Path, Type: "application/octet-stream", File: s.Result.QDQ}}
}
