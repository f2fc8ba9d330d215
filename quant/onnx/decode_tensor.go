package onnx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

func (d *decoder) tensor(b []byte, t *Tensor) error {
	var external []Entry
	var location int64
	var f32, i32, i64, f64, u64 run
	err := d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return numbers(f, &t.Dims)
		case 2:
			return number(f, &t.DataType)
		case 3:
			t.Segment = true
			return nil
		case 4:
			return f32.add(f, protowire.Fixed32Type)
		case 5:
			return i32.add(f, protowire.VarintType)
		case 6:
			t.Strings++
			return nil
		case 7:
			return i64.add(f, protowire.VarintType)
		case 8:
			return d.text(f, &t.Name)
		case 9:
			if f.typ != protowire.BytesType {
				return errWireType
			}
			t.Raw = f.b
			return nil
		case 10:
			return f64.add(f, protowire.Fixed64Type)
		case 11:
			return u64.add(f, protowire.VarintType)
		case 13:
			return d.message(f, "external_data", len(external), func(b []byte) error {
				var e Entry
				err := d.entry(b, &e)
				external = append(external, e)
				return err
			})
		case 14:
			return number(f, &location)
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.FloatData, t.Int32Data, t.Int64Data, t.DoubleData, t.Uint64Data = f32.b, i32.b, i64.b, f64.b, u64.b
	if location == 1 {
		t.External, err = externalOf(external)
	}
	return err
}

// run gathers the bytes of a repeated scalar field as they are, without a copy where the field comes
// once and packed, which is how everybody writes it.
type run struct {
	b     []byte
	owned bool // b is ours, not the file's
}

// add takes one more occurrence of a field whose elements have type elem.
func (r *run) add(f field, elem protowire.Type) error {
	if f.typ == protowire.BytesType && len(r.b) == 0 {
		r.b = f.b
		return nil
	}
	if !r.owned {
		r.b, r.owned = bytes.Clone(r.b), true
	}
	switch {
	case f.typ == protowire.BytesType:
		r.b = append(r.b, f.b...)
	case f.typ != elem:
		return errWireType
	case elem == protowire.VarintType:
		r.b = protowire.AppendVarint(r.b, f.u)
	case elem == protowire.Fixed32Type:
		r.b = binary.LittleEndian.AppendUint32(r.b, uint32(f.u))
	default:
		r.b = binary.LittleEndian.AppendUint64(r.b, f.u)
	}
	return nil
}

func externalOf(entries []Entry) (*External, error) {
	e := &External{Length: -1}
	for _, kv := range entries {
		var err error
		switch kv.Key {
		case "location":
			e.Location = kv.Value
		case "offset":
			e.Offset, err = strconv.ParseInt(kv.Value, 10, 64)
		case "length":
			e.Length, err = strconv.ParseInt(kv.Value, 10, 64)
			if err == nil && e.Length < 0 {
				err = strconv.ErrRange
			}
		}
		if err != nil || e.Offset < 0 {
			return nil, fmt.Errorf("external_data: %s %q is not a size", kv.Key, kv.Value)
		}
	}
	if e.Location == "" {
		return nil, fmt.Errorf("external_data names no file")
	}
	return e, nil
}
