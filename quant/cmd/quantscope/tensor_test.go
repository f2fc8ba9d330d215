package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/onnx"
)

func decode(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// npyImages writes six random inputs of the small model and gives their path.
func npyImages(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "six.npy")
	put(t, path, dataset.EncodeNpy(randomTensor(6, 3, 8, 8)))
	return path
}

func randomTensor(shape ...int) *graph.Tensor {
	random := rand.New(rand.NewPCG(3, 0))
	x := &graph.Tensor{DType: graph.Float32, Shape: shape, F: make([]float32, graph.Len(shape))}
	for i := range x.F {
		x.F[i] = float32(random.NormFloat64())
	}
	return x
}

func TestRun(t *testing.T) {
	dir := folder(t)
	six := filepath.Base(npyImages(t, dir))
	x := randomTensor(6, 3, 8, 8)
	pb := onnx.FromTensor("image", &graph.Tensor{DType: graph.Float32, Shape: []int{1, 3, 8, 8}, F: x.F[4*192 : 5*192]})
	put(t, filepath.Join(dir, "fifth.pb"), onnx.EncodeTensor(&pb))

	var doc struct{ Outputs []output }
	document(t, &doc, dir, "run", "small.onnx", six, "-o", "out.npy")
	if o := doc.Outputs; len(o) != 1 || o[0].Name != "logits" || !slices.Equal(o[0].Shape, []int{6, 4}) || len(o[0].Data) != 24 {
		t.Fatalf("%+v", o)
	}
	a, err := dataset.DecodeNpy(read(t, filepath.Join(dir, "out.npy")))
	if err != nil {
		t.Fatal(err)
	}
	all := a.Tensor()
	for i, v := range all.F {
		if v != float32(doc.Outputs[0].Data[i]) {
			t.Errorf("number %d is %g in the file, %g in the document", i, v, doc.Outputs[0].Data[i])
		}
	}
	// One item by itself, named, in and out as .pb, gives the same bits.
	text := succeed(t, dir, "run", "-o", "logits=fifth_out.pb", "small.onnx", "image=fifth.pb")
	if !strings.Contains(text, "logits") {
		t.Error(text)
	}
	p, err := onnx.DecodeTensor(read(t, filepath.Join(dir, "fifth_out.pb")))
	if err != nil {
		t.Fatal(err)
	}
	one, err := onnx.ToTensor(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "logits" || !slices.Equal(one.Shape, []int{1, 4}) || !slices.Equal(one.F, all.F[16:20]) {
		t.Errorf("%q %v %v, want %v", p.Name, one.Shape, one.F, all.F[16:20])
	}
}

func TestNumber(t *testing.T) {
	b, err := json.Marshal([]number{1.5, number(math.NaN()), number(math.Inf(-1)), 1e-20})
	if err != nil || string(b) != `[1.5,"NaN","-Inf",1e-20]` {
		t.Errorf("%s, %v", b, err)
	}
}

// External data comes from the model's folder and from nowhere else.
func TestExternalData(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "model")
	m := smallModel()
	weights := m.Graph.Initializers[0].Raw
	put(t, filepath.Join(dir, "data", "w.bin"), weights)
	put(t, filepath.Join(root, "outside.bin"), weights)
	if err := os.Symlink(filepath.Join("..", "outside.bin"), filepath.Join(dir, "link.bin")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ location, want string }{
		{"data/w.bin", ""},
		{"missing.bin", "not in the model's folder"},
		{"../outside.bin", "outside the model's folder"},
		{"data/../../outside.bin", "outside the model's folder"},
		{filepath.Join(root, "outside.bin"), "outside the model's folder"},
		{"link.bin", "link.bin"},
	} {
		m := smallModel()
		m.Graph.Initializers[0].Raw = nil
		m.Graph.Initializers[0].External = &onnx.External{Location: test.location, Length: -1}
		put(t, filepath.Join(dir, "m.onnx"), onnx.Encode(m))
		status, out, err := call(t, root, "inspect", filepath.Join("model", "m.onnx"))
		if test.want == "" {
			if status != 0 || !strings.Contains(out, "Conv") {
				t.Errorf("%s: status %d, %s", test.location, status, err)
			}
			continue
		}
		if status != 1 || out != "" || !strings.Contains(err, test.want) || !strings.Contains(err, "conv.weight") {
			t.Errorf("%s: status %d, %s", test.location, status, err)
		}
	}
}

// A network without inputs says that it has none.
func TestNoInputs(t *testing.T) {
	for _, arg := range []string{"x.npy", "x=x.npy"} {
		if _, err := assign("input", nil, []string{arg}, func(string) bool { return false }); err == nil || !strings.HasSuffix(err.Error(), ": it has none") {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

// doubled is a network that doubles its input of 16 numbers so often.
func doubled(t *testing.T, times int) *graph.Graph {
	b := graphtest.New(t)
	y := b.Input("x", 1, 16)
	for i := range times {
		y = b.Node(fmt.Sprint("c", i), graph.Concat{Axis: 1}, y, y)
	}
	return b.Outputs(y)
}

// A run takes little more than the network's memory and its output once, and a file as much as is written.
func TestRunMemory(t *testing.T) {
	x := randomTensor(1, 16)
	const size = 16 << 20 * 4 // 64 MiB
	g := doubled(t, 20)
	var before, ran, wrote runtime.MemStats
	runtime.ReadMemStats(&before)
	y, err := runItems(t.Context(), &quant.Model{Graph: g}, []*graph.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&ran)
	if b := encodeTensor("y.npy", "y", y[0]); len(b) < size {
		t.Fatal(len(b))
	}
	runtime.ReadMemStats(&wrote)
	if took := ran.TotalAlloc - before.TotalAlloc; took > 3*size { // the last sum's input and output, and the output read
		t.Errorf("a run takes %d MiB for an output of 64", took>>20)
	}
	if took := wrote.TotalAlloc - ran.TotalAlloc; took > size*11/10 {
		t.Errorf("writing takes %d MiB for an output of 64", took>>20)
	}
}

// Where memory is for the network only, a run is refused before it takes any.
func TestRunRefused(t *testing.T) {
	const output = 1 << 30
	g := doubled(t, 24)
	need, err := exec.Need(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(before.Sys) + int64(need) + output/2))
	_, err = runItems(t.Context(), &quant.Model{Graph: g}, []*graph.Tensor{randomTensor(1, 16)})
	if err == nil || !strings.Contains(err.Error(), "MiB of memory for this, of which") {
		t.Errorf("%v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
		t.Errorf("it took %d MiB", took>>20)
	}
}
