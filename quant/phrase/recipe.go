package phrase

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Preset is the name of a preset as a user knows it: by what it does.
func Preset(name string) string {
	switch name {
	case "config1":
		return "Per-channel"
	case "config2":
		return "Per-tensor"
	case recipe.DepthwiseOnly(recipe.Recipe{Name: "config1"}).Name:
		return "Per-tensor, depthwise per-channel"
	}
	return name
}

// Title names a recipe by its preset, in short.
func Title(r recipe.Recipe) string {
	if Changed(r) || len(r.Overrides) > 0 {
		return Preset(r.Name) + ", changed"
	}
	return Preset(r.Name)
}

// Describe names a recipe by its preset and what was changed of it.
func Describe(r recipe.Recipe) string {
	out := Preset(r.Name)
	if Changed(r) {
		out += ", changed"
	}
	for i, o := range r.Overrides {
		if i == 2 && len(r.Overrides) > 3 {
			return out + "; " + strconv.Itoa(len(r.Overrides)-i) + " layers more"
		}
		which, what := Tell(o)
		out += "; " + which + " " + what
	}
	return out
}

// Changed tells whether a recipe differs from the preset it started from, in more than its data
// and its overrides.
func Changed(now recipe.Recipe) bool {
	r, err := recipe.Preset(now.Name)
	if err != nil {
		return false
	}
	r.Preprocess, r.Data, r.Name, r.Overrides = now.Preprocess, now.Data, now.Name, now.Overrides
	return !reflect.DeepEqual(r, now)
}

// Tell says in words which layers an override concerns, and what it does.
func Tell(o recipe.Override) (which, what string) {
	switch {
	case o.Name != "":
		which = o.Name
	case o.Pattern != "":
		which = "names like " + o.Pattern
	default:
		which = "every " + o.Op
	}
	switch {
	case o.Float:
		return which, "kept in float"
	case o.Weight != nil && o.Activation != nil:
		return which, fmt.Sprintf("weights of %d, activations of %d bits", o.Weight.Scheme.Bits, o.Activation.Scheme.Bits)
	case o.Weight != nil && o.Name == "" && o.Weight.Scheme.PerChannel:
		return which, "weights of " + strconv.Itoa(o.Weight.Scheme.Bits) + " bits, per channel"
	case o.Weight != nil:
		return which, "weights of " + strconv.Itoa(o.Weight.Scheme.Bits) + " bits"
	}
	return which, "activations of " + strconv.Itoa(o.Activation.Scheme.Bits) + " bits"
}

// Spelled is how a value of a list is written in the page.
func Spelled(value string) string {
	if k, err := observer.KindOf(value); err == nil && k.Spelled != "" {
		return k.Spelled
	}
	if k, err := fakequant.KindOf(value); err == nil && k.Spelled != "" {
		return k.Spelled
	}
	switch value {
	case "":
		return "as symmetry says"
	case string(scheme.PyTorch):
		return "PyTorch"
	case string(scheme.ONNX), recipe.BRECQ, recipe.GPTQ:
		return strings.ToUpper(value)
	}
	return value
}

// Quantizer is a quantizer in the field's words.
func Quantizer(q recipe.Quantizer) string {
	s := q.Scheme
	sign, symmetry, granularity := "uint", "asymmetric", "per tensor"
	if s.Symmetric {
		sign, symmetry = "int", "symmetric"
	}
	if s.PerChannel {
		granularity = "per channel"
	}
	if s.Block > 0 {
		granularity = "per " + strconv.Itoa(s.Block) + " inputs of a channel"
	}
	return fmt.Sprintf("%s%d, %s, %s, %s, %s", sign, s.Bits, symmetry, granularity, Spelled(q.Observer), Spelled(q.FakeQuant))
}

// PreprocessName is the preset that the recipe's preprocessing equals, "custom" if none.
func PreprocessName(r recipe.Recipe) string {
	for _, p := range recipe.Families() {
		if samePreprocess(p.Preprocess, r.Preprocess) {
			return p.Name
		}
	}
	return "custom"
}

func samePreprocess(a, b recipe.Preprocess) bool {
	return a.Resize == b.Resize && a.Width == b.Width && a.Height == b.Height && a.Channels == b.Channels &&
		a.Layout == b.Layout && a.Scale == b.Scale && slices.Equal(a.Mean, b.Mean) && slices.Equal(a.Std, b.Std)
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

// LabelSource says where labels came from.
func LabelSource(source string) string {
	return map[string]string{
		"folder": "from folder names",
		"prefix": "from file-name prefixes",
		"csv":    "from a CSV of labels",
		"array":  "from an array of integers",
	}[source]
}
