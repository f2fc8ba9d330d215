package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// npmShapes are sizes for the inputs that a file leaves open, by the beginning of its name and, where it has
// several, the input's.
var npmShapes = []struct {
	file, input string
	shape       []int
}{
	{"melspectrogram", "", []int{1, 1280}},
	{"ch_PP-OCRv4_det", "", []int{1, 3, 160, 224}},
	{"ch_PP-OCRv4_rec", "", []int{1, 3, 48, 160}},
	{"ch_ppocr_mobile", "", []int{1, 3, 48, 192}},
	{"silero_vad_v5", "input", []int{1, 512}},
	{"silero_vad.", "input", []int{1, 1536}},
	{"silero_vad_legacy", "input", []int{1, 1536}},
}

// npmImages is the beginning of the names of networks that take numbers from 0 to 255 and begin by dividing them: noise around
// 0 would leave them nothing but the rounding of numbers next to each other.
const npmImages = "mlsd_"

// npmRate is the sampling rate for an input that is called sr.
const npmRate = 16000

// npmTolerance is how far an output may be from the other runtime's, of its largest value.
const npmTolerance = 1e-4

// TestNpmFiles takes every network in the packages of quant/orttest/npm as a user would: run beside ONNX Runtime, or
// LiteRT.js for TensorFlow Lite files, and quantized by one command. It prints a table.
func TestNpmFiles(t *testing.T) {
	if os.Getenv("NPM_FILES") == "" {
		t.Skip("takes ten minutes: make models")
	}
	root := orttest.Models(t)
	var files []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".onnx" || ext == ".tflite") && !strings.Contains(path, "/dist/") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\tfarthest from the other runtime\tquantized")
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			apart, quantized := npmFile(t, path)
			fmt.Fprintf(w, "%s\t%s\t%s\n", filepath.Base(path), apart, quantized)
		})
	}
	w.Flush()
	t.Log("\n" + table.String())
}

func npmFile(t *testing.T, path string) (apart, quantized string) {
	b, dir := read(t, path), t.TempDir()
	m, _, err := modelfile.Decode(b)
	if err != nil {
		t.Error(err)
		return "refused", ""
	}
	job := orttest.Job{Model: b}
	run, many := []string{"run", path}, map[string]*graph.Tensor{}
	for i, in := range m.Graph.Feeds() {
		x := npmInput(path, in)
		if many[in.Name] = x; len(x.Shape) > 0 {
			many[in.Name] = repeated(x)
		}
		name := filepath.Join(dir, fmt.Sprint(i, ".npy"))
		put(t, name, dataset.EncodeNpy(x))
		run = append(run, name)
		tensor := orttest.Tensor{Name: in.Name, Shape: x.Shape, Data: item(x, 0, 1)}
		if x.DType != graph.Float32 {
			tensor.Type = x.DType.String()
		}
		job.Inputs = append(job.Inputs, tensor)
	}
	for i, out := range m.Graph.Outputs {
		run = append(run, "-o", filepath.Join(dir, fmt.Sprint("out", i, ".npy")))
		job.Outputs = append(job.Outputs, orttest.Tensor{Name: out.Name})
	}
	if status, _, stderr := call(t, dir, run...); status != 0 {
		t.Error(stderr)
		return "refused", ""
	}
	jobs := []orttest.Job{job}
	if twin := strings.TrimSuffix(path, ".tflite") + ".onnx"; filepath.Ext(path) == ".tflite" && !asInFile(m, job) {
		jobs[0] = named(t, read(t, twin), job) // LiteRT.js takes inputs in the file's shape only
		orttest.RunAll(t, "node", "all", jobs)
	} else if filepath.Ext(path) == ".tflite" {
		orttest.LiteRT(t, jobs)
	} else {
		orttest.RunAll(t, "node", "all", jobs)
	}
	worst, ours := 0.0, make([][]float32, len(job.Outputs))
	for i, want := range jobs[0].Outputs {
		a, err := dataset.DecodeNpy(read(t, filepath.Join(dir, fmt.Sprint("out", i, ".npy"))))
		if err != nil {
			t.Fatal(err)
		}
		ours[i] = item(a.Tensor(), 0, 1)
		worst = max(worst, farthest(ours[i], want.Data))
	}
	apart = fmt.Sprintf("%.1e", worst)
	if !(worst <= npmTolerance) {
		apart += npmTruth(t, job, ours)
	}
	put(t, filepath.Join(dir, "data.npz"), npz(t, many))
	quantize := []string{"quantize", path, "data.npz", "-o", "q.onnx"}
	for i, in := range m.Graph.Feeds() {
		// Sizes that the file leaves open, and a batch that is not 1, have to be given.
		shape := append([]int(nil), job.Inputs[i].Shape...)
		if len(shape) > 1 && (shape[0] > 1 || !in.Dims[1].Set || !in.Dims[len(shape)-1].Set) {
			if !in.Dims[0].Set || len(shape) != 3 { // what a recurrent layer keeps has its layers first
				shape[0] = 1
			}
			quantize = append(quantize, "--shape", in.Name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ","), "[]"))
		}
	}
	if status, _, stderr := call(t, dir, quantize...); status != 0 {
		t.Error(stderr)
		return apart, "refused"
	}
	return apart, "yes"
}

