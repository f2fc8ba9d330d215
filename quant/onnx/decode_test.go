package onnx

import (
	"bytes"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/quantscope/quantscope/quant/internal/shared"
)

// full is a model with something in every field.
func full() *Model {
	weight := FromFloats("w", []int64{2, 1}, []float32{1, -1})
	far := Tensor{Name: "far", Dims: []int64{3}, DataType: Float, External: &External{"weights.bin", 16, 12}}
	rest := Tensor{Name: "rest", DataType: Int64, Int64Data: varints(7), External: &External{"rest.bin", 0, -1}}
	typed := Tensor{Name: "typed", Dims: []int64{1}, DataType: Float, FloatData: []byte{0, 0, 128, 63}, Int32Data: varints(1),
		DoubleData: doubles(2), Uint64Data: varints(3)}
	return &Model{
		IRVersion: 8, Opsets: []Opset{{"", 17}, {"com.example", 1}}, ProducerName: "p", ProducerVersion: "1.0", Domain: "d",
		ModelVersion: 3, Doc: "about", Metadata: []Entry{{"k", "v"}, {"", "empty"}},
		Graph: &Graph{
			Name: "g", Doc: "graph",
			Nodes: []Node{{
				Name: "n", OpType: "Op", Domain: "com.example", Doc: "node", Inputs: []string{"x", "", "w"}, Outputs: []string{"y"},
				Attrs: []Attr{
					{Name: "f", Type: AttrFloat, F: -0.5}, {Name: "zero", Type: AttrFloat}, {Name: "i", Type: AttrInt, I: -3},
					{Name: "s", Type: AttrString, S: "\xff text"}, {Name: "t", Type: AttrTensor, T: &weight},
					{Name: "g", Type: AttrGraph, G: &Graph{Name: "sub", Nodes: []Node{{OpType: "Relu"}}}},
					{Name: "fs", Type: AttrFloats, Floats: []float32{1, 2}}, {Name: "is", Type: AttrInts, Ints: []int64{-1, 1 << 40}},
					{Name: "ss", Type: AttrStrings, Strings: []string{"a", ""}}, {Name: "none", Type: AttrInts},
				},
			}},
			Initializers: []Tensor{weight, far, rest, typed},
			Inputs: []ValueInfo{{Name: "x", Known: true, ElemType: Float, HasShape: true,
				Dims: []Dim{{Param: "N"}, {Value: 3, Set: true}, {Value: 0, Set: true}, {}}}},
			Outputs:   []ValueInfo{{Name: "y", Known: true, ElemType: Int8}, {Name: "scalar", Known: true, ElemType: Float, HasShape: true}},
			ValueInfo: []ValueInfo{{Name: "unknown"}},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	m := full()
	b := Encode(m)
	got, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("decoded\n%+v\nencoded\n%+v", got.Graph, m.Graph)
	}
	if again := Encode(got); !bytes.Equal(again, b) {
		t.Error("encoding is not the same twice")
	}
	w := m.Graph.Initializers[3]
	x, err := DecodeTensor(EncodeTensor(&w))
	if err != nil || !reflect.DeepEqual(x, &w) {
		t.Errorf("tensor: %+v, %v", x, err)
	}
}

// TestSharedRoundTrip decodes what was encoded of every shared model.
func TestSharedRoundTrip(t *testing.T) {
	for _, file := range append(shared.Glob(t, "*.onnx", "models"), shared.Glob(t, "*/model.onnx", "onnx-node")...) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Decode(b)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		again, err := Decode(Encode(m))
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("%s does not come back the same: %v", file, err)
		}
	}
}

// TestUnpacked decodes repeated fields that come one by one, and packed ones in several pieces.
func TestUnpacked(t *testing.T) {
	var b []byte
	for _, d := range []uint64{1, 2} {
		b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.VarintType), d)
	}
	b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(Int64))
	b = protowire.AppendBytes(protowire.AppendTag(b, 7, protowire.BytesType), varints(5))
	at := len(b)
	b = protowire.AppendVarint(protowire.AppendTag(b, 7, protowire.VarintType), 6)
	whole := bytes.Clone(b)
	x, err := DecodeTensor(b)
	if err != nil {
		t.Fatal(err)
	}
	v, err := x.Ints(nil)
	if err != nil || !reflect.DeepEqual(v, []int64{5, 6}) || !reflect.DeepEqual(x.Dims, []int64{1, 2}) {
		t.Errorf("%v, %v", v, err)
	}
	if !bytes.Equal(b, whole) {
		t.Errorf("the input was written to after byte %d", at)
	}
}

// message wraps body as a length-delimited field.
func message(num protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), body)
}

