package dataset

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// npy writes a file by hand, the header as given.
func npy(header string, data ...byte) []byte {
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	return append(append(b, header...), data...)
}

func TestNpyRoundTrip(t *testing.T) {
	for _, want := range []*graph.Tensor{
		{DType: graph.Float32, Shape: []int{2, 3}, F: []float32{0, -1.5, float32(math.Inf(1)), 1e-40, 3, 4}},
		{DType: graph.Float32, Shape: []int{}, F: []float32{7}},
		{DType: graph.Float32, Shape: []int{0, 4}, F: []float32{}},
		{DType: graph.Int64, Shape: []int{2}, I: []int64{math.MinInt64, math.MaxInt64}},
		{DType: graph.Int32, Shape: []int{2}, I: []int64{math.MinInt32, math.MaxInt32}},
		{DType: graph.Int16, Shape: []int{2}, I: []int64{-32768, 32767}},
		{DType: graph.Uint16, Shape: []int{2}, I: []int64{0, 65535}},
		{DType: graph.Int8, Shape: []int{2}, I: []int64{-128, 127}},
		{DType: graph.Uint8, Shape: []int{1, 2}, I: []int64{0, 255}},
		{DType: graph.Bool, Shape: []int{2, 1}, I: []int64{1, 0}},
	} {
		b := EncodeNpy(want)
		a, err := DecodeNpy(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Tensor(); !reflect.DeepEqual(got, want) {
			t.Errorf("wrote %+v, read %+v", want, got)
		}
		if start := bytes.IndexByte(b, '\n') + 1; start%64 != 0 {
			t.Errorf("data begins at %d, not a multiple of 64", start)
		}
	}
}

// The header is what NumPy itself writes for numpy.save("x.npy", numpy.zeros((2, 3), "float32")).
func TestNpyHeaderAsNumPy(t *testing.T) {
	want := "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	got := EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2, 3}, F: make([]float32, 6)})
	if !strings.HasPrefix(string(got), want) || len(got) != 128+24 {
		t.Errorf("%q", got)
	}
}

func TestNpyTypes(t *testing.T) {
	for _, c := range []struct {
		header string
		data   []byte
		want   []float32
	}{
		{"{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", []byte{0, 0x3c, 1, 0, 0, 0xfc, 0xff, 0x7b}, []float32{1, 1.0 / (1 << 24), float32(math.Inf(-1)), 65504}},
		{"{'shape': (1L,), 'fortran_order': False, 'descr': '<f8'}", binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.1)), []float32{0.1}},
		{`{"descr": "<u4", "fortran_order": False, "shape": (1,)}`, []byte{255, 255, 255, 255}, []float32{4294967296}},
	} {
		a, err := DecodeNpy(npy(c.header, c.data...))
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
		} else if got := a.floats(a.data); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.header, got, c.want)
		}
	}
}

// TestNpyOrders reads the same six numbers however they lie: what numpy.save writes of x, x.T.copy().T and x.astype('>i2').
func TestNpyOrders(t *testing.T) {
	want := []float32{1, 2, 3, 256, 5, -6}
	for _, c := range []struct {
		descr, fortran string
		data           []byte
	}{
		{"<i2", "False", []byte{1, 0, 2, 0, 3, 0, 0, 1, 5, 0, 0xfa, 0xff}},
		{">i2", "False", []byte{0, 1, 0, 2, 0, 3, 1, 0, 0, 5, 0xff, 0xfa}},
		{"<i2", "True", []byte{1, 0, 0, 1, 2, 0, 5, 0, 3, 0, 0xfa, 0xff}},
		{">i2", "True", []byte{0, 1, 1, 0, 0, 2, 0, 5, 0, 3, 0xff, 0xfa}},
	} {
		a, err := DecodeNpy(npy("{'descr': '"+c.descr+"', 'fortran_order': "+c.fortran+", 'shape': (2, 3)}", c.data...))
		if err != nil {
			t.Errorf("%s %s: %v", c.descr, c.fortran, err)
		} else if got := a.floats(a.data); !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s: %v, want %v", c.descr, c.fortran, got, want)
		}
	}
}