// asInFile tells whether the inputs have the shapes of the file.
func asInFile(m *onnx.Model, job orttest.Job) bool {
	for i, in := range m.Graph.Feeds() {
		for k, d := range in.Dims {
			if !d.Set || int(d.Value) != job.Inputs[i].Shape[k] {
				return false
			}
		}
	}
	return true
}

// named is a job for the same network from another file, whose inputs and outputs have other names.
func named(t *testing.T, file []byte, job orttest.Job) orttest.Job {
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	twin := orttest.Job{Model: file, Inputs: slices.Clone(job.Inputs)}
	for i, in := range m.Graph.Feeds() {
		twin.Inputs[i].Name = in.Name
	}
	for _, out := range m.Graph.Outputs {
		twin.Outputs = append(twin.Outputs, orttest.Tensor{Name: out.Name})
	}
	return twin
}

// npmTruth holds outputs that are far from ONNX Runtime's against float64: where rounding grows in a network, ours may be
// twice as far from that as the worse of ONNX Runtime's and PyTorch's in float32.
func npmTruth(t *testing.T, job orttest.Job, ours [][]float32) string {
	theirs := job.Outputs
	job.Outputs = nil
	for _, y := range theirs {
		job.Outputs = append(job.Outputs, orttest.Tensor{Name: y.Name})
	}
	other := job
	other.Outputs = slices.Clone(job.Outputs)
	jobs, single := []orttest.Job{job}, []orttest.Job{other}
	orttest.PyTorch(t, "float64", jobs)
	orttest.PyTorch(t, "float32", single)
	line := "; from float64"
	for i, truth := range jobs[0].Outputs {
		a, b, c := farthest(ours[i], truth.Data), farthest(theirs[i].Data, truth.Data), farthest(single[0].Outputs[i].Data, truth.Data)
		line += fmt.Sprintf(" %s %.1e, the other runtime %.1e, PyTorch %.1e;", truth.Name, a, b, c)
		if !(a <= max(npmTolerance, 2*max(b, c))) {
			t.Errorf("output %q is %.1e of its largest value from float64, the other runtime's %.1e, PyTorch's %.1e", truth.Name, a, b, c)
		}
	}
	return strings.TrimSuffix(line, ";")
}

// farthest is the greatest difference, of the largest value there is.
func farthest(x, want []float32) float64 {
	if len(x) != len(want) {
		return math.Inf(1)
	}
	most, apart := 0.0, 0.0
	for i, v := range want {
		most = max(most, math.Abs(float64(v)))
		apart = max(apart, math.Abs(float64(v)-float64(x[i])))
		if v != v != (x[i] != x[i]) {
			return math.Inf(1)
		}
	}
	if most == 0 {
		return apart
	}
	return apart / most
}

// npmInput is a tensor for an input: noise in [-1, 1), or in [0, 255) where the network wants that, or small integers.
func npmInput(path string, in onnx.ValueInfo) *graph.Tensor {
	shape := make([]int, len(in.Dims))
	for i, d := range in.Dims {
		shape[i] = max(int(d.Value), 1)
	}
	for _, s := range npmShapes {
		if strings.HasPrefix(filepath.Base(path), s.file) && (s.input == "" || s.input == in.Name) {
			shape = s.shape
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	x := &graph.Tensor{Shape: shape}
	switch in.ElemType {
	case onnx.Int64:
		x.DType = graph.Int64
	case onnx.Uint8:
		x.DType = graph.Uint8
	case onnx.Int8:
		x.DType = graph.Int8
	}
	for range graph.Len(shape) {
		if x.DType == graph.Float32 && strings.HasPrefix(filepath.Base(path), npmImages) {
			x.F = append(x.F, r.Float32()*255)
		} else if x.DType == graph.Float32 {
			x.F = append(x.F, r.Float32()*2-1)
		} else {
			x.I = append(x.I, int64(r.IntN(100)))
		}
	}
	if in.Name == "sr" {
		x.I[0] = npmRate
	}
	return x
}

// repeated is a tensor four times, as the items of a data set; one that has no batch has it put in front.
func repeated(x *graph.Tensor) *graph.Tensor {
	const items = 4
	y := &graph.Tensor{DType: x.DType, Shape: append([]int{items}, x.Shape...)}
	switch {
	case len(x.Shape) > 0 && x.Shape[0] == 1:
		y.Shape = append([]int{items}, x.Shape[1:]...)
	case len(x.Shape) == 4 && x.Shape[0] == 2:
		y.Shape = append([]int{2 * items}, x.Shape[1:]...)
	}
	for k := range items {
		for _, v := range x.F {
			y.F = append(y.F, v*float32(k+1)/items)
		}
		y.I = append(y.I, x.I...)
	}
	return y
}