// TestErrors decodes broken files: each fails at once, within memory in proportion, and says where.
func TestErrors(t *testing.T) {
	nested := []byte{}
	for range 3000 {
		nested = message(6, message(1, message(5, nested)))
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"empty":                  {nil, "an empty file"},
		"no graph":               {[]byte{0x08, 0x08}, "without an ONNX graph"},
		"cut tag":                {[]byte{0x08, 0x08, 0x80}, "was cut off"},
		"graph beyond the file":  {[]byte{0x08, 0x08, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x07}, "was cut off"},
		"node beyond the graph":  {append([]byte{0x08, 0x08}, message(7, []byte{0x0a, 0xff, 0xff, 0xff, 0x7f})...), "graph (at byte 4): what begins there has no end"},
		"long varint":            {append([]byte{0x08}, bytes.Repeat([]byte{0xff}, 11)...), "longer than 10 bytes"},
		"group":                  {[]byte{0x08, 0x08, 0x3b, 0x3c}, "not a protobuf field"},
		"field zero":             {[]byte{0x08, 0x08, 0x00, 0x00}, "not a protobuf field"},
		"wire type":              {append([]byte{0x08, 0x08}, message(5, nil)...), "wire type"},
		"text":                   {append([]byte{0x08, 0x08}, message(7, message(1, message(4, []byte{0xff})))...), "graph.node[0].field 4"},
		"path":                   {append([]byte{0x08, 0x08}, message(7, append(message(1, nil), message(1, message(5, []byte{0x40, 0x80}))...))...), "graph.node[1].attribute[0] (at byte 10)"},
		"two graphs":             {append(append([]byte{0x08, 0x08}, message(7, nil)...), message(7, nil)...), "two graphs"},
		"subgraphs 3000 deep":    {append([]byte{0x08, 0x08}, message(7, message(1, message(5, nested)))...), "nested over"},
		"a million attributes":   {append([]byte{0x08, 0x08}, message(7, message(1, bytes.Repeat([]byte{0x2a, 0}, 1<<20)))...), "more parts"},
		"a million nodes":        {append([]byte{0x08, 0x08}, message(7, bytes.Repeat([]byte{0x0a, 0}, 1<<20))...), "more parts"},
		"a million inputs":       {append([]byte{0x08, 0x08}, message(7, message(1, bytes.Repeat([]byte{0x0a, 0}, 1<<20)))...), "more parts"},
		"a million dimensions":   {append([]byte{0x08, 0x08}, message(7, message(11, message(2, message(1, message(2, bytes.Repeat([]byte{0x0a, 0}, 1<<20))))))...), "more parts"},
		"a million entries":      {append([]byte{0x08, 0x08}, bytes.Repeat([]byte{0x72, 0}, 1<<20)...), "more parts"},
		"floats not of 4 bytes":  {append([]byte{0x08, 0x08}, message(7, message(1, message(5, message(7, []byte{1, 2, 3}))))...), "was cut off"},
		"external without place": {append([]byte{0x08, 0x08}, message(7, message(5, []byte{0x70, 0x01}))...), "names no file"},
		"external below zero":    {append([]byte{0x08, 0x08}, message(7, message(5, append(message(13, append(message(1, []byte("offset")), message(2, []byte("-1"))...)), 0x70, 0x01)))...), "is not a size"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := Decode(c.b)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		// A part is at most 200 bytes in memory, and growing a slice takes each several times.
		if used, limit := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+(fewParts+len(c.b)/8)*1200); used > limit {
			t.Errorf("%s: %d bytes were allocated for %d of input", name, used, len(c.b))
		}
		if took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// TestTruncated decodes every beginning of a file; none panics, and none but the whole one succeeds
// before the graph is complete.
func TestTruncated(t *testing.T) {
	b := Encode(full())
	ok := 0
	for n := range b {
		// A fresh copy of exactly n bytes, so that reading beyond is seen.
		if _, err := Decode(bytes.Clone(b[:n:n])); err == nil {
			ok++
		}
	}
	if ok > 4 {
		t.Errorf("%d beginnings decode: only those between the last fields may", ok)
	}
}

func TestWrongFile(t *testing.T) {
	for want, b := range map[string]string{
		"PyTorch archive":     "PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00archive/data.pkl",
		"Keras archive":       "PK\x03\x04....config.json",
		"NumPy archive":       "PK\x03\x04....a.npy",
		"ZIP archive":         "PK\x03\x04....readme.txt",
		"Python pickle":       "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
		"TensorFlow Lite":     "\x1c\x00\x00\x00TFL3",
		".ort":                "\x1c\x00\x00\x00ORTM",
		"HDF5":                "\x89HDF\r\n\x1a\n\x00",
		"safetensors":         "\x40\x00\x00\x00\x00\x00\x00\x00{\"w\":{}}",
		"GGUF":                "GGUF\x03\x00\x00\x00",
		"JSON":                " {\"a\": 1}",
		"PNG":                 "\x89PNG\r\n\x1a\n",
		"JPEG":                "\xff\xd8\xff\xe0",
		"HTML":                "\n<!DOCTYPE html><html>",
		"XML":                 "<?xml version=\"1.0\"?><net>",
		"Git LFS":             "version https://git-lfs.github.com/spec/v1",
		"SavedModel":          "\x08\x01\x12\x08\x0a\x06\x0a\x04abcd",
		"frozen graph":        "\x0a\x09\x0a\x01x\x12\x04Relu",
		"gzip":                "\x1f\x8b\x08",
		"single ONNX tensor":  string(EncodeTensor(&Tensor{Dims: []int64{2}, DataType: Int8, Raw: []byte{1, 2}})),
		"a file of blanks":    " \n\t",
		"an empty file":       "",
		"NumPy array":         "\x93NUMPY\x01\x00",
		"WebAssembly module":  "\x00asm\x01\x00\x00\x00",
		"a WebP image":        "RIFF\x10\x00\x00\x00WEBPVP8 ",
		"a sound (WAV); choo": "RIFF\x24\x00\x00\x00WAVEfmt ",
		"a sound (MP3)":       "ID3\x04\x00\x00",
		"a video or a sound":  "\x00\x00\x00\x18ftypmp42",
		"ncnn parameter file": "7767517\n75 83\n",
	} {
		_, err := Decode([]byte(b))
		if _, ok := err.(*WrongFile); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
