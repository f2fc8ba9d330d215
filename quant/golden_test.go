package quant_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// These tests hold us to the real MQBench (commit 00f477d on torch 1.13): its quantizers, their
// numbers, its logits and its answers, on real networks and images. ../shared/golden/README.md says
// how they were made.

// What must hold. The numbers are those of issue 2.
const (
	floatTolerance      = 1e-4 // of float logits, relative to their range
	weightTolerance     = 1e-6 // of a weight's scale, relative
	activationTolerance = 1e-4 // of an activation's scale, relative
	tieTolerance        = 1e-4 // of min/scale from a tie, within which the zero point may be one off
	errorShare          = 0.5  // of MQBench's own quantization error, by which logits may differ
)

// workers is how many Runners share the images; results do not depend on it.
const workers = 2

// goldenModel is one network with the images MQBench saw.
type goldenModel struct {
	name, file string
	family     string
	images     []goldenImages
	configs    []string
}

// goldenImages is a file of 8-bit images at their final size.
type goldenImages struct {
	file  string
	shape []int                       // of one
	index func(i, label int) (at int) // of image i of the file in MQBench's list
}

func goldenModels() []goldenModel {
	inOrder := func(i, _ int) int { return i }
	byClass := func(_, label int) int { return label } // MQBench's 1000 images are one of each class
	cifar := []goldenImages{{"cifar10_test2000_u8.bin", []int{32, 32, 3}, inOrder}}
	imagenet := []goldenImages{
		{"imagenet_calib64_u8.bin", []int{224, 224, 3}, byClass},
		{"imagenet_eval39_u8.bin", []int{224, 224, 3}, byClass},
	}
	configs := []string{"config1", "config2"}
	return []goldenModel{
		{"lenet_mnist", "lenet_mnist", "mnist", []goldenImages{{"mnist_test2000_u8.bin", []int{1, 28, 28}, inOrder}}, configs},
		{"resnet20_cifar10", "resnet20_cifar10_bn", "cifar", cifar, append(configs, "tensorrt")},
		{"efficientnet_b0_cifar10", "efficientnet_b0_cifar10_bn", "cifar", cifar, configs},
		{"squeezenet1_0", "squeezenet1_0", "imagenet-vgg255", imagenet, configs},
		{"mobilenetv2", "mobilenetv2", "imagenet-tf", imagenet, configs},
	}
}

func readFloats(t *testing.T, path ...string) []float32 {
	t.Helper()
	b := shared.Read(t, path...)
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

func readJSON(t *testing.T, v any, path ...string) {
	t.Helper()
	if err := json.Unmarshal(shared.Read(t, path...), v); err != nil {
		t.Fatalf("%v: %v", path, err)
	}
}

// goldenMeta is meta.json.
type goldenMeta struct {
	ClassOffset  int              `json:"class_offset"`
	CalibIndices []int            `json:"calib_indices"`
	InputShape   []int            `json:"golden_input_shape"`
	Pred         map[string][]int // by configuration
}

func (m goldenModel) preprocess(t *testing.T) recipe.Preprocess {
	t.Helper()
	for _, f := range recipe.Families() {
		if f.Name == m.family {
			p := f.Preprocess
			p.Resize = 0 // the images are at their final size
			return p
		}
	}
	t.Fatalf("no family %s", m.family)
	panic("unreachable")
}

// image is one image with what is known of it.
type image struct {
	data  *dataset.Dataset
	item  int
	label int
	index int // in MQBench's list of images
}

func (m goldenModel) load(t *testing.T) (images []image) {
	t.Helper()
	var index map[string]struct{ Labels []int }
	readJSON(t, &index, "golden", "data", "index.json")
	for _, f := range m.images {
		raw := shared.Read(t, "golden", "data", f.file)
		labels := index[f.file].Labels
		if want := len(labels) * graph.Len(f.shape); len(raw) != want {
			t.Fatalf("%s has %d bytes, want %d", f.file, len(raw), want)
		}
		d, err := dataset.Open([]dataset.File{dataset.InMemory("images.npy", npy(raw, append([]int{len(labels)}, f.shape...)))}, dataset.FromAuto)
		if err != nil {
			t.Fatal(err)
		}
		for i, label := range labels {
			images = append(images, image{d, i, label, f.index(i, label)})
		}
	}
	return images
}

// npy puts the header of a NumPy file before bytes.
func npy(data []byte, shape []int) []byte {
	dims := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	header := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", dims)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(out, header...), data...)
}

// calibrated prepares and calibrates as MQBench did: 64 images, 4 batches of 16, in its order.
func (m goldenModel) calibrated(t *testing.T, r recipe.Recipe, meta goldenMeta, images []image) *calibrate.Calibrated {
	t.Helper()
	r.Preprocess = m.preprocess(t)
	p, err := prepare.Prepare(network.Shared(t, m.file), r)
	if err != nil {
		t.Fatal(err)
	}
	at := map[int]image{}
	for _, im := range images {
		at[im.index] = im
	}
	c, err := calibrate.Run(context.Background(), p, calibrate.Items{
		Len: len(meta.CalibIndices),
		Inputs: func(i int) ([][]float32, error) {
			im, ok := at[meta.CalibIndices[i]]
			if !ok {
				return nil, fmt.Errorf("image %d is not among those here", meta.CalibIndices[i])
			}
			x, _, err := im.data.Tensor(im.item, r.Preprocess)
			return [][]float32{x}, err
		},
	}, workers, func(_, _ int) {})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// runAll gives the logits of each of the inputs, laid one after the other.
func runAll(t *testing.T, g *graph.Graph, inputs []float32) []float32 {
	t.Helper()
	r, err := exec.New(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var logits []float32
	size := graph.Len(g.Values[g.Inputs[0]].Shape)
	for at := 0; at < len(inputs); at += size {
		if err := r.Run(t.Context(), inputs[at:at+size]); err != nil {
			t.Fatal(err)
		}
		logits = append(logits, r.Output(0)...)
	}
	return logits
}

func TestGoldenFloat(t *testing.T) {
	files := []string{"resnet20_cifar10"} // with batch normalisation folded by the exporter
	names := map[string]string{files[0]: "resnet20_cifar10"}
	for _, m := range goldenModels() {
		files, names[m.file] = append(files, m.file), m.name
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			want := readFloats(t, "golden", names[file], "logits_fp32.f32")
			g := network.Shared(t, file)
			got := runAll(t, g, readFloats(t, "golden", names[file], "input.f32"))
			if len(got) != len(want) {
				t.Fatalf("%d logits, want %d", len(got), len(want))
			}
			lo, hi, worst := want[0], want[0], 0.0
			for i := range want {
				lo, hi = min(lo, want[i]), max(hi, want[i])
				worst = max(worst, math.Abs(float64(got[i])-float64(want[i])))
			}
			relative := worst / float64(hi-lo)
			t.Logf("largest error %.2g of the logits' range", relative)
			if !(relative <= floatTolerance) {
				t.Errorf("logits differ by %.3g of their range, at most %g", relative, floatTolerance)
			}
			classes := g.Values[g.Outputs[0]].Shape[1]
			for i := 0; i < len(want); i += classes {
				if a, b := argmax(got[i:i+classes]), argmax(want[i:i+classes]); a != b {
					t.Errorf("item %d: class %d, want %d", i/classes, a, b)
				}
			}
		})
	}
}

func argmax(x []float32) int {
	best := 0
	for i := range x {
		if x[i] > x[best] {
			best = i
		}
	}
	return best
}
