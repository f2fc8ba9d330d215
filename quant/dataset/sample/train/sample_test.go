package main

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/dataset/sample"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
)

func shippedFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "site", "static", "sample", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open([]dataset.File{dataset.InMemory("images.zip", shippedFile(t, "images.zip"))}, dataset.FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The archive holds what Draw draws, in the folders of the classes.
func TestArchiveIsCurrent(t *testing.T) {
	d := open(t)
	if d.Len() != shipped {
		t.Fatalf("%d images, want %d", d.Len(), shipped)
	}
	per := shipped / len(sample.Classes())
	for i := range d.Len() {
		class, index := i/per, i%per*len(sample.Classes())+i/per // sorted by folder, then number
		b, err := d.Bytes(i)
		if err != nil {
			t.Fatal(err)
		}
		m, err := dataset.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		want, drawn := sample.Draw(sample.Shipped, uint64(index))
		if d.Label(i) != class || drawn != class {
			t.Fatalf("%s: class %d, drawn %d, want %d", d.Name(i), d.Label(i), drawn, class)
		}
		for p := range sample.Size * sample.Size {
			if !bytes.Equal(m.Pix[3*p:3*p+3], want.Pix[4*p:4*p+3]) {
				t.Fatalf("%s: pixel %d is %v, drawn %v", d.Name(i), p, m.Pix[3*p:3*p+3], want.Pix[4*p:4*p+3])
			}
		}
	}
}

func TestRecipeIsCurrent(t *testing.T) {
	for _, of := range tasks() {
		for name, recipe := range of.recipes {
			r, err := recipe()
			if err != nil {
				t.Fatal(err)
			}
			want, err := r.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			if got := shippedFile(t, filepath.Join(of.folder, name)); !bytes.Equal(got, want) {
				t.Errorf("%s: %s is\n%s\nwant\n%s", of.name(), name, got, want)
			}
		}
	}
}

// load gives the trainer's network the weights of a model file, the inverse of encode.
func load(t *testing.T, file []byte) chain {
	t.Helper()
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	net := newNet(rand.New(rand.NewPCG(0, 0)))
	blank, err := onnx.Decode(encode(shapes(), net))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Graph.Initializers) != len(blank.Graph.Initializers) || len(m.Graph.Nodes) != len(blank.Graph.Nodes) {
		t.Fatal("the model has another structure than the trainer builds")
	}
	at := 2 // behind the bounds of ReLU6
	next := func() []float32 {
		v, err := m.Graph.Initializers[at].Floats(nil)
		if err != nil {
			t.Fatal(err)
		}
		at++
		return v
	}
	var fill func(l layer)
	fill = func(l layer) {
		switch l := l.(type) {
		case chain:
			for _, inner := range l {
				fill(inner)
			}
		case *residual:
			fill(l.chain)
		case *conv:
			fromOIHW(l.weight.value, next(), l.k*l.k, l.in, l.out)
		case *depthwise:
			fromOIHW(l.weight.value, next(), 9, 1, l.c)
		case *norm:
			for _, to := range [][]float32{l.gamma.value, l.beta.value, l.mean, l.variance} {
				copy(to, next())
			}
		case *dense:
			copy(l.weight.value, transpose(next(), l.out, l.in))
			copy(l.bias.value, next())
		}
	}
	fill(net)
	if !bytes.Equal(encode(shapes(), net), file) {
		t.Fatal("the model is not what the trainer writes of its weights")
	}
	return net
}

func fromOIHW(to, from []float32, taps, in, out int) {
	for o := range out {
		for i := range in {
			for tap := range taps {
				to[(tap*in+i)*out+o] = from[(o*in+i)*taps+tap]
			}
		}
	}
}

// The trainer's own forward pass and the engine agree on every shipped image, the network is good
// but not perfect, and config1 costs next to nothing.
func TestModel(t *testing.T) {
	file := shippedFile(t, "model.onnx")
	if len(file) > 300_000 {
		t.Errorf("%d bytes are too many to load with the page", len(file))
	}
	_, top1 := judged(shapes(), load(t, file), sample.Shipped, shipped)
	t.Logf("top-1 of the trainer's network: %.4f", top1)
	if top1 < 0.93 || top1 > 0.985 {
		t.Errorf("top-1 %.4f", top1)
	}
	m, err := quant.Import("model.onnx", file, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"config1", "config2", "tensorrt"} {
		r, err := recipe.Parse(shippedFile(t, "recipe.json"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := recipe.Preset(preset)
		if err != nil {
			t.Fatal(err)
		}
		p.Preprocess, p.Data = r.Preprocess, r.Data
		p.Data.Overlap = true // all 300 evaluate
		result, err := quant.Quantize(context.Background(), quant.Job{
			Model: m, Data: open(t), Recipe: p, Workers: 1, Progress: func(string, int, int) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		a := result.Report.Accuracy
		t.Logf("%s: %+v", preset, a)
		if a.Items != shipped || a.Labelled != shipped || math.Abs(float64(a.Float)-top1*shipped) > 0.5 {
			t.Errorf("%s: the engine counts %+v, the trainer %.0f", preset, a, top1*shipped)
		}
		if preset == "config1" && (a.Quantized < a.Float-6 || a.Agree < shipped*96/100) {
			t.Errorf("config1 costs too much: %+v", a)
		}
	}
}

// Two runs give the same file.
func TestTrainingIsDeterministic(t *testing.T) {
	run := func() []byte {
		of := digits()
		of.steps = 2
		net := of.net(rand.New(rand.NewPCG(seed, 0)))
		train(of, net)
		return encode(of, net)
	}
	if !bytes.Equal(run(), run()) {
		t.Error("two runs differ")
	}
}
