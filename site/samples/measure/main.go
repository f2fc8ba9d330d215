// Command measure quantizes the samples that ship with the page as their recipes say, and writes what that costs.
//
//	go run ./site/samples/measure
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/samples"
)

func main() {
	if err := run("site"); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(site string) error {
	all := map[string]samples.Figures{}
	for _, s := range samples.All() {
		for _, r := range s.Runs {
			f, err := measure(filepath.Join(site, "static", "sample", s.Folder), r)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Path(r.File), err)
			}
			fmt.Printf("%s: %+v\n", s.Path(r.File), f)
			all[s.Folder+"/"+r.File] = f
		}
	}
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(site, "samples", "figures.json"), append(text, '\n'), 0o644)
}

// measure quantizes the sample in a folder by a recipe.
func measure(folder string, r samples.Run) (samples.Figures, error) {
	var files [3][]byte
	for i, name := range []string{"model.onnx", "images.zip", r.File} {
		var err error
		if files[i], err = os.ReadFile(filepath.Join(folder, name)); err != nil {
			return samples.Figures{}, err
		}
	}
	m, err := quant.Import("model.onnx", files[0], nil)
	if err != nil {
		return samples.Figures{}, err
	}
	d, err := dataset.Open([]dataset.File{dataset.InMemory("images.zip", files[1])}, dataset.FromAuto)
	if err != nil {
		return samples.Figures{}, err
	}
	chosen, err := recipe.Parse(files[2])
	if err != nil {
		return samples.Figures{}, err
	}
	result, err := quant.Quantize(context.Background(), quant.Job{Model: m, Data: d, Recipe: chosen, Workers: 2, Progress: func(string, int, int) {}})
	if err != nil {
		return samples.Figures{}, err
	}
	a, size := result.Report.Accuracy, result.Report.Size
	f := samples.Figures{Items: a.Items, Float: a.Float, Quantized: a.Quantized, Agree: a.Agree, Before: size.Float, After: size.Quantized}
	if outputs := result.Report.Outputs; len(outputs) > 0 {
		f.SQNR = outputs[0].Quantized.SQNR
	}
	return f, nil
}
