package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// dtypeOf is the DType that an ONNX type becomes; Float16, BFloat16 and Double become Float32, Uint32
// and Uint64 constants Int64. ok is false for types that are not supported.
func dtypeOf(t onnx.DataType) (d DType, ok bool) {
	switch t {
	case onnx.Float, onnx.Float16, onnx.BFloat16, onnx.Double:
		return Float32, true
	case onnx.Int64, onnx.Uint64, onnx.Uint32:
		return Int64, true
	case onnx.Int32:
		return Int32, true
	case onnx.Int8:
		return Int8, true
	case onnx.Uint8:
		return Uint8, true
	case onnx.Int16:
		return Int16, true
	case onnx.Uint16:
		return Uint16, true
	case onnx.Bool:
		return Bool, true
	}
	return 0, false
}

// onnxType is the ONNX type of a DType.
func (t DType) onnxType() onnx.DataType {
	return [...]onnx.DataType{Float32: onnx.Float, Int64: onnx.Int64, Int32: onnx.Int32, Int8: onnx.Int8,
		Uint8: onnx.Uint8, Int16: onnx.Int16, Uint16: onnx.Uint16, Bool: onnx.Bool}[t]
}

// FromONNX decodes a tensor of a file. Float16, BFloat16 and Double become Float32 (Double rounds to
// nearest even); integers are widened. files gives the bytes of external data and may be nil.
func FromONNX(t *onnx.Tensor, files onnx.Reader) (*Tensor, error) {
	out, err := read(t, files)
	if err == nil {
		out.widen()
	}
	return out, err
}

// read is FromONNX with Codes only for integers of 8 bits, see widen.
func read(t *onnx.Tensor, files onnx.Reader) (*Tensor, error) {
	d, ok := dtypeOf(t.DataType)
	if !ok {
		return nil, fmt.Errorf("tensor %q: type %v is not supported", t.Name, t.DataType)
	}
	shape, err := shapeOf(t.Dims)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	out := &Tensor{DType: d, Shape: shape}
	switch d {
	case Float32:
		out.F, err = t.Floats(files)
	case Int8, Uint8:
		out.Codes, err = t.Codes(files)
	default:
		out.I, err = t.Ints(files)
	}
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	return out, nil
}

// ToONNX is t as a tensor of a file, in raw_data.
func ToONNX(name string, t *Tensor) onnx.Tensor {
	dims := make([]int64, len(t.Shape))
	for i, d := range t.Shape {
		dims[i] = int64(d)
	}
	if t.DType == Float32 {
		return onnx.FromFloats(name, dims, t.F)
	}
	return onnx.FromInts(name, t.DType.onnxType(), dims, t.I)
}

// casts counts the tensors that were converted on the way in, for Notes.
type casts struct{ half, brain, double int }

func (c *casts) count(t onnx.DataType) {
	switch t {
	case onnx.Float16:
		c.half++
	case onnx.BFloat16:
		c.brain++
	case onnx.Double:
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
