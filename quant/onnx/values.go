package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

// Reader gives the bytes of a further file that holds a model's external data.
type Reader func(location string) ([]byte, error)

// maxElements bounds one tensor; more than that is a mistake or an attack in this tool's networks.
const maxElements = 1 << 30

// Len is the number of elements Dims declare, checked against overflow.
func (t *Tensor) Len() (int, error) {
	n := int64(1)
	zero := false
	for i, d := range t.Dims {
		if d < 0 {
			return 0, fmt.Errorf("dimension %d is %d", i, d)
		}
		if d > maxElements {
			return 0, fmt.Errorf("dimension %d is %d, over the limit of %d elements", i, d, maxElements)
		}
		if zero = zero || d == 0; zero {
			continue
		}
		if n > maxElements/d {
			return 0, fmt.Errorf("shape %v has over %d elements", short(t.Dims), maxElements)
		}
		n *= d
	}
	if zero {
		return 0, nil
	}
	return int(n), nil
}

// Stored tells that the tensor has a type and as many elements as its shape says.
func (t *Tensor) Stored() bool {
	if _, err := t.Floats(nil); err == nil {
		return true
	}
	_, err := t.Ints(nil)
	return err == nil
}

// short keeps a list printable.
func short(d []int64) []int64 { return d[:min(len(d), 12)] }

// Floats decodes a tensor of Float, Float16, BFloat16 or Double to float32; Double rounds to nearest
// even. files may be nil where there is no external data.
func (t *Tensor) Floats(files Reader) ([]float32, error) {
	n, err := t.Len()
	if err != nil {
		return nil, err
	}
	size := t.DataType.size()
	switch t.DataType {
	case Float, Double, Float16, BFloat16:
	default:
		return nil, fmt.Errorf("%v is not a floating-point type", t.DataType)
	}
	raw, err := t.raw(files)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		switch t.DataType {
		case Float:
			raw = t.FloatData
		case Double:
			raw = t.DoubleData
		default:
			return t.halves(n)
		}
	}
	if len(raw) != n*size {
		return nil, t.wrongSize(len(raw), n*size)
	}
	out := make([]float32, n)
	if t.DataType == Float {
		// At once: number by number is a third of the time of opening a model in a browser. Little
		// endian is what WebAssembly and all machines of ours are.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), len(raw)), raw)
		return out, nil
	}
	for i := range out {
		b := raw[i*size:]
		switch t.DataType {
		case Double:
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		case Float16:
			out[i] = Half(binary.LittleEndian.Uint16(b))
		case BFloat16:
			out[i] = Brain(binary.LittleEndian.Uint16(b))
		}
	}
	return out, nil
}

// halves decodes 16-bit floats, which int32_data carries as bit patterns when there is no raw_data.
func (t *Tensor) halves(n int) ([]float32, error) {
	out := make([]float32, 0, min(n, len(t.Int32Data)))
	err := t.varints(t.Int32Data, n, func(u uint64) error {
		if u > math.MaxUint16 {
			return fmt.Errorf("element %d is %d, which is no 16-bit pattern", len(out), u)
		}
		if t.DataType == Float16 {
			out = append(out, Half(uint16(u)))
		} else {
			out = append(out, Brain(uint16(u)))
		}
		return nil
	})
	return out, err
}

// Ints decodes a tensor of an integer type or Bool. A Uint64 over the largest int64 is an error.
func (t *Tensor) Ints(files Reader) ([]int64, error) {
	n, err := t.Len()
	if err != nil {
		return nil, err
	}
	size := t.DataType.size()
	switch t.DataType {
	case Int8, Uint8, Int16, Uint16, Int32, Uint32, Int64, Uint64, Bool:
	default:
		return nil, fmt.Errorf("%v is not an integer type", t.DataType)
	}
	raw, err := t.raw(files)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return t.typedInts(n)
	}
	if len(raw) != n*size {
		return nil, t.wrongSize(len(raw), n*size)
	}
	out := make([]int64, n)
	for i := range out {
		b := raw[i*size:]
		var u uint64
		switch size {
		case 1:
			u = uint64(b[0])
		case 2:
			u = uint64(binary.LittleEndian.Uint16(b))
		case 4:
			u = uint64(binary.LittleEndian.Uint32(b))
		default:
			u = binary.LittleEndian.Uint64(b)
		}
		if out[i], err = t.DataType.widen(u); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return out, nil
}

