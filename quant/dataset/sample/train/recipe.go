package main

import (
	"github.com/quantscope/quantscope/quant/dataset/sample"
	"github.com/quantscope/quantscope/quant/recipe"
)

// middle is both mean and deviation of the network's input: bytes become −1 to 1.
const middle = 127.5

// settings is the recipe the sample opens with: config1, and the preprocessing the network is
// trained with.
func settings() ([]byte, error) {
	r, err := recipe.Preset("config1")
	if err != nil {
		return nil, err
	}
	r.Preprocess = recipe.Preprocess{
		Width: sample.Size, Height: sample.Size, Channels: "rgb", Layout: "nchw",
		Scale: 1, Mean: []float32{middle, middle, middle}, Std: []float32{middle, middle, middle},
	}
	return r.Canonical()
}
