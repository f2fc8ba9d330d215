package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// The columns are those of the document that the project starts from: top-1 of the float network, of the
// simulation by fake-quantizers, of the engine in float and of the engine on integers.

// tabulated is what table prints as JSON.
type tabulated struct {
	Rows  []tableRow `json:"rows"`
	Notes []string   `json:"notes"`
}

// tableRow is one network under one recipe.
type tableRow struct {
	Model     string          `json:"model"`
	Config    string          `json:"config"`    // name of the recipe
	Placement string          `json:"placement"` // of scales per channel: placedAll, placedDepthwise
	Recipe    string          `json:"recipe"`    // digest
	Accuracy  report.Accuracy `json:"accuracy"`
	Causes    []causeCount    `json:"causes"` // of the engine's differences from the simulation
	QParams   string          `json:"qparams"`
	Logits    string          `json:"logits"`
	Integer   string          `json:"integerLogits"`
	// Recovered is what training makes of it, where the recipe trains.
	Recovered *quant.Recovered `json:"recovered,omitempty"`
}

// The placements of scales per channel. The second is what the document has in brackets.
const (
	placedAll       = "as the preset says"
	placedDepthwise = "per channel in depthwise convolutions only"
)

// causeCount is how many steps of the engine differ from the simulation for one cause.
type causeCount struct {
	Cause report.Cause `json:"cause"`
	Steps int          `json:"steps"`
}

func table(ctx context.Context, c console, args []string) error {
	f := newFlags("table", "MODEL.onnx... DATA...", "Quantizes every network under every recipe and prints top-1 of the float network, of the simulation\n"+
		"by fake-quantizers and of the integer engine, as Markdown. DATA are labelled: folders, .zip, .npy or .npz files,\n"+
		"a .csv of labels, a .txt list of classes. Where a preset has scales per channel and the network depthwise\n"+
		"convolutions, a second run has such scales in these only; it stands in brackets. With --epochs, or a recipe that\n"+
		"trains, a second table has what training recovers.")
	var configs, families, offsets list
	f.Var(&configs, "config", "preset or `RECIPE`.json, may be given several times; without it config1 and config2")
	f.Var(&families, "preprocess", "preprocessing of a known `FAMILY`, or MODEL=FAMILY for one of the networks")
	f.Var(&offsets, "class-offset", "`N` classes stand before the first label, or MODEL=N for one of the networks (default 1 for networks of 1001 answers, else 0)")
	labels := labelFlag(f)
	calibration := f.Int("calibration", 0, "calibrate on `N` items")
	evaluation := f.Int("evaluation", 0, "evaluate on `N` items; 0: all that are left")
	epochs := f.Int("epochs", 0, "train each network too, `N` passes over the calibration items (give it many: --calibration), towards the float network's answers")
	rate := f.Float64("rate", 0, "initial learning `RATE` (default 0.0001, of sgd 0.01)")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	var models, data []string
	for _, path := range rest {
		if strings.HasSuffix(path, ".onnx") {
			models = append(models, path)
		} else {
			data = append(data, path)
		}
	}
	if len(models) == 0 || len(data) == 0 {
		return f.wrong("name networks, which end in .onnx, and labelled images")
	}
	if len(configs) == 0 {
		configs = list{"config1", "config2"}
	}
	d, err := openData(data, *labels)
	if err != nil {
		return err
	}
	t := tabulated{Notes: slices.Clone(d.Notes)}
	bar := newProgress(c.err)
	defer bar.clear()
	for _, config := range configs {
		for _, path := range models {
			preset, file := config, ""
			if slices.Contains([]string{".json", ".yaml", ".yml", ".py"}, filepath.Ext(config)) {
				preset, file = "", config
			}
			f.notes, f.whole = nil, false
			r, err := f.recipe(preset, file)
			if err != nil {
				return err
			}
			if !f.whole {
				r.Data.ClassOffset = unsaid
			}
			if r.Preprocess, r.Data.ClassOffset, err = perModel(f, path, families, offsets, r); err != nil {
				return err
			}
			if f.set("calibration") {
				r.Data.Calibration = *calibration
			}
			if f.set("evaluation") {
				r.Data.Evaluation = *evaluation
			}
			if f.set("epochs") {
				r.Train.Epochs = *epochs
			}
			if f.set("rate") {
				r.Train.Rate = float32(*rate)
			}
			rows, notes, err := tableRows(ctx, path, d, r, f.whole, bar)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, rows...)
			for _, n := range slices.Concat(f.notes, notes) {
				if n = rows[0].Model + ": " + n; !slices.Contains(t.Notes, n) {
					t.Notes = append(t.Notes, n)
				}
			}
		}
	}
	bar.clear()
	if *f.json {
		return printJSON(c.out, t)
	}
	return t.print(c)
}

