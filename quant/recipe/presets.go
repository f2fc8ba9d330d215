package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Presets are the named recipes (spec §7, §3.4), for networks of the ImageNet family: 64 items
// calibrate, in batches of 16. After the two of the seed document comes one for each backend, of its
// name.
//
//   - config1: weights symmetric per channel, activations asymmetric per tensor, ranges fixed
//   - config2: weights and activations asymmetric per tensor, ranges learnable
func Presets() []Recipe {
	table := backend.List()
	config1, config2 := preset(table[0]), preset(table[0])
	config1.Name, config2.Name = "config1", "config2"
	config2.Weight.FakeQuant, config2.Activation.FakeQuant = "learnable", "learnable"
	config2.Weight.Scheme = config2.Activation.Scheme
	presets := []Recipe{config1, config2}
	for _, b := range table {
		presets = append(presets, preset(b))
	}
	return presets
}

// depthwise ends the name of a preset of which DepthwiseOnly is meant.
const depthwise = "-depthwise"

// DepthwiseOnly is r with one scale for a weight, but for those of depthwise convolutions: the seed
// document's second placement.
func DepthwiseOnly(r Recipe) Recipe {
	own := r.Weight
	r.Name += depthwise
	r.Overrides = append(slices.Clone(r.Overrides), Override{Op: DepthwiseConv, Weight: &own})
	r.Weight.Scheme.PerChannel = false
	return r
}

// preset is what MQBench gives a backend by default.
func preset(b backend.Backend) Recipe {
	return Recipe{
		Format: Format, Name: b.Name, Backend: b.Name, Rule: scheme.PyTorch,
		Weight: of(b.Weight), Activation: of(b.Activation),
		Preprocess: Families()[0].Preprocess,
		Data:       Data{Calibration: 64, Batch: 16},
	}
}

// of is a backend's default, its averages with MQBench's weight of the past.
func of(s backend.Side) Quantizer {
	q := Quantizer{FakeQuant: s.FakeQuant, Observer: s.Observer, Scheme: s.Scheme}
	if k, err := observer.KindOf(s.Observer); err == nil && k.Average {
		q.EMARatio = 0.9
	}
	return q
}

// Preset finds a recipe by name, however capitalised, or by that of a backend's chip; else it says
// which names there are. "config1-depthwise" is DepthwiseOnly of config1, and so of every preset that has
// scales per channel.
func Preset(name string) (Recipe, error) {
	if b, ok := backend.Of(name); ok {
		return preset(b), nil
	}
	var names []string
	for _, r := range Presets() {
		if strings.EqualFold(r.Name, name) {
			return r, nil
		}
		names = append(names, r.Name)
	}
	if base, ok := strings.CutSuffix(strings.ToLower(name), depthwise); ok {
		r, err := Preset(base)
		switch {
		case err != nil:
			return r, err
		case !r.Weight.Scheme.PerChannel:
			return Recipe{}, fmt.Errorf("no preset %q: %s has one scale for every weight: %s is nearest", name, r.Name, r.Name)
		}
		return DepthwiseOnly(r), nil
	}
	return Recipe{}, fmt.Errorf("no preset %q: there are %s", name, strings.Join(names, ", "))
}

// Family is the preprocessing of a known family of networks.
type Family struct {
	Name       string
	Preprocess Preprocess
}

// Families are the known preprocessings, the commonest first.
func Families() []Family {
	mean, std := []float32{0.485, 0.456, 0.406}, []float32{0.229, 0.224, 0.225}
	images := func(resize, side int, scale float32, channels string, mean, std []float32) Preprocess {
		return Preprocess{
			Resize: resize, Width: side, Height: side, Channels: channels, Layout: "nchw",
			Scale: scale, Mean: mean, Std: std,
		}
	}
	return []Family{
		// torchvision and timm: most PyTorch networks trained on ImageNet.
		{"imagenet", images(256, 224, 1./255, "rgb", mean, std)},
		// -1 to 1: TensorFlow's MobileNet, Inception and EfficientNet-lite families.
		{"imagenet-tf", images(256, 224, 1, "rgb", []float32{127.5, 127.5, 127.5}, []float32{127.5, 127.5, 127.5})},
		// The mean of VGG, divided by 255: SqueezeNet in TensorFlow and pytorchcv.
		{"imagenet-vgg255", images(256, 224, 1, "rgb", []float32{123.68, 116.78, 103.94}, []float32{255, 255, 255})},
		// Caffe: blue first, no scaling.
		{"imagenet-caffe", images(256, 224, 1, "bgr", []float32{103.939, 116.779, 123.68}, []float32{1, 1, 1})},
		// CIFAR networks differ in their statistics; these are ImageNet's, the next CIFAR-10's own.
		{"cifar", images(32, 32, 1./255, "rgb", mean, std)},
		{"cifar10", images(32, 32, 1./255, "rgb", []float32{0.4914, 0.4822, 0.4465}, []float32{0.2023, 0.1994, 0.201})},
		{"mnist", images(28, 28, 1./255, "gray", []float32{0}, []float32{1})},
	}
}

// ClassOffset is the class offset that a network of so many answers most likely has: 1 for 1001, which are
// ImageNet's 1000 after one for the background.
func ClassOffset(answers int) int {
	if answers == 1001 {
		return 1
	}
	return 0
}
