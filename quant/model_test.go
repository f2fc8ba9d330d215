package quant

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// split2 is a network of two sums whose constants lie in the files a.bin and b.bin.
func split2() []byte {
	outside := func(name, location string, offset int64) onnx.Tensor {
		return onnx.Tensor{Name: name, DataType: onnx.Float, Dims: []int64{2}, External: &onnx.External{Location: location, Offset: offset, Length: 8}}
	}
	port := func(name string) onnx.ValueInfo {
		return onnx.ValueInfo{Name: name, Known: true, ElemType: onnx.Float, HasShape: true, Dims: []onnx.Dim{{Value: 1, Set: true}, {Value: 2, Set: true}}}
	}
	return onnx.Encode(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Name: "sums", Inputs: []onnx.ValueInfo{port("x")}, Outputs: []onnx.ValueInfo{port("y")},
		Initializers: []onnx.Tensor{outside("u", "b.bin", 0), outside("v", "a.bin", 0), outside("w", "a.bin", 8)},
		Nodes: []onnx.Node{
			{OpType: "Add", Inputs: []string{"x", "u"}, Outputs: []string{"p"}},
			{OpType: "Add", Inputs: []string{"p", "v"}, Outputs: []string{"q"}},
			{OpType: "Mul", Inputs: []string{"q", "w"}, Outputs: []string{"y"}},
		},
	}})
}

// Every byte that makes the network is in the model's digest; a file by itself has its own SHA-256.
func TestModelDigest(t *testing.T) {
	files := map[string][]byte{"a.bin": make([]byte, 16), "b.bin": make([]byte, 8)}
	read := map[string]int{}
	open := func(change func(map[string][]byte)) *Model {
		t.Helper()
		files := maps.Clone(files)
		for k, v := range files {
			files[k] = append([]byte{}, v...)
		}
		change(files)
		m, err := Import("m.onnx", split2(), func(location string) ([]byte, error) {
			read[location]++
			if b, ok := files[location]; ok {
				return b, nil
			}
			return nil, errors.New("missing")
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	as := open(func(map[string][]byte) {})
	if want := int64(len(split2()) + 24); as.Bytes != want {
		t.Errorf("%d bytes, want %d", as.Bytes, want)
	}
	if read["a.bin"] != 1 || read["b.bin"] != 1 {
		t.Errorf("files are read %v times", read)
	}
	if again := open(func(map[string][]byte) {}); again.SHA256 != as.SHA256 {
		t.Error("the same files have two digests")
	}
	for location, b := range files {
		for i := range b {
			if open(func(f map[string][]byte) { f[location][i] ^= 0x80 }).SHA256 == as.SHA256 {
				t.Errorf("byte %d of %s does not count", i, location)
			}
		}
	}
	single, err := Import("m.onnx", onnxOf(t), func(string) ([]byte, error) { return nil, errors.New("asked") })
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(onnxOf(t)); single.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("a model of one file has not its SHA-256")
	}
}

// onnxOf is a network of one file.
func onnxOf(t *testing.T) []byte {
	t.Helper()
	m, err := onnx.Decode(split2())
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Graph.Initializers {
		m.Graph.Initializers[i].External = nil
		m.Graph.Initializers[i].Raw = make([]byte, 8)
	}
	return onnx.Encode(m)
}
