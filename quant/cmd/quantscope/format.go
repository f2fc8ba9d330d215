package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

func formatNames() string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// formatOf finds a format by its name or a backend's.
func (f *flags) formatOf(name string) (export.Format, error) {
	format, err := export.FormatOf(name)
	if err != nil {
		return format, f.wrong(err.Error())
	}
	return format, nil
}

// formatFor is the format of a job's result: the one that was given; else QDQ, or the one that the recipe's backend takes
// where QDQ cannot have its codes. With nothing to be written to, none is refused.
func formatFor(j quant.Job, format export.Format, given, wanted bool) (export.Format, error) {
	p, err := prepare.Prepare(j.Model.Graph, j.Recipe)
	if err != nil {
		return format, err
	}
	refused := format.Holds(p)
	if refused == nil {
		return format, nil
	}
	var able []string
	for _, f := range export.Formats() {
		if f.Holds(p) != nil {
			continue
		}
		if b, _ := backend.Of(j.Recipe.Backend); !given && slices.Contains(b.Formats, f.Name) {
			return f, nil
		}
		able = append(able, f.Name)
	}
	if !given && !wanted {
		return format, nil
	}
	return format, fmt.Errorf("%w: the preset %s gives what it takes, and this recipe goes with --format %s", refused, format.Backend, strings.Join(able, " or "))
}

// files are what --format writes: one file as -o names it; of several, the names begin as it does.
func files(ctx context.Context, result *quant.Result, format export.Format, out string) ([]export.File, []string, error) {
	if format.Name == "qdq" { // made already, or a note of the result tells why not
		switch {
		case result.QDQ != nil:
			return []export.File{{Name: out, Bytes: result.QDQ}}, nil, nil
		case out != "":
			return nil, nil, fmt.Errorf("%s is not written: the notes say why there is no QDQ file", out)
		}
		return nil, nil, nil
	}
	base := strings.TrimSuffix(filepath.Base(out), filepath.Ext(out))
	if out == "" {
		base = "quantized"
	}
	list, notes, err := export.Export(ctx, format.Name, base, result.Calibrated)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		list[i].Name = filepath.Join(filepath.Dir(out), list[i].Name)
	}
	if len(list) == 1 && out != "" {
		list[0].Name = out
	}
	return list, notes, nil
}

// ending tells that a file would have the ending of another format than is in it.
func ending(out string, format export.Format) error {
	ext := strings.ToLower(filepath.Ext(out))
	switch {
	case ext == ".wasm" && format.Name != "wasm":
		return fmt.Errorf("%s would not be a WebAssembly module: give --format wasm, or name it .onnx", out)
	case ext != ".onnx" && slices.Contains(modelfile.Extensions(), ext):
		return fmt.Errorf("%s would not be what its name says: what is written is ONNX, so name it .onnx", out)
	}
	return nil
}

// changes calibrates the network with the preset of every backend and tells what that would change.
func changes(ctx context.Context, j quant.Job, bar *progress) ([]report.Change, error) {
	recipes := []recipe.Recipe{j.Recipe}
	for _, name := range backend.Names() {
		r, err := recipe.Preset(name)
		if err != nil {
			return nil, err
		}
		r.Preprocess, r.Data, r.Rule = j.Recipe.Preprocess, j.Recipe.Data, j.Recipe.Rule
		recipes = append(recipes, r)
	}
	j.Progress = func(stage string, done, total int) { bar.step("comparing backends", done, total) }
	found, err := quant.Compare(ctx, j, recipes)
	if err != nil {
		return nil, err
	}
	var out []report.Change
	for _, there := range found[1:] {
		out = append(out, found[0].Change(there))
	}
	return out, nil
}

// printChanges sums up for each backend what it would do otherwise; --json tells it tensor by tensor.
func printChanges(w *tabwriter.Writer, all []report.Change) {
	show(w, "\nbackend\tquantizers\tmore\tfewer\tother range\tother zero point\tlayers in float\n")
	for _, c := range all {
		if c.Problem != "" {
			show(w, "%s\t%s\n", c.Name, c.Problem)
			continue
		}
		show(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", c.Name, c.Quantizers, c.Added, c.Dropped, c.Ranges, c.Zeros, few(c.Float))
	}
}

// few names the first of a list, and counts the others.
func few(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return "none"
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}
