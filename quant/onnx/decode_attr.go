package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

func (d *decoder) attr(b []byte, a *Attr) error {
	typed := false
	err := d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.text(f, &a.Name)
		case 2:
			if f.typ != protowire.Fixed32Type {
				return errWireType
			}
			a.F = math.Float32frombits(uint32(f.u))
			return nil
		case 3:
			return number(f, &a.I)
		case 4:
			// bytes, not string: the text need not be UTF-8.
			if f.typ != protowire.BytesType {
				return errWireType
			}
			a.S = string(f.b)
			return nil
		case 5:
			a.T = new(Tensor)
			return d.message(f, "t", -1, func(b []byte) error { return d.tensor(b, a.T) })
		case 6:
			a.G = new(Graph)
			return d.message(f, "g", -1, func(b []byte) error { return d.graph(b, a.G) })
		case 7:
			return words(f, &a.Floats)
		case 8:
			return numbers(f, &a.Ints)
		case 9:
			if f.typ != protowire.BytesType {
				return errWireType
			}
			a.Strings = append(a.Strings, string(f.b))
			return d.part()
		case 20:
			typed = true
			return number(f, &a.Type)
		case 21:
			return d.text(f, &a.Ref)
		}
		return nil
	})
	if err == nil && !typed {
		a.Type = untyped(a)
	}
	return err
}

// untyped is the type of an attribute that does not tell it, as files of IR version 1 may not.
func untyped(a *Attr) AttrType {
	switch {
	case a.T != nil:
		return AttrTensor
	case a.G != nil:
		return AttrGraph
	case len(a.Floats) > 0:
		return AttrFloats
	case len(a.Ints) > 0:
		return AttrInts
	case len(a.Strings) > 0:
		return AttrStrings
	case a.S != "":
		return AttrString
	case a.F != 0:
		return AttrFloat
	case a.I != 0:
		return AttrInt
	}
	return AttrUndefined
}

// words appends a repeated float field, packed or not.
func words(f field, to *[]float32) error {
	switch f.typ {
	case protowire.Fixed32Type:
		*to = append(*to, math.Float32frombits(uint32(f.u)))
		return nil
	case protowire.BytesType:
		if len(f.b)%4 != 0 {
			return errTruncated
		}
		for b := f.b; len(b) > 0; b = b[4:] {
			*to = append(*to, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
		return nil
	}
	return errWireType
}
