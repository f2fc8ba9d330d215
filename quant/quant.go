// Package quant is Quantscope's core: an ONNX network and labelled images in, a quantized network, a
// report of what it cost and a receipt by which anyone can check it out. This file is the pipeline,
// one call for each stage; every stage is a function from a value to a new value in a package of its
// own. It runs natively and as WebAssembly, and gives the same bits in both.
//
//	[]byte ─onnx─▶ Model ─onnx─▶ Graph ─fuse, prepare(Recipe)─▶ Prepared
//	  ─calibrate, refine(Dataset)─▶ Calibrated ─evaluate(Dataset)─▶ Report
//	  ─export─▶ []byte ─receipt─▶ Receipt ─Verify(own model, own data)─▶ Verdict
package quant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
)

// Version of the engine, as receipts state it. It changes when a bit of any result does.
const Version = receipt.Release

// Stages of Quantize, in order, as Job.Progress names them.
const (
	StageFuse      = "fuse"
	StageCalibrate = refine.StageCalibrate
	StageRefine    = refine.StageRefine // where the recipe says so
	StageTrain     = "train"            // where the recipe says so
	StageQuantize  = "quantize"
	StageEvaluate  = "evaluate"
	StageExport    = "export"
)

// Job is all that a result depends on, with how to run it.
type Job struct {
	Model    *Model
	Data     *dataset.Dataset
	Recipe   recipe.Recipe
	Pool     *engine.Pool                        // on which networks run; nil is the caller's thread
	Workers  int                                 // items at a time; the result does not depend on it
	Progress func(stage string, done, total int) // total is 1 for stages that are one step
	Watch    Watch                               // of its training
	Memo     *Memo                               // what jobs have found before; nil remembers nothing
}

// Result is what Quantize found and made.
type Result struct {
	Calibrated *calibrate.Calibrated
	Report     *report.Report
	Receipt    *receipt.Receipt
	QDQ        []byte   // the quantized network, ONNX with QuantizeLinear and DequantizeLinear; nil, and a note, where it cannot be
	Notes      []string // what was assumed or left out, one sentence each
	Trained    *Trained // nil where the recipe does not train
}

// Quantize runs the whole pipeline. It stops between items when ctx is cancelled.
func Quantize(ctx context.Context, j Job) (*Result, error) {
	return onSound(ctx, j, func(s split) (*Result, error) { return j.quantize(ctx, s) })
}

func (j Job) quantize(ctx context.Context, s split) (*Result, error) {
	r, err := j.measured(ctx, s)
	if err != nil {
		return nil, err
	}
	var notes []string
	if err = r.Calibrated.Storable(); err == nil {
		r.QDQ, notes, err = export.QDQ(ctx, r.Calibrated)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil { // the result stands without it
		notes = []string{fmt.Sprintf("There is no QDQ file: %s.", strings.TrimPrefix(err.Error(), "QDQ export: "))}
	}
	r.Notes = append(r.Notes, notes...)
	j.Progress(StageExport, 1, 1)
	return r, nil
}

// measured is quantize without the network's file.
func (j Job) measured(ctx context.Context, s split) (*Result, error) {
	j.Progress(StageFuse, 0, 1)
	if _, err := prepare.Prepare(j.Model.Graph, j.Recipe); err != nil { // before anything takes time
		return nil, err
	}
	j.Progress(StageFuse, 1, 1)
	c, trained, err := j.calibrate(ctx, s)
	if err != nil {
		return nil, err
	}
	items, err := j.evaluation(s)
	if err != nil {
		return nil, err
	}
	p := j.probes(ctx, c)
	defer p.end()
	r, err := evaluate.Run(ctx, c, items, j.Workers,
		func(n, of int) { j.Progress(StageQuantize, n, of) }, func(n, of int) { j.Progress(StageEvaluate, n, of) })
	if err != nil {
		return nil, err
	}
	r.Model = j.Model.Name
	if r.Recipe, err = j.Recipe.Digest(); err != nil {
		return nil, err
	}
	j.Progress(StageExport, 0, 1)
	doc, untold, err := j.receipt(ctx, s, c, r, p)
	if err != nil {
		return nil, err
	}
	return &Result{Calibrated: c, Report: r, Receipt: doc, Trained: trained, Notes: slices.Concat(j.notes(s, c), untold, j.notFinite(s, r), tooWide(r))}, nil
}

// notes are what was assumed of network, data and recipe, once all items have been run.
func (j Job) notes(s split, c *calibrate.Calibrated) []string {
	return slices.Concat(s.notes, j.Recipe.Notes(), c.Notes, j.done(s))
}

// errNoData tells a user what is missing.
var errNoData = errors.New("there are no items to calibrate on: give a folder of images, a .zip, .npy or .npz")
