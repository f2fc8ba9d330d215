package quant_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/guard"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/recipe"
)

// labelled are some of a golden model's images as a user has them: a batch of bytes with labels beside it.
func (m goldenModel) labelled(t *testing.T, most int) *dataset.Dataset {
	t.Helper()
	images := m.load(t)
	images = images[:min(len(images), most)]
	shape := m.images[0].shape
	pixels := &graph.Tensor{DType: graph.Uint8, Shape: append([]int{len(images)}, shape...)}
	classes := &graph.Tensor{DType: graph.Int64, Shape: []int{len(images)}}
	for _, im := range images {
		b, err := im.data.Bytes(im.item)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b {
			pixels.I = append(pixels.I, int64(x))
		}
		classes.I = append(classes.I, int64(im.label))
	}
	d, err := dataset.Open([]dataset.File{dataset.InMemory("x.npy", dataset.EncodeNpy(pixels)), dataset.InMemory("y.npy", dataset.EncodeNpy(classes))}, dataset.FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// With every family but the right one given, with the channels reversed and with a wrong class offset, the right one is named.
func TestPreprocessingIsNamed(t *testing.T) {
	for _, m := range goldenModels() {
		if m.tooSlow() {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			var meta goldenMeta
			readJSON(t, &meta, "golden", m.name, "meta.json")
			model, err := quant.Import(m.file, shared.Read(t, "models", m.file+".onnx"), nil)
			if err != nil {
				t.Fatal(err)
			}
			most := 512
			if len(m.images) > 1 {
				most = 103
			}
			job := quant.Job{Model: model, Data: m.labelled(t, most), Workers: workers, Progress: func(string, int, int) {}}
			shape := model.Inputs()[0].Shape
			right := dataset.Adapt(m.preprocess(t), shape)
			wrong := map[string]recipe.Preprocess{}
			for _, f := range recipe.Families() {
				if p := dataset.Adapt(f.Preprocess, shape); !sameColours(p, right) {
					wrong[f.Name] = p
				}
			}
			if right.Channels == "rgb" {
				wrong["reversed"] = dataset.WithOrder(right, "bgr")
				swapped := right
				swapped.Channels = "bgr"
				wrong["reversed, statistics as they were"] = swapped
			}
			if !shared.Thorough() {
				maps.DeleteFunc(wrong, func(name string, _ recipe.Preprocess) bool { return name != "reversed" && name != "imagenet" })
			}
			if len(wrong) == 0 {
				t.Fatal("nothing is wrong")
			}
			name := ""
			for given, p := range wrong { // the order does not matter
				job.Recipe.Preprocess, job.Recipe.Data.ClassOffset = p, meta.ClassOffset
				v, err := quant.CheckPreprocess(context.Background(), job, 2, quant.AsItTakes)
				if err != nil {
					t.Fatal(err)
				}
				best := v.Best()
				t.Logf("given %s: %s; best %s, %d of %d right", given, v.Sentence(), best.Name, best.Right, best.Labelled)
				if !sameColours(best.Preprocess, right) || best.ClassOffset != meta.ClassOffset || best.Right < v.Given.Right {
					t.Errorf("given %s: %s with class offset %d is named", given, best.Name, best.ClassOffset)
				}
				name = best.Name
			}
			if !slices.ContainsFunc(recipe.Families(), func(f recipe.Family) bool { return f.Name == name }) {
				t.Errorf("%q is not a family", name)
			}
			job.Recipe.Preprocess, job.Recipe.Data.ClassOffset = right, 1-meta.ClassOffset
			v, err := quant.CheckPreprocess(context.Background(), job, 0.85, quant.AsItTakes)
			if err != nil || !v.Better || v.Best().ClassOffset != meta.ClassOffset || !sameColours(v.Best().Preprocess, right) {
				t.Errorf("class offset %d: %q, %v", 1-meta.ClassOffset, v.Sentence(), err)
			}
			job.Recipe.Data.ClassOffset = meta.ClassOffset
			if v, err = quant.CheckPreprocess(context.Background(), job, 0.85, quant.AsItTakes); err != nil || v.Better || v.Sentence() != "" {
				t.Errorf("the right one does not stand: %q, %v", v.Sentence(), err)
			}
		})
	}
}

// tooSlow leaves the networks of 224×224 pixels to make thorough.
func (m goldenModel) tooSlow() bool {
	return (m.name == "squeezenet1_0" || m.name == "mobilenetv2") && !shared.Thorough()
}

func sameColours(a, b recipe.Preprocess) bool {
	return a.Channels == b.Channels && a.Scale == b.Scale && slices.Equal(a.Mean, b.Mean) && slices.Equal(a.Std, b.Std)
}

// Without labels the settings that are far from the right ones are found out, and the right one is not doubted.
func TestPreprocessingWithoutLabels(t *testing.T) {
	for _, m := range goldenModels() {
		if m.tooSlow() {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			g, images := network.Shared(t, m.file), m.load(t)
			images = images[:min(len(images), 128)]
			items := guard.Items{Len: len(images), Label: func(int) int { return -1 }, Inputs: func(i int, p recipe.Preprocess) ([][]float32, error) {
				x, _, err := images[i].data.Tensor(images[i].item, p)
				return [][]float32{x}, err
			}}
			shape := g.Values[g.Inputs[0]].Shape
			try := func(p recipe.Preprocess) *guard.Verdict {
				p.Resize = 0
				v, err := guard.Try(context.Background(), g, guard.Candidates(p, shape), items, 0, 0.85, workers, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%s: best %s, %q", v.Given.Name, v.Best().Name, v.Sentence())
				return v
			}
			if v := try(m.preprocess(t)); v.Better {
				t.Errorf("the right one is doubted: %s", v.Sentence())
			}
			for _, f := range recipe.Families() {
				if f.Name == "imagenet-caffe" {
					if v := try(dataset.Adapt(f.Preprocess, shape)); !v.Better && m.name != "lenet_mnist" { // whose answers saturate with bytes as they are
						t.Error("imagenet-caffe is not doubted")
					}
				}
			}
		})
	}
}
