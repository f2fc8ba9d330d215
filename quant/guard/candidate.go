package guard

import (
	"slices"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Candidate is a preprocessing to try.
type Candidate struct {
	Name       string            `json:"name"` // of a family, with what is otherwise: "imagenet, channels reversed"
	Preprocess recipe.Preprocess `json:"preprocess"`
}

// Given is the name of a preprocessing that is no family's.
const Given = "as given"

// unscaled are the settings that programs use which do not normalise.
func unscaled() []recipe.Family {
	plain := func(scale float32) recipe.Preprocess {
		return recipe.Preprocess{Resize: 256, Width: 224, Height: 224, Channels: "rgb", Layout: "nchw", Scale: scale, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}}
	}
	return []recipe.Family{{Name: "0 to 1", Preprocess: plain(1. / 255)}, {Name: "0 to 255", Preprocess: plain(1)}}
}

// Candidates are the preprocessings that a network whose input has this shape may have been trained with, the given one
// first: every family's, and bytes and shares as they are, each with the channels in both orders. Size, cropping
// and layout are those of the given one, and none is there twice. Families of images of the network's own size come
// first, so that of two that do the same its own lends the name.
func Candidates(given recipe.Preprocess, input []int) []Candidate {
	families := recipe.Families()
	size := func(f recipe.Family) int {
		if fitted := dataset.Adapt(f.Preprocess, input); fitted.Width == f.Preprocess.Width {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(families, func(a, b recipe.Family) int { return size(a) - size(b) })
	list := []Candidate{{Given, given}}
	add := func(name string, p recipe.Preprocess) {
		i := slices.IndexFunc(list, func(c Candidate) bool { return same(c.Preprocess, p) })
		switch {
		case i < 0:
			list = append(list, Candidate{name, p})
		case list[i].Name == Given:
			list[i].Name = name
		}
	}
	all := slices.Concat(families, unscaled())
	for _, f := range all {
		add(f.Name, like(given, dataset.Adapt(f.Preprocess, input)))
	}
	for _, f := range all {
		p := dataset.Adapt(f.Preprocess, input)
		for _, order := range []string{"rgb", "bgr"} {
			if p.Channels != "gray" && p.Channels != order {
				add(f.Name+", channels reversed", like(given, dataset.WithOrder(p, order)))
			}
		}
	}
	return list
}

// like is the colours of p in the geometry of given.
func like(given, p recipe.Preprocess) recipe.Preprocess {
	given.Channels, given.Scale, given.Mean, given.Std = p.Channels, p.Scale, p.Mean, p.Std
	return given
}

// same tells whether two preprocessings of one geometry give the same numbers.
func same(a, b recipe.Preprocess) bool {
	return a.Channels == b.Channels && a.Scale == b.Scale && slices.Equal(a.Mean, b.Mean) && slices.Equal(a.Std, b.Std)
}
