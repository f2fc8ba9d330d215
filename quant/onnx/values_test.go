package onnx

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// TestHalf compares every bit pattern with the definition.
func TestHalf(t *testing.T) {
	for i := range 1 << 16 {
		h := uint16(i)
		exp, frac := int(h>>10)&0x1f, float64(h&0x3ff)
		want := math.Ldexp(1+frac/1024, exp-15)
		switch {
		case exp == 0:
			want = math.Ldexp(frac/1024, -14)
		case exp == 31 && frac == 0:
			want = math.Inf(1)
		case exp == 31:
			want = math.NaN()
		}
		if h&0x8000 != 0 {
			want = math.Copysign(want, -1)
		}
		got := float64(Half(h))
		if math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
			t.Fatalf("Half(%#04x) = %v, want %v", h, got, want)
		}
	}
	if got := Brain(0xc040); got != -3 {
		t.Errorf("Brain(0xc040) = %v, want -3", got)
	}
}

func varints(v ...uint64) (b []byte) {
	for _, x := range v {
		b = protowire.AppendVarint(b, x)
	}
	return b
}

func doubles(v ...float64) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// TestFloats has every way to store floats.
func TestFloats(t *testing.T) {
	want := []float32{1, -2, 0.5}
	f := FromFloats("", nil, want)
	for name, x := range map[string]Tensor{
		"raw float":    {DataType: Float, Raw: f.Raw},
		"float_data":   {DataType: Float, FloatData: f.Raw},
		"raw double":   {DataType: Double, Raw: doubles(1, -2, 0.5)},
		"double_data":  {DataType: Double, DoubleData: doubles(1, -2, 0.5)},
		"raw half":     {DataType: Float16, Raw: []byte{0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38}},
		"int32 half":   {DataType: Float16, Int32Data: varints(0x3c00, 0xc000, 0x3800)},
		"raw bfloat":   {DataType: BFloat16, Raw: []byte{0x80, 0x3f, 0x00, 0xc0, 0x00, 0x3f}},
		"int32 bfloat": {DataType: BFloat16, Int32Data: varints(0x3f80, 0xc000, 0x3f00)},
	} {
		x.Dims = []int64{3}
		got, err := x.Floats(nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if _, err := x.Ints(nil); err == nil {
			t.Errorf("%s: read as integers", name)
		}
		x.Dims = []int64{4}
		if got, err := x.Floats(nil); err == nil {
			t.Errorf("%s: 4 elements of 3: %v", name, got)
		}
		x.Dims = []int64{2}
		if got, err := x.Floats(nil); err == nil {
			t.Errorf("%s: 2 elements of 3: %v", name, got)
		}
	}
}

// TestInts has every way to store integers.
func TestInts(t *testing.T) {
	minus := func(v int64) uint64 { return uint64(v) }
	for name, c := range map[string]struct {
		t    Tensor
		want []int64
	}{
		"raw int8":    {Tensor{DataType: Int8, Raw: []byte{1, 0xff}}, []int64{1, -1}},
		"raw uint8":   {Tensor{DataType: Uint8, Raw: []byte{1, 0xff}}, []int64{1, 255}},
		"raw bool":    {Tensor{DataType: Bool, Raw: []byte{0, 7}}, []int64{0, 1}},
		"raw int16":   {Tensor{DataType: Int16, Raw: []byte{1, 0, 0xff, 0xff}}, []int64{1, -1}},
		"raw uint16":  {Tensor{DataType: Uint16, Raw: []byte{1, 0, 0xff, 0xff}}, []int64{1, 65535}},
		"raw int32":   {Tensor{DataType: Int32, Raw: []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}}, []int64{1, -1}},
		"raw uint32":  {Tensor{DataType: Uint32, Raw: []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}}, []int64{1, math.MaxUint32}},
		"raw int64":   {FromInts("", Int64, nil, []int64{1, math.MinInt64}), []int64{1, math.MinInt64}},
		"int8":        {Tensor{DataType: Int8, Int32Data: varints(1, minus(-1))}, []int64{1, -1}},
		"uint8":       {Tensor{DataType: Uint8, Int32Data: varints(1, 255)}, []int64{1, 255}},
		"bool":        {Tensor{DataType: Bool, Int32Data: varints(0, 1)}, []int64{0, 1}},
		"int16":       {Tensor{DataType: Int16, Int32Data: varints(1, minus(-300))}, []int64{1, -300}},
		"int32":       {Tensor{DataType: Int32, Int32Data: varints(1, minus(-1<<31))}, []int64{1, -1 << 31}},
		"int64":       {Tensor{DataType: Int64, Int64Data: varints(1, minus(-1))}, []int64{1, -1}},
		"uint32":      {Tensor{DataType: Uint32, Uint64Data: varints(1, math.MaxUint32)}, []int64{1, math.MaxUint32}},
		"uint64":      {Tensor{DataType: Uint64, Uint64Data: varints(1, math.MaxInt64)}, []int64{1, math.MaxInt64}},
		"uint64 over": {Tensor{DataType: Uint64, Uint64Data: varints(1, math.MaxUint64)}, nil},
		"uint8 over":  {Tensor{DataType: Uint8, Int32Data: varints(1, 256)}, nil},
		"int8 over":   {Tensor{DataType: Int8, Int32Data: varints(1, 128)}, nil},
		"cut varint":  {Tensor{DataType: Int64, Int64Data: []byte{1, 0x80}}, nil},
		"segment":     {Tensor{DataType: Int8, Raw: []byte{1, 2}, Segment: true}, nil},
		"string":      {Tensor{DataType: String, Strings: 2}, nil},
	} {
		c.t.Dims = []int64{2}
		got, err := c.t.Ints(nil)
		if (err == nil) != (c.want != nil) || err == nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}

// TestLen checks sizes against overflow.
func TestLen(t *testing.T) {
	for _, c := range []struct {
		dims []int64
		want int // -1 for an error
	}{
		{nil, 1},
		{[]int64{2, 3}, 6},
		{[]int64{0, 1 << 29}, 0},
		{[]int64{1 << 30}, 1 << 30},
		{[]int64{1 << 31}, -1},
		{[]int64{1 << 16, 1 << 16, 1 << 16, 1 << 16}, -1},
		{[]int64{math.MaxInt64, math.MaxInt64}, -1},
		{[]int64{0, -1}, -1},
		{[]int64{-1, -1}, -1},
	} {
		n, err := (&Tensor{Dims: c.dims}).Len()
		if err == nil && n != c.want || err != nil && c.want != -1 {
			t.Errorf("%v: %d, %v, want %d", c.dims, n, err, c.want)
		}
	}
}

// TestExternal reads data from a further file, within its bounds.
func TestExternal(t *testing.T) {
	file := FromFloats("", nil, []float32{9, 1, 2, 9}).Raw
	files := func(location string) ([]byte, error) {
		if location != "weights.bin" {
			return nil, errors.New("no such file was given")
		}
		return file, nil
	}
	for _, c := range []struct {
		external External
		err      string
	}{
		{External{"weights.bin", 4, 8}, ""},
		{External{"weights.bin", 4, -1}, ""},
		{External{"weights.bin", 4, 12}, "needs 8 bytes"},
		{External{"weights.bin", 12, 8}, "has 4 there"},
		{External{"weights.bin", 17, 8}, "has 16"},
		{External{"weights.bin", math.MaxInt64, math.MaxInt64}, "has 16"},
		{External{"weights.bin", 16, -1}, "needs 8 bytes"},
		{External{"../secret", 0, -1}, "no such file"},
	} {
		x := Tensor{Dims: []int64{2}, DataType: Float, External: &c.external}
		got, err := x.Floats(files)
		switch {
		case c.err == "" && (err != nil || !slices.Equal(got, []float32{1, 2})):
			t.Errorf("%v: %v, %v", c.external, got, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%v: %v, %v, want an error with %q", c.external, got, err, c.err)
		}
		if _, err := x.Floats(nil); err == nil || !strings.Contains(err.Error(), "give that file") {
			t.Errorf("%v: without files: %v", c.external, err)
		}
	}
}
