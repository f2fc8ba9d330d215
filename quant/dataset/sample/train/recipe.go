package main

import (
	"github.com/quantscope/quantscope/quant/recipe"
)

// middle is both mean and deviation of the network's input: bytes become −1 to 1.
const middle = 127.5

// prepared is the recipe a sample opens with: a preset, and the preprocessing its network is trained with.
func prepared(preset, channels string, size, planes int) (recipe.Recipe, error) {
	r, err := recipe.Preset(preset)
	if err != nil {
		return r, err
	}
	r.Preprocess = recipe.Preprocess{Width: size, Height: size, Channels: channels, Layout: "nchw", Scale: 1}
	for range planes {
		r.Preprocess.Mean = append(r.Preprocess.Mean, middle)
		r.Preprocess.Std = append(r.Preprocess.Std, middle)
	}
	return r, nil
}
