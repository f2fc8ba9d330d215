package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// builder is the state of Build.
type builder struct {
	*Builder
	m      *onnx.Model
	opt    Options
	opset  int
	ids    map[string]ValueID // by ONNX name; aliases share an ID
	init   map[string]*onnx.Tensor
	wanted map[string]bool // names that a live node or the graph reads
	casts  casts
}

// apply is Apply, which must leave no node that cannot run.
func (b *builder) apply(op Op, name string, inputs []ValueID, outputs []string) ([]ValueID, error) {
	nodes := len(b.Graph.Nodes)
	ids, err := b.Apply(op, name, inputs, outputs)
	if err == nil && len(b.Graph.Nodes) > nodes {
		err = b.computable(op, inputs, ids)
	}
	return ids, err
}

// computable refuses to compute on integers at run time, other than to and from quantized ones.
func (b *builder) computable(op Op, inputs, outputs []ValueID) error {
	switch op.(type) {
	case QuantizeLinear, DequantizeLinear:
		return nil
	case constantOnly:
		for _, id := range inputs {
			if id == None {
				continue
			}
			if v := b.Graph.Values[id]; v.Const == nil {
				return fmt.Errorf("input %q depends on run-time data, and %s is supported on constants only", v.Name, op.Type())
			}
		}
	}
	for _, list := range [...][]ValueID{inputs, outputs} {
		for _, id := range list {
			if id == None {
				continue
			}
			if v := b.Graph.Values[id]; v.DType != Float32 {
				return fmt.Errorf("tensor %q has type %v: only float tensors are computed on at run time", v.Name, v.DType)
			}
		}
	}
	return nil
}

// constantOnly marks an operator that only constant folding computes.
type constantOnly interface {
	Folder
	constantOnly()
}
