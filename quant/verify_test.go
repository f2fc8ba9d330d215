package quant_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
)

// checkReceipt holds for every result: its receipt can be shared, and whoever has the model finds the
// same weights and layers from it.
func checkReceipt(t *testing.T, j quant.Job, r *quant.Result) {
	t.Helper()
	p, err := prepare.Prepare(j.Model.Graph, j.Recipe)
	if err != nil {
		t.Fatal(err)
	}
	given, err := calibrate.Given(p, r.Calibrated.Activations())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(given.Params, r.Calibrated.Params) {
		t.Errorf("the numbers given lead to\n%v\nnot\n%v", given.Params, r.Calibrated.Params)
	}
	doc, err := r.Receipt.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	back, err := receipt.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := back.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > receipt.MaxLink/2 {
		t.Errorf("the link of a network of 20 layers has %d characters", len(packed))
	}
	if back, err = receipt.Unpack(packed); err != nil {
		t.Fatal(err)
	}
	j.Data = nil
	v := verify(t, back, j)
	if v.Steps.Differs() || v.Steps.Status(receipt.StepCodes) != receipt.Match || v.Steps.Status(receipt.StepProbes) != receipt.Match {
		t.Errorf("with the model alone: %+v", v)
	}
}

func verify(t *testing.T, r *receipt.Receipt, j quant.Job) receipt.Verification {
	t.Helper()
	v, err := quant.Verify(context.Background(), r, j)
	if err != nil {
		t.Fatal(err)
	}
	if v.Result != nil {
		if _, err := v.Result.Receipt.Canonical(); err != nil {
			t.Errorf("the result has a receipt that cannot be shared: %v", err)
		}
	}
	return v.Verification
}

// sampleModel is the sample's file.
func sampleModel(t *testing.T) []byte {
	t.Helper()
	return sampletest.Read(t, "model.onnx")
}

