package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// dtypeOf is the DType that an ONNX type becomes; Float16, BFloat16 and Double become Float32, Uint32
// and Uint64 constants Int64. ok is false for types that are not supported.
func dtypeOf(t DataType) (d graph.DType, ok bool) {
	switch t {
	case Float, Float16, BFloat16, Double:
		return graph.Float32, true
	case Int64, Uint64, Uint32:
		return graph.Int64, true
	case Int32:
		return graph.Int32, true
	case Int8:
		return graph.Int8, true
	case Uint8:
		return graph.Uint8, true
	case Int16:
		return graph.Int16, true
	case Uint16:
		return graph.Uint16, true
	case Bool:
		return graph.Bool, true
	}
	return 0, false
}

// typeOf is the ONNX type of a DType.
func typeOf(t graph.DType) DataType {
	return [...]DataType{graph.Float32: Float, graph.Int64: Int64, graph.Int32: Int32, graph.Int8: Int8,
		graph.Uint8: Uint8, graph.Int16: Int16, graph.Uint16: Uint16, graph.Bool: Bool}[t]
}

// ToTensor decodes a tensor of a file. Float16, BFloat16 and Double become Float32 (Double rounds to
// nearest even); integers are widened. files gives the bytes of external data and may be nil.
func ToTensor(t *Tensor, files Reader) (*graph.Tensor, error) {
	out, err := read(t, files)
	if err == nil {
		out.Widen()
	}
	return out, err
}

// read is ToTensor with Codes only for integers of 8 bits, see Widen.
func read(t *Tensor, files Reader) (*graph.Tensor, error) {
	d, ok := dtypeOf(t.DataType)
	if !ok {
		return nil, fmt.Errorf("tensor %q: type %v is not supported", t.Name, t.DataType)
	}
	shape, err := shapeOf(t.Dims)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	out := &graph.Tensor{DType: d, Shape: shape}
	switch d {
	case graph.Float32:
		out.F, err = t.Floats(files)
	case graph.Int8, graph.Uint8:
		out.Codes, err = t.Codes(files)
	default:
		out.I, err = t.Ints(files)
	}
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	return out, nil
}

// FromTensor is t as a tensor of a file, in raw_data.
func FromTensor(name string, t *graph.Tensor) Tensor {
	dims := make([]int64, len(t.Shape))
	for i, d := range t.Shape {
		dims[i] = int64(d)
	}
	if t.DType == graph.Float32 {
		return FromFloats(name, dims, t.F)
	}
	return FromInts(name, typeOf(t.DType), dims, t.I)
}

// casts counts the tensors that were converted on the way in, for Notes.
type casts struct{ half, brain, double int }

func (c *casts) count(t DataType) {
	switch t {
	case Float16:
		c.half++
	case BFloat16:
		c.brain++
	case Double:
		c.double++
	}
}

// notes are one sentence for each type that was converted.
func (c *casts) notes() []string {
	var notes []string
	for _, x := range [...]struct {
		n    int
		name string
	}{{c.half, "float16"}, {c.brain, "bfloat16"}, {c.double, "double"}} {
		if x.n > 0 {
			notes = append(notes, fmt.Sprintf("Tensors of type %s (%d of them) were converted to float32.", x.name, x.n))
		}
	}
	return notes
}
