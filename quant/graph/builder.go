package graph

import (
	"fmt"
	"strconv"

	"github.com/quantscope/quantscope/quant/onnx"
)

// builder is the state of Build.
type builder struct {
	m      *onnx.Model
	opt    Options
	opset  int
	g      *Graph
	ids    map[string]ValueID // by ONNX name; aliases share an ID
	init   map[string]*onnx.Tensor
	values names           // taken by values
	nodes  names           // taken by nodes
	wanted map[string]bool // names that a live node or the graph reads
	budget int             // bytes of constants that folding may still make
	casts  casts
}

// names are those taken, each with the number that tells the next one like it apart.
type names map[string]int

// fresh is a name that nothing has, like the one wanted.
func (t names) fresh(want string) string {
	name := want
	for t[name] > 0 {
		t[want]++
		name = want + "_" + strconv.Itoa(t[want])
	}
	t[name] = 1
	return name
}

// add appends a value.
func (b *builder) add(v Value) ValueID {
	b.g.Values = append(b.g.Values, v)
	return ValueID(len(b.g.Values) - 1)
}

// apply gives op its inputs: where they are all constant and it can be computed, the outputs are
// constants, else a node makes them. outputs are names, one for each that op has.
func (b *builder) apply(op Op, name string, inputs []ValueID, outputs []string) ([]ValueID, error) {
	in := make([]Value, len(inputs))
	constant := true
	for i, id := range inputs {
		if id != None {
			in[i] = b.g.Values[id]
			constant = constant && in[i].Const != nil
		}
	}
	out, err := op.Infer(in)
	if err != nil {
		return nil, err
	}
	if len(outputs) > len(out) {
		return nil, fmt.Errorf("output %d, %q, is not supported", len(out), outputs[len(out)])
	}
	size := 0
	for i := range out {
		if i < len(outputs) {
			out[i].Name = outputs[i]
		}
		n, ok := product(out[i].Shape)
		if !ok || len(out[i].Shape) > maxRank {
			return nil, fmt.Errorf("output %q has shape %v: over the limit of %d elements and rank %d",
				out[i].Name, brief(out[i].Shape), maxElements, maxRank)
		}
		size += n * out[i].DType.bytes()
	}
	if f, ok := op.(Folder); ok && constant {
		if err := b.fold(f, in, out, size); err != nil {
			return nil, err
		}
	} else if err := computable(op, in, out); err != nil {
		return nil, err
	}
	ids := make([]ValueID, len(outputs))
	for i, s := range outputs {
		if ids[i] = None; s != "" {
			ids[i] = b.add(out[i])
		}
	}
	if len(out) > 0 && out[0].Const == nil {
		b.g.Nodes = append(b.g.Nodes, Node{Name: name, Op: op, Inputs: append([]ValueID(nil), inputs...), Outputs: ids})
	}
	return ids, nil
}

// fold computes out, which Infer sized, within the budget.
func (b *builder) fold(op Folder, in, out []Value, size int) error {
	if size > b.budget {
		return fmt.Errorf("output %q has shape %v: the model's constants take more memory than its file justifies",
			out[0].Name, brief(out[0].Shape))
	}
	b.budget -= size
	t := make([]*Tensor, len(in))
	_, dequantize := op.(DequantizeLinear)
	for i := range in {
		t[i] = in[i].Const
		if t[i] != nil && !(dequantize && i == 0) {
			t[i].widen()
		}
	}
	folded, err := op.Fold(t)
	if err != nil {
		return err
	}
	for i := range out {
		out[i].Const = folded[i]
	}
	return nil
}

// bytes is the memory an element of a constant takes: see Tensor.
func (t DType) bytes() int {
	if t == Float32 {
		return 4
	}
	return 8
}

// computable refuses to compute on integers at run time, other than to and from quantized ones.
func computable(op Op, in, out []Value) error {
	switch op.(type) {
	case QuantizeLinear, DequantizeLinear:
		return nil
	case constantOnly:
		for _, v := range in {
			if v.Name != "" && v.Const == nil {
				return fmt.Errorf("input %q depends on run-time data, and %s is supported on constants only", v.Name, op.Type())
			}
		}
	}
	for _, list := range [...][]Value{in, out} {
		for _, v := range list {
			if v.Name != "" && v.DType != Float32 {
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

// brief keeps a list of a file printable.
func brief[T any](list []T) []T { return list[:min(len(list), maxRank+1)] }
