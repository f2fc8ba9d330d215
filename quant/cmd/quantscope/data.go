package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/recipe"
)

// labelFlag adds the flag that tells where labels come from.
func labelFlag(f *flags) *string {
	return f.String("labels", string(dataset.FromAuto), "`SOURCE` of labels: auto, folder, prefix, csv, none")
}

// openData makes a dataset of folders and files.
func openData(paths []string, labels string) (*dataset.Dataset, error) {
	var all []dataset.File
	for _, path := range paths {
		more, err := input.Collect(path)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	d, err := dataset.Open(all, dataset.LabelSource(labels))
	if err != nil {
		return nil, of(paths, err)
	}
	return d, nil
}

// of is an error about data with the path that it is about, or all of them: where it begins with a file's own name, as
// errors about one of several do, with the folder of that.
func of(paths []string, err error) error {
	for _, path := range paths {
		if name := filepath.Base(path); strings.HasPrefix(err.Error(), name+": ") {
			return fmt.Errorf("%s%w", strings.TrimSuffix(path, name), err)
		}
	}
	return fmt.Errorf("%s: %w", strings.Join(paths, ", "), err)
}

func families() []string {
	var names []string
	for _, p := range recipe.Families() {
		names = append(names, p.Name)
	}
	return names
}

// preprocessing finds a known preprocessing by name.
func preprocessing(name string) (recipe.Preprocess, error) {
	for _, p := range recipe.Families() {
		if p.Name == name {
			return p.Preprocess, nil
		}
	}
	return recipe.Preprocess{}, usageError{fmt.Sprintf("there is no preprocessing %q: there are %s", name, strings.Join(families(), ", "))}
}
