package onnx

import (
	"fmt"
	"math"
)

// names are those of TensorProto.DataType, by number.
var names = [...]string{"UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING",
	"BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN",
	"FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1", "FLOAT8E8M0", "UINT2", "INT2"}

// String is the name onnx.proto has.
func (t DataType) String() string {
	if t >= 0 && int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("DataType(%d)", int32(t))
}

// size is the bytes of an element, 0 of types without a fixed number of bytes.
func (t DataType) size() int {
	switch t {
	case Int8, Uint8, Bool:
		return 1
	case Int16, Uint16, Float16, BFloat16:
		return 2
	case Int32, Uint32, Float:
		return 4
	case Int64, Uint64, Double:
		return 8
	}
	return 0
}

// widen reads the low bits of u as an integer of type t.
func (t DataType) widen(u uint64) (int64, error) {
	switch t {
	case Bool:
		if u&0xff != 0 {
			return 1, nil
		}
		return 0, nil
	case Int8:
		return int64(int8(u)), nil
	case Uint8:
		return int64(uint8(u)), nil
	case Int16:
		return int64(int16(u)), nil
	case Uint16:
		return int64(uint16(u)), nil
	case Int32:
		return int64(int32(u)), nil
	case Uint32:
		return int64(uint32(u)), nil
	case Uint64:
		if u > math.MaxInt64 {
			return 0, fmt.Errorf("%d is over the largest int64", u)
		}
	}
	return int64(u), nil
}