// Codes decodes a tensor of Int8 or Uint8 to one byte an element, Uint8 less 128.
func (t *Tensor) Codes(files Reader) ([]int8, error) {
	if t.DataType != Int8 && t.DataType != Uint8 {
		return nil, fmt.Errorf("%v is not an integer type of 8 bits", t.DataType)
	}
	n, err := t.Len()
	if err != nil {
		return nil, err
	}
	raw, err := t.raw(files)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		ints, err := t.typedInts(n)
		if err != nil {
			return nil, err
		}
		raw = make([]byte, n)
		for i, v := range ints {
			raw[i] = byte(v)
		}
	}
	if len(raw) != n {
		return nil, t.wrongSize(len(raw), n)
	}
	out := make([]int8, n)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), n), raw)
	if t.DataType == Uint8 {
		for i := range out {
			out[i] ^= -128
		}
	}
	return out, nil
}

// typedInts decodes int32_data, int64_data or uint64_data, whichever the type goes with.
func (t *Tensor) typedInts(n int) ([]int64, error) {
	data := t.Int32Data
	switch t.DataType {
	case Int64:
		data = t.Int64Data
	case Uint32, Uint64:
		data = t.Uint64Data
	}
	out := make([]int64, 0, min(n, len(data)))
	err := t.varints(data, n, func(u uint64) error {
		v := int64(u)
		var err error
		switch t.DataType {
		case Int64:
		case Uint32, Uint64:
			v, err = t.DataType.widen(u)
		default:
			// The field is int32: what it holds must be a value of the narrower type.
			if w, _ := t.DataType.widen(u); w != int64(int32(u)) {
				err = fmt.Errorf("%d is no %v", int32(u), t.DataType)
			}
			v = int64(int32(u))
		}
		if err != nil {
			return fmt.Errorf("element %d: %w", len(out), err)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

// varints calls f with each of n varints of data.
func (t *Tensor) varints(data []byte, n int, f func(uint64) error) error {
	count := 0
	for b := data; len(b) > 0; count++ {
		u, k := protowire.ConsumeVarint(b)
		if k < 0 {
			return wireError(k, errTruncated)
		}
		if count == n {
			return fmt.Errorf("shape %v has %d elements and the file more", short(t.Dims), n)
		}
		if err := f(u); err != nil {
			return err
		}
		b = b[k:]
	}
	if count != n {
		return fmt.Errorf("shape %v has %d elements and the file %d", short(t.Dims), n, count)
	}
	return nil
}

// raw is the little-endian bytes of raw_data or of an external file; nil where a typed field has them.
func (t *Tensor) raw(files Reader) ([]byte, error) {
	if t.Segment {
		return nil, errors.New("a tensor in segments is not supported")
	}
	if t.External == nil {
		if len(t.Raw) == 0 {
			return nil, nil
		}
		return t.Raw, nil
	}
	e := t.External
	if files == nil {
		return nil, fmt.Errorf("its data is in the file %q: give that file along with the model", e.Location)
	}
	b, err := files(e.Location)
	if err != nil {
		return nil, fmt.Errorf("its data is in the file %q: %w", e.Location, err)
	}
	if e.Offset > int64(len(b)) {
		return nil, fmt.Errorf("its data begins at byte %d of %q, which has %d", e.Offset, e.Location, len(b))
	}
	b = b[e.Offset:]
	if e.Length > int64(len(b)) {
		return nil, fmt.Errorf("its data is %d bytes from byte %d of %q, which has %d there", e.Length, e.Offset, e.Location, len(b))
	}
	if e.Length >= 0 {
		b = b[:e.Length]
	} else if n, err := t.Len(); err == nil {
		// Without a length the rest of the file follows, of which other tensors may be a part.
		b = b[:min(len(b), n*t.DataType.size())]
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

func (t *Tensor) wrongSize(have, want int) error {
	return fmt.Errorf("shape %v of %v needs %d bytes and the file has %d", short(t.Dims), t.DataType, want, have)
}
