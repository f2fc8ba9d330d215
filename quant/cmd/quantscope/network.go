package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/onnx"
)

// network is a model file whose shapes the tensors may complete.
type network struct {
	path  string
	bytes []byte
	model *onnx.Model
}

func openFile(path string) (*network, error) {
	b, err := input.Read(path, input.MaxModel)
	if err != nil {
		return nil, err
	}
	m, _, err := modelfile.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &network{path, b, m}, nil
}

// shaped is the network for these tensors: what the file leaves open of a shape is as they have it, but one
// item at a time where the network computes each by itself.
func (n *network) shaped(inputs []*graph.Tensor) (*quant.Model, error) {
	whole, single := map[string][]int{}, map[string][]int{}
	items := false
	for i, in := range n.model.Graph.Feeds() {
		shape := inputs[i].Shape
		if !in.Open(shape) {
			continue
		}
		whole[in.Name], single[in.Name] = shape, slices.Clone(shape)
		if len(in.Dims) > 1 && !in.Dims[0].Set && shape[0] > 1 {
			single[in.Name][0], items = 1, true
		}
	}
	m, err := n.with(single)
	if err == nil && items && !m.Graph.Batch {
		m, err = n.with(whole)
	}
	return m, err
}

func (n *network) with(shapes map[string][]int) (*quant.Model, error) {
	m, err := quant.ImportShaped(filepath.Base(n.path), n.bytes, onnx.Options{Shapes: shapes, Files: input.Beside(n.path)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", n.path, err)
	}
	return m, nil
}

func namesOf(values []onnx.ValueInfo) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v.Name
	}
	return list
}
