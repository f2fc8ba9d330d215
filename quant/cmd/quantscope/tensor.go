package main

import (
	"errors"
	"math"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/onnx"
)

// readTensor reads an .npy or .pb file.
func readTensor(path string) (*graph.Tensor, error) {
	kind := extension(path)
	if kind != ".npy" && kind != ".pb" {
		return nil, errors.New("a tensor is an .npy file or an ONNX TensorProto, .pb; eval takes images")
	}
	b, err := input.Read(path, math.MaxInt64)
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
	return onnx.ToTensor(t, input.Beside(path))
}

// encodeTensor gives the bytes of an .npy or .pb file.
func encodeTensor(path, name string, t *graph.Tensor) []byte {
	if extension(path) == ".npy" {
		return dataset.EncodeNpy(t)
	}
	p := onnx.FromTensor(name, t)
	return onnx.EncodeTensor(&p)
}

func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }
