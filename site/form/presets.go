package form

import (
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Config is a preset of the recipe with what a user should know about it.
type Config struct {
	Recipe  recipe.Recipe
	About   string
	Backend bool // the preset of a backend
}

// Configs are the configurations to choose from, the one that most networks survive first.
func Configs() []Config {
	about := map[string]string{
		"config1": "Int8, static; one weight scale per output channel. Most networks keep their accuracy.",
		"config2": "Int8, static; one scale per weight tensor. Depthwise networks often collapse.",
	}
	var out []Config
	for _, r := range recipe.Presets() {
		c := Config{Recipe: r, About: about[r.Name]}
		if b, ok := backend.Of(r.Name); ok {
			c.About, c.Backend = b.About, true
		}
		out = append(out, c)
		if r.Name == "config2" {
			out = append(out, Config{
				Recipe: recipe.DepthwiseOnly(out[0].Recipe),
				About:  "Int8, static; one scale per weight tensor, per channel in depthwise convolutions only.",
			})
		}
	}
	return out
}

// Fit proposes a preset for the network's input if what is chosen cannot feed it: a preset with the
// input's size and channels.
func Fit(chosen recipe.Preprocess, m inspect.Network) recipe.Preprocess {
	if len(m.Inputs) == 0 || len(m.Inputs[0].Shape) != 4 || feeds(chosen, m.Inputs[0].Shape) {
		return chosen
	}
	for _, p := range recipe.Families() {
		if feeds(p.Preprocess, m.Inputs[0].Shape) {
			return p.Preprocess
		}
	}
	return chosen
}

// Offset proposes 1 for networks of 1001 answers, which are ImageNet's 1000 after one for the
// background, and 0 again for those of 1000.
func Offset(chosen int, m inspect.Network) int {
	if len(m.Outputs) != 1 || len(m.Outputs[0].Shape) == 0 {
		return chosen
	}
	if n := m.Outputs[0].Shape[len(m.Outputs[0].Shape)-1]; n == 1000 || n == 1001 {
		return recipe.ClassOffset(n)
	}
	return chosen
}

// feeds tells whether the preprocessing makes a tensor of the shape N×C×H×W or, channels last, N×H×W×C.
func feeds(p recipe.Preprocess, shape []int) bool {
	c, h, w := shape[1], shape[2], shape[3]
	if p.Layout == "nhwc" {
		h, w, c = shape[1], shape[2], shape[3]
	}
	channels := 3
	if p.Channels == "gray" {
		channels = 1
	}
	return channels == c && (p.Height == h || p.Height == 0) && (p.Width == w || p.Width == 0)
}

// Backend is the configuration of that name if it is a backend's, else the first one to offer.
func Backend(name string) (c Config, chosen bool) {
	const first = "tensorrt"
	var offered Config
	for _, c := range Configs() {
		if c.Backend && c.Recipe.Name == name {
			return c, true
		}
		if c.Recipe.Name == first {
			offered = c
		}
	}
	return offered, false
}