func TestNpyRefused(t *testing.T) {
	good := EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2}, F: []float32{1, 2}})
	version := bytes.Clone(good)
	version[6] = 9
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "an empty file", nil},
		{"PNG", "a PNG", []byte("\x89PNG\r\n\x1a\n....")},
		{"version", "version is 9", version},
		{"cut header", "declares", good[:20]},
		{"cut data", "needs 8 bytes of data, the file has 7", good[:len(good)-1]},
		{"trailing data", "the file has 9", append(bytes.Clone(good), 0)},
		{"no shape", "no shape", npy("{'descr': '<f4', 'fortran_order': False}")},
		{"shape a number", "not a tuple", npy("{'descr': '<f4', 'fortran_order': False, 'shape': 3}")},
		{"negative", "dimension", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}")},
		{"2^31", "dimension", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648,)}")},
		{"overflow", "too large", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000, 1000000000)}")},
		{"much", "needs 4000000000 bytes", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)}")},
		{"complex", "astype", npy("{'descr': '<c8', 'fortran_order': False, 'shape': (0,)}")},
		{"structured", "structured", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (0,)}")},
		{"open string", "not closed", npy("{'fortran_order': False, 'shape': (0,), 'descr': '<f4")},
	} {
		if _, err := DecodeNpy(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzNpy(f *testing.F) {
	f.Add(EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2, 3}, F: make([]float32, 6)}))
	f.Add(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 1, 3)}", 1, 2, 3, 4, 5, 6))
	f.Add(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", 1, 2, 3, 4, 5, 6, 7, 8))
	f.Add(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := DecodeNpy(b)
		if err != nil {
			return
		}
		if n := graph.Len(a.Shape) * itemSize(a.DType); n != len(a.data) {
			t.Fatalf("shape %v of %s for %d bytes", a.Shape, a.DType, len(a.data))
		}
		again, err := DecodeNpy(a.encode())
		if err != nil || !reflect.DeepEqual(again.Shape, a.Shape) || !bytes.Equal(again.data, a.data) {
			t.Fatalf("written and read again: %v, %+v", err, again)
		}
		a.Tensor()
		d, err := Open([]File{InMemory("x.npy", b)}, FromAuto)
		if err == nil {
			p := recipe.Preprocess{Channels: "rgb", Layout: "nchw", Scale: 1, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}}
			d.Tensor(d.Len()-1, p)
		}
	})
}

// TestFeedWholeInput gives a network whose first dimension is steps, and no batch, items of the whole shape.
func TestFeedWholeInput(t *testing.T) {
	array := func(shape ...int) *Dataset {
		x := &graph.Tensor{DType: graph.Float32, Shape: shape, F: make([]float32, graph.Len(shape))}
		for i := range x.F {
			x.F[i] = float32(i)
		}
		d, err := Open([]File{InMemory("x.npy", EncodeNpy(x))}, FromNone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	in := []Input{{Name: "x", Shape: []int{5, 1, 3}}}
	for _, shape := range [][]int{{4, 5, 1, 3}, {4, 5, 3}} {
		f, err := array(shape...).Feed(in, recipe.Preprocess{})
		if err != nil {
			t.Fatalf("%v: %v", shape, err)
		}
		x, err := f.Tensors(2)
		if err != nil || len(x[0]) != 15 || x[0][0] != 30 {
			t.Errorf("%v: item 2 is %v (%v)", shape, x, err)
		}
	}
	if _, err := array(4, 3).Feed(in, recipe.Preprocess{}); err == nil || !strings.Contains(err.Error(), "fixed batch of 5") {
		t.Errorf("rows of 3: %v", err)
	}
}

// TestOneForAll takes one number beside arrays of many items as every item's, and keeps one label a label.
func TestOneForAll(t *testing.T) {
	rate := &graph.Tensor{DType: graph.Int64, Shape: []int{1}, I: []int64{16000}}
	for _, scalar := range []bool{false, true} {
		if scalar {
			rate = &graph.Tensor{DType: graph.Int64, Shape: []int{}, I: []int64{16000}}
		}
		d, err := Open([]File{
			InMemory("wave.npy", EncodeNpy(&graph.Tensor{Shape: []int{3, 2}, F: []float32{1, 2, 3, 4, 5, 6}})),
			InMemory("sr.npy", EncodeNpy(rate)),
		}, FromAuto)
		if err != nil || d.Len() != 3 || d.Labelled() {
			t.Fatal(d, err)
		}
		f, err := d.Feed([]Input{{Name: "wave", Shape: []int{1, 2}}, {Name: "sr", DType: graph.Int64}}, recipe.Preprocess{})
		if err != nil {
			t.Fatal(err)
		}
		if x, err := f.Tensors(2); err != nil || x[0][1] != 6 || x[1][0] != 16000 {
			t.Error(x, err)
		}
	}
	d, err := Open([]File{
		InMemory("x.npy", EncodeNpy(&graph.Tensor{Shape: []int{1, 2}, F: []float32{1, 2}})),
		InMemory("y.npy", EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{1}, I: []int64{7}})),
	}, FromAuto)
	if err != nil || d.Label(0) != 7 {
		t.Error(d, err)
	}
}
