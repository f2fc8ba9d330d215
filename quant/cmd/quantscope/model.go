package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/onnx"
)

// maxModel is the largest protobuf message there can be.
const maxModel = 2 << 30

// openModel imports the network in a file, with external data from the file's folder.
func openModel(path string) (*quant.Model, error) {
	b, err := readModel(path)
	if err != nil {
		return nil, err
	}
	m, err := quant.Import(filepath.Base(path), b, beside(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func readModel(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, told(err)
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name the .onnx file in it", path)
	case info.Size() > maxModel:
		return nil, fmt.Errorf("%s has %d bytes, and an ONNX file at most 2 GiB; larger weights are in external data files beside it", path, info.Size())
	}
	b, err := os.ReadFile(path)
	return b, told(err)
}

// beside reads external data files from the folder of a model, each once, and from nowhere else: a
// location that leads out of it, by dots or by a link, is refused.
func beside(model string) onnx.Reader {
	files := map[string][]byte{}
	return func(location string) ([]byte, error) {
		if b, ok := files[location]; ok {
			return b, nil
		}
		if !filepath.IsLocal(filepath.FromSlash(location)) {
			return nil, errors.New("it lies outside the model's folder and is not read")
		}
		root, err := os.OpenRoot(filepath.Dir(model))
		if err != nil {
			return nil, told(err)
		}
		defer root.Close()
		b, err := root.ReadFile(filepath.FromSlash(location))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("it is not in the model's folder, %s", filepath.Dir(model))
		}
		if err != nil {
			return nil, told(err)
		}
		files[location] = b
		return b, nil
	}
}

// told is an error of the file system without the name of the call that met it.
func told(err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", p.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read or written", p.Path)
	}
	return fmt.Errorf("%s: %w", p.Path, p.Err)
}