// changed is the sample's model after a change to its file.
func changed(t *testing.T, change func(*onnx.Graph)) *quant.Model {
	t.Helper()
	m, err := onnx.Decode(sampleModel(t))
	if err != nil {
		t.Fatal(err)
	}
	change(m.Graph)
	out, err := quant.Import("model.onnx", onnx.Encode(m), nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// weight is an initializer of some dimensions.
func weight(t *testing.T, g *onnx.Graph, dims int) *onnx.Tensor {
	t.Helper()
	for i := range g.Initializers {
		if len(g.Initializers[i].Dims) == dims {
			b := bytes.Clone(g.Initializers[i].Raw)
			g.Initializers[i].Raw = b
			return &g.Initializers[i]
		}
	}
	t.Fatal("no such weight")
	return nil
}

// extremes are the places of the smallest and the greatest magnitude in a weight's first channel.
func extremes(w *onnx.Tensor) (least, most int) {
	at := func(i int) float64 {
		return math.Abs(float64(math.Float32frombits(binary.LittleEndian.Uint32(w.Raw[4*i:]))))
	}
	for i := range int(w.Dims[1] * w.Dims[2] * w.Dims[3]) {
		if at(i) < at(least) {
			least = i
		}
		if at(i) > at(most) {
			most = i
		}
	}
	return least, most
}

// rename gives every node and value another name, and turns the initializers round.
func rename(g *onnx.Graph) {
	names := map[string]string{"": ""}
	name := func(s *string) {
		if _, ok := names[*s]; !ok {
			names[*s] = fmt.Sprintf("other_%d", len(names))
		}
		*s = names[*s]
	}
	for i := range g.Initializers {
		name(&g.Initializers[i].Name)
	}
	slices.Reverse(g.Initializers)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		name(&n.Name)
		for k := range n.Inputs {
			name(&n.Inputs[k])
		}
		for k := range n.Outputs {
			name(&n.Outputs[k])
		}
	}
	g.ValueInfo = nil
	for i := range g.Inputs {
		name(&g.Inputs[i].Name)
	}
	for i := range g.Outputs {
		name(&g.Outputs[i].Name)
	}
}

// One thing at a time is another one, with the data and without: the step, the layer and the cause are named.
func TestVerifyNamesWhatDiffers(t *testing.T) {
	j := sampleJob(t)
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{
		receipt.StepModel, receipt.StepGraph, receipt.StepWeights, receipt.StepRecipe, receipt.StepCodes, receipt.StepProbes, receipt.StepCalibration,
		receipt.StepQParams, receipt.StepEvaluation, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR, receipt.StepMetrics,
	}
	byData := all[6:]
	image := func(t *testing.T, which func(quant.Job) int) *dataset.Dataset {
		var files []dataset.File
		at := which(j)
		for i := range j.Data.Len() {
			b, err := j.Data.Bytes(i)
			if err != nil {
				t.Fatal(err)
			}
			if i == at {
				b, err = j.Data.Bytes((i + 1) % j.Data.Len())
				if err != nil {
					t.Fatal(err)
				}
			}
			files = append(files, dataset.InMemory(j.Data.Name(i), b))
		}
		d, err := dataset.Open(files, dataset.FromAuto)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	moved := func(t *testing.T, at int) *dataset.Dataset {
		var files []dataset.File
		for i := range j.Data.Len() {
			b, err := j.Data.Bytes(i)
			if err != nil {
				t.Fatal(err)
			}
			name := j.Data.Name(i)
			if folder := path.Dir(j.Data.Name(0)); i == at {
				name = path.Join(folder, path.Base(name))
			}
			files = append(files, dataset.InMemory(name, b))
		}
		d, err := dataset.Open(files, dataset.FromAuto)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	choice := func(j quant.Job) dataset.Choice {
		c, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, c := range []struct {
		name    string
		job     func(t *testing.T, j *quant.Job)
		receipt func(t *testing.T, r *receipt.Receipt)
		differ  []string // with the data
		notRun  []string // with and without
		layer   string   // of the first step that names one
		detail  string   // of that step
		cause   string
		alone   []string // of steps that need data, those that differ without it too
	}{
		{name: "the same"},
		{name: "a re-saved file", job: func(t *testing.T, j *quant.Job) { j.Model = changed(t, rename) },
			differ: []string{receipt.StepModel}},
		{name: "one bit of one weight", job: func(t *testing.T, j *quant.Job) {
			j.Model = changed(t, func(g *onnx.Graph) { // the greatest of the first channel, twice or half as much
				w := weight(t, g, 4)
				_, at := extremes(w)
				w.Raw[4*at+2] ^= 0x80
			})
		}, differ: []string{receipt.StepModel, receipt.StepWeights, receipt.StepCodes, receipt.StepProbes, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR},
			layer: "conv", detail: "1 of 72 tensors differ", cause: "Other weights."},
		{name: "the last bit of one weight", job: func(t *testing.T, j *quant.Job) {
			j.Model = changed(t, func(g *onnx.Graph) { weight(t, g, 4).Raw[0] ^= 1 })
		}, differ: []string{receipt.StepModel, receipt.StepWeights}, detail: "1 of 72 tensors differ", cause: "Other weights, so little"},
		{name: "another network", job: func(t *testing.T, j *quant.Job) {
			j.Model = changed(t, func(g *onnx.Graph) {
				for i := range g.Nodes {
					if g.Nodes[i].OpType == "Add" {
						g.Nodes[i].OpType = "Sub"
						return
					}
				}
				t.Fatal("no Add")
			})
		}, notRun: []string{receipt.StepCodes, receipt.StepProbes}, // there are fewer quantizers
			differ: []string{receipt.StepModel, receipt.StepGraph, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR}, cause: "Another network"},
		{name: "one calibration image", job: func(t *testing.T, j *quant.Job) {
			j.Data = image(t, func(j quant.Job) int { return choice(j).Calibration[3] })
		}, differ: []string{receipt.StepCalibration, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR}, layer: "images/", detail: "of 8 items 1 is not the one in the receipt, the first is images/", cause: "Other images to calibrate on."},
		{name: "an image in another folder", job: func(t *testing.T, j *quant.Job) {
			j.Data = moved(t, choice(*j).Calibration[3])
		}, differ: []string{receipt.StepCalibration, receipt.StepEvaluation, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR},
			layer: "images/", detail: "are all here, 1 with another label, the first is images/", cause: "The same images with other labels and in another order"},
		{name: "one evaluation image", job: func(t *testing.T, j *quant.Job) {
			j.Data = image(t, func(j quant.Job) int { return choice(j).Evaluation[3] })
		}, differ: []string{receipt.StepEvaluation, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR},
			layer: "images/", detail: "of 20 items 1 is not the one in the receipt, the first is images/", cause: "Other images to evaluate on."},
		{name: "another channel order", receipt: func(t *testing.T, r *receipt.Receipt) { r.Recipe.Preprocess.Channels = "bgr" },
			differ: []string{receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR}, layer: "fake_quantizer", cause: "Another channel order"},
		{name: "another setting", receipt: func(t *testing.T, r *receipt.Receipt) { r.Recipe.Activation.EMARatio = 0.8 },
			differ: []string{receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR}, layer: "fake_quantizer", cause: "Other settings"},
		{name: "weights of fewer bits", receipt: func(t *testing.T, r *receipt.Receipt) { r.Recipe.Weight.Scheme.Bits = 4 },
			differ: []string{receipt.StepCodes, receipt.StepProbes, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR, receipt.StepMetrics}, layer: "00_conv", cause: "The receipt was changed after it was made: what it says of the qparams", alone: []string{receipt.StepQParams}},
		{name: "a scale of an activation", receipt: func(t *testing.T, r *receipt.Receipt) {
			r.Activations = slices.Clone(r.Activations)
			a := &r.Activations[3]
			a.Scale = []float32{a.Scale[0] * 1.01}
		}, differ: []string{receipt.StepProbes, receipt.StepQParams}, cause: "The receipt was changed after it was made: what it says of the qparams", alone: []string{receipt.StepQParams}},
		{name: "a bias", job: func(t *testing.T, j *quant.Job) {
			j.Model = changed(t, func(g *onnx.Graph) {
				for i := range g.Initializers {
					if b := &g.Initializers[i]; strings.HasSuffix(b.Name, "bias") && len(b.Dims) == 1 {
						b.Raw = bytes.Clone(b.Raw)
						binary.LittleEndian.PutUint32(b.Raw, math.Float32bits(math.Float32frombits(binary.LittleEndian.Uint32(b.Raw))+1))
						return
					}
				}
				t.Fatal("no bias")
			})
		}, differ: []string{receipt.StepModel, receipt.StepWeights, receipt.StepProbes, receipt.StepQParams, receipt.StepLogits, receipt.StepInteger, receipt.StepSQNR},
			detail: "1 of 72 tensors differ", cause: "Other weights. The codes are the same"},
		{name: "a code of the engine", receipt: func(t *testing.T, r *receipt.Receipt) {
			l := &r.Layers[5]
			b := []byte(l.Output)
			b[0] ^= 1 // the sum of its codes differs by one, or by 16
			l.Output, r.Probes.Root = receipt.Fingerprint(b), receipt.Sum([]byte("another"))
		}, differ: []string{receipt.StepProbes}, layer: "12_conv", detail: "1 of 19 layers differ", cause: "Another engine"},
		{name: "a layer that its root does not have", receipt: func(t *testing.T, r *receipt.Receipt) {
			b := []byte(r.Layers[5].Output)
			b[0] ^= 1
			r.Layers[5].Output = receipt.Fingerprint(b)
		}, differ: []string{receipt.StepProbes}, layer: "12_conv", detail: "the receipt contradicts itself", cause: "The receipt was changed after it was made: what it says of the integer layers"},
		{name: "the last layer left out", receipt: func(t *testing.T, r *receipt.Receipt) { r.Layers = r.Layers[:18] },
			differ: []string{receipt.StepCodes, receipt.StepProbes, receipt.StepSQNR}, detail: "19 layers here, 18 in the receipt", cause: "The receipt was changed after it was made: what it says of the quantized weights"},
		{name: "a layer twice", receipt: func(t *testing.T, r *receipt.Receipt) { r.Layers = append(r.Layers, r.Layers[0]) },
			differ: []string{receipt.StepCodes, receipt.StepProbes, receipt.StepSQNR}, detail: "19 layers here, 20 in the receipt"},
		{name: "a tensor that the weights do not have", receipt: func(t *testing.T, r *receipt.Receipt) {
			r.Model.Tensors = slices.Clone(r.Model.Tensors)
			r.Model.Tensors[0], r.Model.Tensors[1] = r.Model.Tensors[1], r.Model.Tensors[0]
		}, differ: []string{receipt.StepWeights}, detail: "2 of 72 tensors differ"},
		{name: "the size of the file", receipt: func(t *testing.T, r *receipt.Receipt) { r.Model.Bytes++ },
			differ: []string{receipt.StepModel}, detail: "the receipt contradicts itself"},
		{name: "a layer's name", receipt: func(t *testing.T, r *receipt.Receipt) { r.Layers[5].Name = "another" },
			differ: []string{receipt.StepModel}, layer: "12_conv", detail: "its layer 6 is 12_conv, not another"},
		{name: "how many probes", receipt: func(t *testing.T, r *receipt.Receipt) { r.Probes.Count++ },
			differ: []string{receipt.StepProbes}, detail: "the receipt has 3 probes, this engine makes 2"},
		{name: "a figure", receipt: func(t *testing.T, r *receipt.Receipt) { r.Metrics.BytesAfter++ },
			differ: []string{receipt.StepMetrics}, cause: "Figures that do not follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j, expected := j, *r.Receipt
			expected.Layers = slices.Clone(expected.Layers)
			if c.job != nil {
				c.job(t, &j)
			}
			if c.receipt != nil {
				c.receipt(t, &expected)
				var err error
				if expected.RecipeDigest, err = expected.Recipe.Digest(); err != nil {
					t.Fatal(err)
				}
			}
			for _, alone := range []bool{false, true} {
				if alone {
					j.Data = nil
				}
				v := verify(t, &expected, j)
				var names []string
				for _, s := range v.Steps {
					names = append(names, s.Name)
					if s.Name == receipt.StepQParams && s.Status == receipt.Differs && s.Expected == s.Got {
						t.Errorf("alone %v: differs over %s twice", alone, s.Got)
					}
					want := receipt.Match
					switch {
					case alone && slices.Contains(c.alone, s.Name):
						want = receipt.Differs
					case alone && slices.Contains(byData, s.Name), slices.Contains(c.notRun, s.Name):
						want = receipt.NotRun
					case slices.Contains(c.differ, s.Name):
						want = receipt.Differs
					}
					if s.Status != want && !(s.Name == receipt.StepMetrics && want == receipt.Match && len(c.differ) > 1) { // 20 images may not notice
						t.Errorf("alone %v: %s: %s, want %s: %s", alone, s.Name, s.Status, want, s.Detail)
					}
				}
				if !slices.Equal(names, all) {
					t.Errorf("steps %v", names)
				}
				first := slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Layer != "" })
				if first < 0 && c.layer != "" && !alone || first >= 0 && (!strings.Contains(v.Steps[first].Layer, c.layer) || !strings.Contains(v.Steps[first].Detail, c.detail)) {
					t.Errorf("alone %v: the first layer is named by %+v, want %q, %q", alone, v.Steps[max(first, 0)], c.layer, c.detail)
				}
				if v.Steps.Differs() != (v.Cause != "") || !strings.HasPrefix(v.Cause, c.cause) && (!alone || v.Steps.Differs()) {
					t.Errorf("alone %v: cause %q, want %q", alone, v.Cause, c.cause)
				}
			}
		})
	}
}

// How many codes of a changed weight differ, and by how much, where it is one: a weight far from the
// others of its channel's greatest.
func TestVerifyCountsCodes(t *testing.T) {
	j := sampleJob(t)
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	j.Data = nil
	j.Model = changed(t, func(g *onnx.Graph) {
		w := weight(t, g, 4)
		// The smallest of the first channel becomes half of its greatest.
		least, most := extremes(w)
		half := math.Float32frombits(binary.LittleEndian.Uint32(w.Raw[4*most:])) / 2
		binary.LittleEndian.PutUint32(w.Raw[4*least:], math.Float32bits(half))
	})
	v := verify(t, r.Receipt, j)
	i := slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Name == receipt.StepCodes })
	if s := v.Steps[i]; s.Layer != "00_conv" || !strings.Contains(s.Detail, "1 of 15 layers differ, the first is 00_conv: 1 of 432 codes differs, by 6") {
		t.Errorf("%+v", s)
	}
}

