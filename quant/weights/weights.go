// Package weights reads files that hold tensors by name and no network: safetensors, and what torch.save writes, as a
// ZIP archive or in the form before that. Of the pickle in the latter only data is taken: no code is run, and what
// would need some is left out.
package weights

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Dict are tensors by name, which alias the file's bytes where these lie there as they are wanted.
type Dict struct {
	Format  string // with its article: "a PyTorch archive"
	Names   []string
	Tensors map[string]*onnx.Tensor

	spare int // bytes that tensors may still take
}

// spareFactor is how many times a file's bytes its tensors may have: they may share their storage.
const spareFactor = 2

func newDict(format string, size int) *Dict {
	return &Dict{Format: format, Tensors: map[string]*onnx.Tensor{}, spare: spareFactor*size + 1<<16}
}

// Decode reads a file of weights; nil where b is of no such format.
func Decode(b []byte) (*Dict, error) {
	var d *Dict
	var err error
	switch {
	case isSafetensors(b):
		d, err = safetensors(b)
	case isZip(b):
		d, err = archive(b)
	case isPickle(b):
		d, err = legacy(b)
	}
	if err != nil {
		return nil, fmt.Errorf("this is %w", err)
	}
	if d != nil && len(d.Names) == 0 {
		return nil, fmt.Errorf("this is %s without tensors: save what model.state_dict() gives", d.Format)
	}
	return d, nil
}

// add keeps a tensor.
func (d *Dict) add(name string, t *onnx.Tensor) error {
	if len(name) > longestName {
		return fmt.Errorf("%s: a name has %d bytes, over %d", d.Format, len(name), longestName)
	}
	if len(d.Names) >= mostTensors {
		return fmt.Errorf("%s of over %d tensors", d.Format, mostTensors)
	}
	if d.Tensors[name] != nil {
		return fmt.Errorf("%s has two tensors %q", d.Format, name)
	}
	if d.spare -= len(t.Raw); d.spare < 0 {
		return fmt.Errorf("%s: its tensors share their data, so that they take more memory than it justifies", d.Format)
	}
	t.Name = name
	d.Names, d.Tensors[name] = append(d.Names, name), t
	return nil
}

const longestName = 300

// mostTensors is how many tensors a file may have: many times those of the largest networks.
const mostTensors = 1 << 16

// rename gives every tensor the name that f makes of its own.
func (d *Dict) rename(f func(string) string) {
	tensors := map[string]*onnx.Tensor{}
	for i, name := range d.Names {
		to := f(name)
		if tensors[to] != nil {
			return // not one and the same network under a prefix
		}
		t := d.Tensors[name]
		t.Name = to
		d.Names[i], tensors[to] = to, t
	}
	d.Tensors = tensors
}

// Unwrapped takes off what wrappers put before all names: "module." of DataParallel, "model." of training programs.
func (d *Dict) Unwrapped() *Dict {
	for _, prefix := range []string{"module.", "_orig_mod.", "model.", "net.", "backbone."} {
		all := true
		for _, name := range d.Names {
			all = all && strings.HasPrefix(name, prefix)
		}
		if all {
			d.rename(func(s string) string { return strings.TrimPrefix(s, prefix) })
		}
	}
	return d
}

// sized makes a tensor of n bytes for each element; the shape must have as many.
func sized(typ onnx.DataType, width int, shape []int64, raw []byte) (*onnx.Tensor, error) {
	n := 1
	if len(shape) > graph.MaxRank {
		return nil, fmt.Errorf("it has rank %d, over %d", len(shape), graph.MaxRank)
	}
	for _, s := range shape {
		if s < 0 || s > graph.MaxElements || s > 0 && n > graph.MaxElements/int(s) {
			return nil, fmt.Errorf("its shape %v is not possible", shape)
		}
		n *= int(s)
	}
	if n*width != len(raw) {
		return nil, fmt.Errorf("its shape %v needs %d bytes and there are %d", shape, n*width, len(raw))
	}
	return &onnx.Tensor{DataType: typ, Dims: shape, Raw: raw}, nil
}
