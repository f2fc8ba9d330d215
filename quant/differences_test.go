package quant_test

import (
	"bytes"
	"context"
	"fmt"
	stdimage "image"
	"image/color"
	"image/png"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
)

// One bit of one weight, one setting, one image, one channel order: on every shared network the step is named, in it the
// layer, and by how much it differs. TestVerifyNamesWhatDiffers tries the sample in more ways; verify.test.mjs the page.
func TestDifferencesOfSharedNetworks(t *testing.T) {
	for _, m := range append(goldenModels(), goldenModel{name: "resnet20_cifar10", file: "resnet20_cifar10", family: "cifar"}) {
		t.Run(m.file, func(t *testing.T) {
			if m.file != "lenet_mnist" && !shared.Thorough() {
				t.Skip("takes minutes: make thorough")
			}
			testDifferences(t, m)
		})
	}
}

const fewItems = 4 // that calibrate, and that evaluate

func testDifferences(t *testing.T, m goldenModel) {
	file := shared.Read(t, "models", m.file+".onnx")
	model, err := quant.Import(m.file, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	r.Preprocess = dataset.Adapt(m.preprocess(t), model.Graph.Values[model.Graph.Inputs[0]].Shape)
	r.Data.Calibration, r.Data.Batch, r.Data.Evaluation = fewItems, 2, fewItems
	size := model.Graph.Values[model.Graph.Inputs[0]].Shape[2]
	job := quant.Job{Model: model, Data: paintings(t, size, -1), Recipe: r, Workers: workers, Progress: func(string, int, int) {}}
	quantized := func(r recipe.Recipe) *receipt.Receipt {
		j := job
		j.Recipe = r
		result, err := quant.Quantize(context.Background(), j)
		if err != nil {
			t.Fatal(err)
		}
		return result.Receipt
	}
	honest := quantized(r)
	if v := verify(t, honest, job); v.Steps.Differs() {
		t.Fatalf("nothing differs: %+v", v)
	}

	for place := range 3 {
		t.Run(fmt.Sprint("one bit, tensor ", place), func(t *testing.T) {
			decoded, err := onnx.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			tensor, node := flip(t, decoded.Graph, place)
			j := job
			if j.Model, err = quant.Import(m.file, onnx.Encode(decoded), nil); err != nil {
				t.Fatal(err)
			}
			v := verify(t, honest, j)
			step(t, v, receipt.StepWeights, "^1 of [0-9]+ tensors differ", tensor)
			step(t, v, receipt.StepCodes, `^1 of [0-9]+ layers differ, the first is \S+: (1 of [0-9]+ codes differs, by [0-9]+|of [0-9]+ codes [0-9]+ of the [0-9]+ that can be compared differ, by at most [0-9]+|more than one of [0-9]+ codes)`, node)
			step(t, v, receipt.StepProbes, `^[0-9]+ of [0-9]+ layers differ, the first is \S+: `, node)
			if !strings.HasPrefix(v.Cause, "Other weights.") {
				t.Error(v.Cause)
			}
		})
	}
	// A result of other settings that claims to be of these.
	for _, c := range []struct {
		name, cause string
		change      func(r *recipe.Recipe)
	}{
		{"one setting", "Other settings", func(r *recipe.Recipe) { r.Activation.EMARatio = .5 }},
		{"one channel order", "Another channel order", func(r *recipe.Recipe) { r.Preprocess.Channels = "bgr" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := r
			c.change(&other)
			if m.family == "mnist" && other.Preprocess.Channels != r.Preprocess.Channels {
				return // has one channel
			}
			claim := quantized(other)
			claim.Recipe, claim.RecipeDigest = honest.Recipe, honest.RecipeDigest
			v := verify(t, claim, job)
			step(t, v, receipt.StepQParams, `^[0-9]+ of [0-9]+ quantizers of activations differ, the first is \S+: scale \S+ and zero point \S+ here, \S+ and \S+ in the receipt$`, "")
			if !strings.HasPrefix(v.Cause, c.cause) {
				t.Error(v.Cause)
			}
		})
	}
	for at, name := range []string{receipt.StepCalibration, receipt.StepEvaluation} {
		t.Run("one image of the "+name, func(t *testing.T) {
			choice, err := dataset.Choose(r.Data, nil, job.Data.Len())
			if err != nil {
				t.Fatal(err)
			}
			item := [][]int{choice.Calibration, choice.Evaluation}[at][1]
			j := job
			j.Data = paintings(t, size, item)
			v := verify(t, honest, j)
			step(t, v, name, fmt.Sprintf("^of %d items 1 is not the one in the receipt, the first is ", fewItems), job.Data.Name(item))
			if !strings.HasPrefix(v.Cause, "Other images") {
				t.Error(v.Cause)
			}
		})
	}
}

// step asks for a step that differs, in a layer or item, if one is given, and how.
func step(t *testing.T, v receipt.Verification, name, detail, layer string) {
	t.Helper()
	i := slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Name == name })
	if s := v.Steps[i]; s.Status != receipt.Differs || layer != "" && s.Layer != layer || !regexp.MustCompile(detail).MatchString(s.Detail) {
		t.Errorf("%s: %s in %q, %q; want %q in %q", name, s.Status, s.Layer, s.Detail, detail, layer)
	}
}

// flip changes one bit of the largest number of a weight, the first, a middle or the last of convolutions and products, so
// that it is a quarter, and tells the weight's name and its node's.
func flip(t *testing.T, g *onnx.Graph, place int) (tensor, node string) {
	t.Helper()
	type weight struct {
		node   string
		tensor *onnx.Tensor
	}
	var all []weight
	for _, n := range g.Nodes {
		if n.OpType != "Conv" && n.OpType != "Gemm" {
			continue
		}
		if i := slices.IndexFunc(g.Initializers, func(t onnx.Tensor) bool { return t.Name == n.Inputs[1] }); i >= 0 && len(g.Initializers[i].Raw) > 0 {
			all = append(all, weight{n.Name, &g.Initializers[i]})
		}
	}
	w := all[place*(len(all)-1)/2]
	x, err := w.tensor.Floats(nil)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i := range x {
		if math.Abs(float64(x[i])) > math.Abs(float64(x[at])) {
			at = i
		}
	}
	w.tensor.Raw = bytes.Clone(w.tensor.Raw)
	w.tensor.Raw[4*at+3] ^= 1 // the second bit of the exponent
	return w.tensor.Name, w.node
}

// paintings are images of a size, each of colours of its own, more red than blue; the one of a number is another.
func paintings(t *testing.T, size, other int) *dataset.Dataset {
	t.Helper()
	var files []dataset.File
	for i := range 3 * fewItems {
		seed := i
		if i == other {
			seed = 100
		}
		m := stdimage.NewRGBA(stdimage.Rect(0, 0, size, size))
		for y := range size {
			for x := range size {
				wave := math.Sin(float64(x*(1+seed%5)+y*(1+seed%3)+seed)*6/float64(size)) + 1
				m.Set(x, y, color.RGBA{uint8(127 * wave), uint8(60*wave) + uint8(seed), uint8(30 * wave), 255})
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		files = append(files, dataset.InMemory(fmt.Sprintf("%02d.png", i), b.Bytes()))
	}
	d, err := dataset.Open(files, dataset.FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
