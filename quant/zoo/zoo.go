// Package zoo knows the networks that weights without a network belong to: torchvision's classifiers, and the ResNets
// for CIFAR. Which one it is, its depth and its widths are told by the names and shapes of the tensors; only what
// these do not tell, strides and activation functions mostly, is written down here, one family a file.
package zoo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/weights"
)

// family is a row: by which tensors it is known, and what builds it. build gives the output.
type family struct {
	name  string
	known []string
	build func(n *net) value
}

// families are tried in order: the first whose tensors are all there.
var families = []family{
	{"Vision Transformer", []string{"class_token", "encoder.pos_embedding", "conv_proj.weight"}, visionTransformer},
	{"DenseNet", []string{"features.conv0.weight", "features.denseblock1.denselayer1.conv1.weight"}, denseNet},
	{"ShuffleNet V2", []string{"stage2.0.branch1.0.weight", "conv5.0.weight"}, shuffleNetV2},
	{"RegNet", []string{"stem.0.weight", "trunk_output.block1.block1-0.f.a.0.weight"}, regNet},
	{"MNASNet", []string{"layers.0.weight", "layers.8.0.layers.0.weight", "classifier.1.weight"}, mnasNet},
	{"SqueezeNet", []string{"features.3.squeeze.weight", "classifier.1.weight"}, squeezeNet},
	{"MobileNet V2", []string{"features.0.0.weight", "features.1.conv.0.0.weight", "classifier.1.weight"}, mobileNetV2},
	{"EfficientNet", []string{"features.1.0.block.1.fc1.weight"}, efficientNet},
	{"MobileNet V3", []string{"features.1.block.0.0.weight", "classifier.3.weight"}, mobileNetV3},
	{"ResNet", []string{"conv1.weight", "layer1.0.conv1.weight"}, resNet},
	{"AlexNet or VGG", []string{"features.0.weight", "classifier.6.weight"}, alexNetOrVGG},
}

// opset is the one that networks are written in: Gelu came with it.
const opset = 20

// Build makes the network that the tensors belong to. Every tensor must have its place in it.
func Build(d *weights.Dict) (*onnx.Model, error) {
	d.Unwrapped()
	i := slices.IndexFunc(families, func(f family) bool {
		return !slices.ContainsFunc(f.known, func(name string) bool { return d.Tensors[name] == nil })
	})
	if i < 0 {
		return nil, fmt.Errorf("this is %s with %s, belonging to no network known here (%s)%s: export the network to ONNX",
			d.Format, tensors(d), known(), nearest(d))
	}
	f := families[i]
	n := &net{dict: d, out: &onnx.Graph{Name: f.name}, used: map[string]bool{}}
	y := f.build(n)
	for _, name := range d.Names {
		if n.err == nil && !n.used[name] && !strings.HasSuffix(name, ".num_batches_tracked") {
			n.fail(fmt.Errorf("tensor %.100q has no place in it", name))
		}
	}
	if n.err != nil {
		return nil, fmt.Errorf("this is %s, whose names are those of %s: %w: export the network to ONNX", d.Format, f.name, n.err)
	}
	n.node("output", "Identity", []string{y.name}, []string{"output"})
	n.out.Outputs = []onnx.ValueInfo{{Name: "output", Known: true, ElemType: onnx.Float}}
	return &onnx.Model{IRVersion: 9, Opsets: []onnx.Opset{{Version: opset}}, ProducerName: "PyTorch", Graph: n.out}, nil
}

// tensors says how many there are, and what one is called.
func tensors(d *weights.Dict) string {
	if len(d.Names) == 1 {
		return fmt.Sprintf("one tensor, %.100q", d.Names[0])
	}
	return fmt.Sprintf("%d tensors, %.100q and others", len(d.Names), d.Names[0])
}

// nearest says which family has most of the tensors by which it is known, and the first that is missing; "" where none
// has any.
func nearest(d *weights.Dict) string {
	best, share, missing := family{}, 0.0, ""
	for _, f := range families {
		n, first := 0, ""
		for _, name := range f.known {
			if d.Tensors[name] != nil {
				n++
			} else if first == "" {
				first = name
			}
		}
		if s := float64(n) / float64(len(f.known)); s > share {
			best, share, missing = f, s, first
		}
	}
	if share == 0 {
		return ""
	}
	return fmt.Sprintf("; the nearest is %s, of which %q is missing", best.name, missing)
}

// known lists the families.
func known() string {
	var names []string
	for _, f := range families {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
