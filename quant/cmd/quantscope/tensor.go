package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// readTensor reads an .npy or .pb file.
func readTensor(path string) (*graph.Tensor, error) {
	kind := extension(path)
	if kind != ".npy" && kind != ".pb" {
		return nil, errors.New("a tensor is an .npy file or an ONNX TensorProto, .pb; eval takes images")
	}
	b, err := readFile(path, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	if kind == ".npy" {
		a, err := dataset.DecodeNpy(b)
		if err != nil {
			return nil, err
		}
		return a.Tensor(), nil
	}
	t, err := onnx.DecodeTensor(b)
	if err != nil {
		return nil, err
	}
	return graph.FromONNX(t, beside(path))
}

// writeTensor writes an .npy or .pb file.
func writeTensor(path, name string, t *graph.Tensor) error {
	if extension(path) == ".npy" {
		return write(path, dataset.EncodeNpy(t))
	}
	p := graph.ToONNX(name, t)
	return write(path, onnx.EncodeTensor(&p))
}

// write puts a file in place whole: under another name first, so that a run that is cut off leaves
// the last good file. What is no regular file, such as /dev/stdout, is written as it is.
func write(path string, b []byte) error {
	part := path + ".part"
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		part = path
	}
	if err := os.WriteFile(part, b, 0o644); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, told(err))
	}
	if part == path {
		return nil
	}
	if err := os.Rename(part, path); err != nil {
		return errors.Join(fmt.Errorf("%s cannot be written: %w", path, told(err)), os.Remove(part))
	}
	return nil
}

// writable tells early, before a long run, that a file cannot be written where it is to go. An empty
// path is one that is not wanted.
func writable(paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		info, err := os.Stat(filepath.Dir(path))
		if err == nil && !info.IsDir() {
			err = errors.New(filepath.Dir(path) + " is no folder")
		}
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", path, told(err))
		}
	}
	return nil
}

func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }
