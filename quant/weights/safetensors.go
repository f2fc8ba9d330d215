package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// longestHeader is what the format allows.
const longestHeader = 100_000_000

// isSafetensors tells whether b has the length of a JSON object, however wrong, then the beginning of that object.
func isSafetensors(b []byte) bool {
	return len(b) >= 10 && b[8] == '{' && (b[9] == '"' || b[9] == '}' && binary.LittleEndian.Uint64(b) <= longestHeader)
}

// element is a type of element, by its names in safetensors and PyTorch, and its bytes.
type element struct {
	safe, torch string
	typ         onnx.DataType
	width       int
}

// types are those that are read.
var types = []element{
	{"F32", "FloatStorage", onnx.Float, 4},
	{"F64", "DoubleStorage", onnx.Double, 8},
	{"F16", "HalfStorage", onnx.Float16, 2},
	{"BF16", "BFloat16Storage", onnx.BFloat16, 2},
	{"I64", "LongStorage", onnx.Int64, 8},
	{"I32", "IntStorage", onnx.Int32, 4},
	{"I16", "ShortStorage", onnx.Int16, 2},
	{"I8", "CharStorage", onnx.Int8, 1},
	{"U8", "ByteStorage", onnx.Uint8, 1},
	{"BOOL", "BoolStorage", onnx.Bool, 1},
}

// safetensors reads the format of that name: a header says where in the rest each tensor lies.
//
// Source: github.com/huggingface/safetensors, README, "Format".
func safetensors(b []byte) (*Dict, error) {
	length := binary.LittleEndian.Uint64(b)
	d := newDict("a safetensors file", len(b))
	switch {
	case length > longestHeader:
		return nil, fmt.Errorf("%s whose header would have %d bytes, over the limit of %d: it is damaged, download it again", d.Format, length, longestHeader)
	case length > uint64(len(b)-8):
		return nil, fmt.Errorf("%s cut off in its header, which has %d bytes: download it again", d.Format, length)
	}
	n := int(length)
	if count := bytes.Count(b[8:8+n], []byte("data_offsets")); count > mostTensors {
		return nil, fmt.Errorf("%s of %d tensors, over the limit of %d", d.Format, count, mostTensors)
	}
	var header map[string]json.RawMessage
	if json.Unmarshal(b[8:8+n], &header) != nil {
		return nil, fmt.Errorf("%s whose header is no JSON object: download it again", d.Format)
	}
	rest := b[8+n:]
	var spans []span
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "__metadata__" {
			continue
		}
		var entry struct {
			Type    string  `json:"dtype"`
			Shape   []int64 `json:"shape"`
			Offsets []int64 `json:"data_offsets"`
		}
		err := json.Unmarshal(header[name], &entry)
		if err != nil {
			err = errors.New("its entry in the header is not a dtype, a shape and data_offsets")
		}
		o := entry.Offsets
		if err == nil && (len(o) != 2 || o[0] < 0 || o[1] < o[0] || o[1] > int64(len(rest))) {
			err = errors.New("it lies outside the file, which may be cut off: download it again")
		}
		i := slices.IndexFunc(types, func(t element) bool { return t.safe == entry.Type })
		if err == nil && i < 0 {
			err = fmt.Errorf("its type %.20q is not supported: save it as F32, F16 or BF16", entry.Type)
		}
		var t *onnx.Tensor
		if err == nil {
			t, err = sized(types[i].typ, types[i].width, entry.Shape, rest[o[0]:o[1]:o[1]])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: tensor %.100q: %w", d.Format, name, err)
		}
		if err := d.add(name, t); err != nil {
			return nil, err
		}
		if o[1] > o[0] {
			spans = append(spans, span{name, o[0], o[1]})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.begin, b.begin) })
	for i := 1; i < len(spans); i++ {
		if spans[i].begin < spans[i-1].end {
			return nil, fmt.Errorf("%s: tensors %.100q and %.100q lie on the same bytes, which the format forbids: save it again", d.Format, spans[i-1].name, spans[i].name)
		}
	}
	return d, nil
}

// span is where a tensor lies.
type span struct {
	name       string
	begin, end int64
}