// unsaid stands for a class offset that is left to the network.
const unsaid = -1

// perModel picks what was said for one network, or for all.
func perModel(f *flags, path string, families, offsets list, r recipe.Recipe) (recipe.Preprocess, int, error) {
	said := func(values list) string {
		all := ""
		for _, v := range values {
			if model, own, ok := strings.Cut(v, "="); !ok {
				all = v
			} else if strings.TrimSuffix(model, ".onnx") == nameOf(path) {
				return own
			}
		}
		return all
	}
	offset := r.Data.ClassOffset
	if s := said(offsets); s != "" {
		var err error
		if offset, err = strconv.Atoi(s); err != nil || offset < 0 {
			return r.Preprocess, 0, f.wrong(fmt.Sprintf("--class-offset %q is not a number of classes", s))
		}
	}
	if s := said(families); s != "" {
		p, err := preprocessing(s)
		return p, offset, err
	}
	return r.Preprocess, offset, nil
}

// tableRows runs one network under one recipe, and with scales per channel in depthwise convolutions
// only where that is something else. chosen tells that a file has chosen the preprocessing's sizes.
func tableRows(ctx context.Context, path string, d *dataset.Dataset, r recipe.Recipe, chosen bool, bar *progress) ([]tableRow, []string, error) {
	m, err := openModel(path, nil)
	if err != nil {
		return nil, nil, err
	}
	if r.Data.ClassOffset == unsaid {
		r.Data.ClassOffset = m.ClassOffset()
	}
	if inputs := m.Inputs(); len(inputs) == 1 && !chosen {
		r.Preprocess = dataset.Adapt(r.Preprocess, inputs[0].Shape)
	}
	if err := r.Validate(); err != nil {
		return nil, nil, fmt.Errorf("%s, %s: %w", path, r.Name, err)
	}
	trains := r
	r.Train = recipe.Training{}
	runs := []struct {
		placement string
		recipe    recipe.Recipe
	}{{placedAll, r}}
	if r.Weight.Scheme.PerChannel && hasDepthwise(m.Graph) {
		runs = append(runs, runs[0])
		runs[1].placement, runs[1].recipe = placedDepthwise, recipe.DepthwiseOnly(r)
	}
	job := quant.Job{
		Model: m, Data: d, Workers: workers(), Memo: &quant.Memo{},
		Progress: func(stage string, done, total int) { bar.step(nameOf(path)+" "+r.Name+" "+stage, done, total) },
	}
	if job, err = job.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []tableRow
	var notes []string
	for _, run := range runs {
		job.Recipe = run.recipe
		result, err := quant.Quantize(ctx, job)
		if err != nil {
			return nil, nil, fmt.Errorf("%s, %s: %w", path, r.Name, err)
		}
		p := result.Report
		if p.Accuracy.Labelled == 0 {
			return nil, nil, errors.New("none of the images has a label, and the table is about right answers")
		}
		rows = append(rows, tableRow{
			Model: nameOf(path), Config: r.Name, Placement: run.placement, Recipe: p.Recipe, Accuracy: p.Accuracy,
			Causes: countCauses(p.Steps), QParams: p.QParams, Logits: p.Logits, Integer: p.IntegerLogits,
		})
		notes = append(notes, result.Notes...)
	}
	if trains.Train != (recipe.Training{}) {
		job.Recipe = trains
		if rows[0].Recovered, err = quant.Recover(ctx, job); err != nil {
			return nil, nil, fmt.Errorf("%s, %s: %w", path, r.Name, err)
		}
	}
	return rows, notes, nil
}

func hasDepthwise(g *graph.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n graph.Node) bool {
		op, ok := n.Op.(graph.Conv)
		return ok && op.Group > 1 && op.Group == g.Values[n.Inputs[0]].Shape[1]
	})
}

// nameOf is a network's file name without its ending.
func nameOf(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexAny(path, `/\`)+1:], ".onnx")
}
