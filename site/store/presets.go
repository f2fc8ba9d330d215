package store

import (
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
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
		"config1": "8 bits, static; one scale for each output channel of a weight. Most networks survive it.",
		"config2": "8 bits, static; one scale for a whole weight. Depthwise networks often collapse under it.",
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
				About:  "8 bits, static; one scale for a whole weight, but one for each channel in depthwise convolutions.",
			})
		}
	}
	return out
}

// Backend is the configuration of a backend that is chosen, else the first one to offer.
func (s State) Backend() (c Config, chosen bool) {
	const first = "tensorrt"
	var offered Config
	for _, c := range Configs() {
		if c.Backend && c.Recipe.Name == s.Recipe.Name {
			return c, true
		}
		if c.Recipe.Name == first {
			offered = c
		}
	}
	return offered, false
}

// LabelSource says where labels came from.
func LabelSource(source string) string {
	return map[string]string{
		"folder": "by the folders' names",
		"prefix": "by the beginnings of the file names",
		"csv":    "by the table of labels (CSV)",
		"array":  "by the array of integers",
	}[source]
}

// FamilyTitle is the name of a preprocessing as a user knows it.
func FamilyTitle(name string) string {
	title, known := map[string]string{
		"imagenet":        "ImageNet, torchvision",
		"imagenet-tf":     "ImageNet, −1 to 1",
		"imagenet-vgg255": "ImageNet, VGG mean over 255",
		"imagenet-caffe":  "ImageNet, Caffe (BGR)",
		"cifar":           "CIFAR, ImageNet statistics",
		"cifar10":         "CIFAR, its own statistics",
		"mnist":           "MNIST",
		"custom":          "Custom",
	}[name]
	if !known {
		return name
	}
	return title
}

// PreprocessTitle names a recipe's preprocessing; a custom one by its size and channels.
func PreprocessTitle(r recipe.Recipe) string {
	name := PreprocessName(r)
	if name != "custom" {
		return FamilyTitle(name)
	}
	p := r.Preprocess
	size := "the network's size"
	if p.Width > 0 && p.Height > 0 {
		size = strconv.Itoa(p.Width) + "×" + strconv.Itoa(p.Height)
	}
	return "Custom, " + size + " " + strings.ToUpper(p.Channels)
}
