package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/recipe"
)

// labelFlag adds the flag that tells where labels come from.
func labelFlag(f *flags) *string {
	return f.String("labels", string(dataset.FromAuto), "`SOURCE` of labels: auto, folder, prefix, csv, none")
}

// openData makes a dataset of folders and files.
func openData(paths []string, labels string) (*dataset.Dataset, error) {
	var files []dataset.File
	for _, path := range paths {
		more, err := collect(path)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	d, err := dataset.Open(files, dataset.LabelSource(labels))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(paths, ", "), err)
	}
	return d, nil
}

// collect gives a file, or every file below a folder under its path from the folder's own name on, as
// a browser hands over a folder.
func collect(path string) ([]dataset.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, told(err)
	}
	if !info.IsDir() {
		if err := readable(info); err != nil {
			return nil, toldOf(path, err)
		}
		return []dataset.File{fileAt(path, filepath.Base(path), info)}, nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	var files []dataset.File
	err = filepath.WalkDir(whole, func(at string, entry fs.DirEntry, err error) error {
		if at == whole && err != nil {
			return err
		}
		rel, relErr := filepath.Rel(filepath.Dir(whole), at)
		if relErr != nil {
			return relErr
		}
		name := filepath.ToSlash(rel)
		switch {
		case err != nil: // a folder that may not be listed
			files = append(files, unreadable(name+"/", err))
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		info, err := os.Stat(at) // follows a link to a file
		switch {
		case err != nil:
			files = append(files, unreadable(name, err))
		case info.Mode().IsRegular():
			files = append(files, fileAt(at, name, info))
		}
		return nil
	})
	return files, told(err)
}

// unreadable is a file of a folder that cannot be read: its turn may never come.
func unreadable(name string, err error) dataset.File {
	return dataset.File{Name: name, Open: func() (io.ReadCloser, error) { return nil, told(err) }}
}

func fileAt(path, name string, info fs.FileInfo) dataset.File {
	return dataset.File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		return f, told(err)
	}}
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
