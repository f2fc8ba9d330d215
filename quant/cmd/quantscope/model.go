package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/room"
)

// maxModel is the largest protobuf message there can be.
const maxModel = 2 << 30

// openModel imports the network in a file, with external data from the file's folder and the shapes that were
// given.
func openModel(path string, given shapes) (*quant.Model, error) {
	n, err := openFile(path)
	if err != nil {
		return nil, err
	}
	if err := given.check(n.model); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m, err := n.with(given)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, given.wanted(n.model))
	}
	return m, nil
}

// beside reads external data files from the folder of a model and from nowhere else: a
// location that leads out of it, by dots or by a link, is refused.
func beside(model string) onnx.Reader {
	return func(location string) ([]byte, error) {
		if !filepath.IsLocal(filepath.FromSlash(location)) {
			return nil, errors.New("it lies outside the model's folder and is not read")
		}
		root, err := os.OpenRoot(filepath.Dir(model))
		if err != nil {
			return nil, told(err)
		}
		defer root.Close()
		b, err := inside(root, filepath.FromSlash(location))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("it is not in the model's folder, %s", filepath.Dir(model))
		}
		return b, told(err)
	}
}

// inside reads a file below root.
func inside(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(name)
	if err == nil {
		err = readable(info)
	}
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return room.Read(f, info.Size(), math.MaxInt64)
}
