package export

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
)

// Every shared network is written in every format, by the recipe of the format's backend; what is
// ONNX without operators of others' is read as a network again.
func TestModelsInEveryFormat(t *testing.T) {
	for _, m := range models() {
		t.Run(m.file, func(t *testing.T) {
			t.Parallel()
			g := m.graph(t)
			random := rand.New(rand.NewPCG(5, 6))
			item := make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))
			for i := range item {
				item[i] = float32(random.NormFloat64())
			}
			done := map[string]*calibrate.Calibrated{}
			for _, f := range Formats() {
				c := done[f.Backend]
				if c == nil {
					p, err := prepare.Prepare(g, m.recipe(t, f.Backend))
					if err != nil {
						t.Fatal(err)
					}
					c, err = calibrate.Run(context.Background(), p, calibrate.Items{
						Len: 1, Inputs: func(int) ([][]float32, error) { return [][]float32{item}, nil },
					}, 1, func(_, _ int) {})
					if err != nil {
						t.Fatalf("%s: %v", f.Backend, err)
					}
					done[f.Backend] = c
				}
				files, _, err := Export(t.Context(), f.Name, "net", c)
				if err != nil {
					t.Errorf("%s: %v", f.Name, err)
					continue
				}
				for _, file := range files {
					if !strings.HasSuffix(file.Name, ".onnx") {
						continue
					}
					parsed, err := onnx.Decode(file.Bytes)
					if err != nil {
						t.Errorf("%s: %v", file.Name, err)
						continue
					}
					if len(parsed.Opsets) == 1 {
						if _, err := onnx.ToGraph(parsed, onnx.Options{}); err != nil && f.Name != "qoperator" && f.Name != "onnx_qnn" {
							t.Errorf("%s, %s: %v", f.Name, file.Name, err)
						}
					}
				}
			}
		})
	}
}

// What a format cannot express is refused, with the quantizer that stands in the way.
func TestFormatsRefuse(t *testing.T) {
	for _, test := range []struct{ format, preset, want string }{
		{"tensorrt", "config1", "zero point"},
		{"tensorrt_explicit", "openvino", "8 bits"},
		{"tensorrt_explicit", "config2", "zero point"},
		{"vitis", "tensorrt", "a scale for each channel"},
		{"vitis", "stpu", "powers of two: the preset vitis gives what it takes"},
		{"stpu", "snpe", "zero point"},
		{"onnx_qnn", "config1", "a scale for each channel"},
		{"nnie", "tensorrt", "takes the codes of"},
		{"snpe", "nnie", "no integers times a scale"},
		{"qoperator", "nnie", "no integers times a scale"},
		{"openvino", "bm1688", "no integers times a scale"},
		{"TensorRT", "config1", "format tensorrt"},
		{"caffe", "config1", "there are qdq, qoperator"},
	} {
		c, _ := calibrated(t, convolutions().build(t), preset(t, test.preset, weightBits(test.preset), 8))
		if files, _, err := Export(t.Context(), test.format, "net", c); err == nil || !strings.Contains(err.Error(), test.want) || files != nil {
			t.Errorf("%s of %s: %v, want %q", test.format, test.preset, err, test.want)
		}
	}
}

func weightBits(preset string) int {
	if preset == "openvino" {
		return 7
	}
	return 8
}

// Every backend has a format, under the backend's own name too, and those it names exist.
func TestFormatsByBackend(t *testing.T) {
	for _, b := range backend.List() {
		for _, name := range b.Formats {
			if !slices.ContainsFunc(Formats(), func(f Format) bool { return f.Name == name }) {
				t.Errorf("%s takes the format %s, which there is not", b.Name, name)
			}
		}
	}
	want := map[string]string{
		"academic": "qdq", "academic_nlp": "qdq", "weight_only": "qdq", "pplw8a16": "ppl", "pplcuda": "ppl_cuda", "tengine_u8": "tengine", "tensorrt_nlp": "tensorrt", "openvino_academic": "openvino",
		"bm1684x": "sophgo", "bm1690": "sophgo", "bm1688": "sophgo", "cv18xx": "sophgo", "mars3": "sophgo", "CV181X": "sophgo", "Tengine_u8": "tengine",
	}
	for _, name := range append(backend.Names(), "CV181X", "Tengine_u8") {
		expected := want[name]
		if expected == "" {
			expected = name
		}
		if f, err := FormatOf(name); err != nil || f.Name != expected {
			t.Errorf("%s: %q, %v, want %q", name, f.Name, err, expected)
		}
	}
}