// Numbers that the receipt's own network cannot have differ, with data and without.
func TestVerifyOfNumbersNoNetworkHas(t *testing.T) {
	j := sampleJob(t)
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	expected := *r.Receipt
	expected.Activations = slices.Clone(expected.Activations)
	expected.Activations[0].QMax++
	for _, alone := range []bool{false, true} {
		if alone {
			j.Data = nil
		}
		v := verify(t, &expected, j)
		at := slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Name == receipt.StepQParams })
		if s := v.Steps[at]; s.Status != receipt.Differs || !strings.Contains(s.Detail, "not for this network") {
			t.Errorf("alone %v: %s: %s", alone, s.Status, s.Detail)
		}
	}
}

// Another network with one's images, which do not even fit it, is told as such, and too few images are counted.
func TestVerifyOfAnotherNetworkAndFewImages(t *testing.T) {
	j := sampleJob(t)
	result, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	other := onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Name:         "other",
		Inputs:       []onnx.ValueInfo{{Name: "x", Known: true, ElemType: onnx.Float, HasShape: true, Dims: []onnx.Dim{{Value: 1, Set: true}, {Value: 1, Set: true}, {Value: 5, Set: true}, {Value: 5, Set: true}}}},
		Outputs:      []onnx.ValueInfo{{Name: "y", Known: true, ElemType: onnx.Float}},
		Initializers: []onnx.Tensor{onnx.FromFloats("w", []int64{2, 1, 1, 1}, []float32{1, 2})},
		Nodes:        []onnx.Node{{OpType: "Conv", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}},
	}}
	wrong := j
	if wrong.Model, err = quant.Import("other.onnx", onnx.Encode(&other), nil); err != nil {
		t.Fatal(err)
	}
	v := verify(t, result.Receipt, wrong)
	if !strings.HasPrefix(v.Cause, "Another network") || v.Steps.Status(receipt.StepGraph) != receipt.Differs || v.Steps.Status(receipt.StepLogits) != receipt.NotRun {
		t.Errorf("%+v", v)
	}
	told := func(v receipt.Verification) string {
		return v.Steps[slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Name == receipt.StepQParams })].Detail
	}
	if wrong.Data = nil; told(verify(t, result.Receipt, wrong)) != "" {
		t.Error("another network is said to use the receipt's numbers")
	}
	alone := j
	if alone.Data = nil; told(verify(t, result.Receipt, alone)) != "the activations' numbers are used as the receipt gives them" {
		t.Error("it is not told whose numbers are used")
	}
	few := j
	var files []dataset.File
	for i := range 24 {
		b, err := j.Data.Bytes(i)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, dataset.InMemory(j.Data.Name(i), b))
	}
	if few.Data, err = dataset.Open(files, dataset.FromAuto); err != nil {
		t.Fatal(err)
	}
	v = verify(t, result.Receipt, few)
	i := slices.IndexFunc(v.Steps, func(s receipt.Step) bool { return s.Name == receipt.StepEvaluation })
	if s := v.Steps[i]; s.Status != receipt.Differs || !strings.HasPrefix(s.Detail, "16 items here, 20 in the receipt") {
		t.Errorf("%+v", s)
	}
	if !strings.HasPrefix(v.Cause, "Other images: 24 here, 28 in the receipt") {
		t.Error(v.Cause)
	}
}

// A receipt that leaves out the numbers of activations is checked in full with the images.
func TestVerifyWithoutNumbersOfActivations(t *testing.T) {
	j := sampleJob(t)
	r, err := quant.Quantize(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	expected := *r.Receipt
	expected.Activations = nil
	if v := verify(t, &expected, j); v.Steps.Differs() || v.Steps.Status(receipt.StepProbes) != receipt.Match || v.Steps.Status(receipt.StepCodes) != receipt.Match || v.Steps.Status(receipt.StepQParams) != receipt.Match {
		t.Errorf("%+v", v)
	}
	j.Data = nil
	if v := verify(t, &expected, j); v.Steps.Differs() || v.Steps.Status(receipt.StepProbes) != receipt.NotRun || v.Steps.Status(receipt.StepWeights) != receipt.Match {
		t.Errorf("with the model alone: %+v", v)
	}
}
