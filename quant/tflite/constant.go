package tflite

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// typeOf is ONNX's name for a type of element.
func typeOf(typ int) onnx.DataType {
	switch typ {
	case float32Type:
		return onnx.Float
	case float16Type:
		return onnx.Float16
	case int32Type:
		return onnx.Int32
	case uint8Type:
		return onnx.Uint8
	case int64Type:
		return onnx.Int64
	case boolType:
		return onnx.Bool
	case int16Type:
		return onnx.Int16
	case int8Type, int4Type:
		return onnx.Int8
	case float64Type:
		return onnx.Double
	case uint32Type:
		return onnx.Uint32
	case uint16Type:
		return onnx.Uint16
	case bfloat16Type:
		return onnx.BFloat16
	}
	return onnx.Undefined
}

// constant writes a tensor of the file with its axes in another order, nil for its own, and gives the name of
// its floats, or of its elements where these stand for themselves.
func (t *translator) constant(i int, order []int) (string, error) {
	key := madeKey{i, fmt.Sprint(order)}
	if name, ok := t.made[key]; ok {
		return name, nil
	}
	x := &t.file.tensors[i]
	if x.malformed != nil {
		return "", x.malformed
	}
	if x.sparse {
		return "", fmt.Errorf("tensor %q is stored sparsely, which is not supported: convert the model without sparsity", x.name)
	}
	data := x.data
	if x.typ == int4Type {
		data = nibbles(data, graph.Len(x.shape))
	}
	shape, axis := x.shape, x.axis
	if order != nil {
		data, shape = permuted(data, x.shape, order)
		axis = slices.Index(order, axis)
	}
	name, err := t.initializer(x.name, typeOf(x.typ), shape, data)
	if err != nil {
		return "", err
	}
	if x.quantized() {
		name = t.dequantized(i, name, axis)
	} else if x.typ == float16Type || x.typ == bfloat16Type || x.typ == float64Type {
		name = t.value("Cast", x.name, []string{name}, onnx.Int("to", int(onnx.Float)))
	}
	t.made[key] = name
	return name, nil
}

// initializer writes a constant, whose bytes it keeps.
func (t *translator) initializer(want string, typ onnx.DataType, shape []int, data []byte) (string, error) {
	if t.shared.room -= len(data); t.shared.room < 0 {
		return "", fmt.Errorf("constant %q: the file's tensors share their data, so that they take more memory than it justifies", want)
	}
	c := onnx.Tensor{Name: t.names.Fresh(want), DataType: typ, Raw: data}
	for _, d := range shape {
		c.Dims = append(c.Dims, int64(d))
	}
	t.out.Initializers = append(t.out.Initializers, c)
	return c.Name, nil
}

// numbers writes scale and zero point of a quantized tensor and gives their names.
func (t *translator) numbers(i int) []string {
	key := madeKey{i, "scale"}
	x := &t.file.tensors[i]
	n := len(x.scales) / 4
	shape := []int{n}
	if n == 1 {
		shape = []int{}
	}
	scale, ok := t.made[key]
	if !ok {
		scale, _ = t.initializer(x.name+"_scale", onnx.Float, shape, x.scales)
		t.made[key] = scale
	}
	key.order = "zero"
	zero, ok := t.made[key]
	if !ok {
		var data []byte
		size := width(x.typ)
		for k := range n {
			z := uint64(0)
			if 8*(k+1) <= len(x.zeros) {
				z = binary.LittleEndian.Uint64(x.zeros[8*k:])
			}
			data = binary.LittleEndian.AppendUint64(data, z)[:len(data)+size]
		}
		zero, _ = t.initializer(x.name+"_zero_point", typeOf(x.typ), shape, data)
		t.made[key] = zero
	}
	return []string{scale, zero}
}

// ints writes a list of integers and gives its name.
func (n *node) ints(role string, list ...int) string {
	data := make([]byte, 0, 8*len(list))
	for _, v := range list {
		data = binary.LittleEndian.AppendUint64(data, uint64(v))
	}
	return n.own(role, onnx.Int64, []int{len(list)}, data)
}

// float writes one number and gives its name.
func (n *node) float(role string, v float32) string {
	return n.own(role, onnx.Float, []int{}, binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
}

// own writes a constant that the file has not.
func (n *node) own(role string, typ onnx.DataType, shape []int, data []byte) string {
	if n.err != nil {
		return ""
	}
	name, err := n.initializer(n.name+"_"+role, typ, shape, data)
	if err != nil {
		n.fail(err)
	}
	return name
}

// nibbles takes n signed integers of 4 bits apart, the lower half of a byte first.
func nibbles(b []byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(int8(b[i/2]<<4) >> 4)
		if i%2 == 1 {
			out[i] = byte(int8(b[i/2]) >> 4)
		}
	}
	return out
}

// permuted puts the axes of an array in another order: axis i of the result is axis order[i] of the array.
func permuted(data []byte, shape, order []int) ([]byte, []int) {
	n := graph.Len(shape)
	if n == 0 || len(data)%n != 0 {
		n = 1
	}
	size := len(data) / n
	strides := make([]int, len(shape))
	for i, step := len(shape)-1, size; i >= 0; i-- {
		strides[i] = step
		step *= shape[i]
	}
	to, steps := make([]int, len(order)), make([]int, len(order))
	for i, a := range order {
		to[i], steps[i] = shape[a], strides[a]
	}
	out := make([]byte, 0, len(data))
	at, index := 0, make([]int, len(to))
	for len(out) < len(data) {
		out = append(out, data[at:at+size]...)
		for i := len(to) - 1; i >= 0; i-- {
			at += steps[i]
			if index[i]++; index[i] < to[i] {
				break
			}
			at -= steps[i] * to[i]
			index[i] = 0
		}
	}
	return out, to
}

// integers are the elements of a constant of integers.
func (t *tensor) integers() ([]int, error) {
	if !t.constant() {
		return nil, errConstant
	}
	if t.malformed != nil {
		return nil, t.malformed
	}
	c := onnx.Tensor{Dims: []int64{int64(graph.Len(t.shape))}, DataType: typeOf(t.typ), Raw: t.data}
	v, err := c.Ints(nil)
	if err != nil {
		return nil, err
	}
	list := make([]int, len(v))
	for i, x := range v {
		list[i] = int(x)
		if x > graph.MaxElements || x < -graph.MaxElements {
			// Ends of slices are the largest integer there is.
			list[i] = graph.MaxElements
			if x < 0 {
				list[i] = -graph.MaxElements
			}
		}
	}
	return list, nil
}
