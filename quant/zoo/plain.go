package zoo

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// alexNetOrVGG is a row of convolutions, numbered with the functions between them, then three linear layers. A gap
// of more than the activation (and the normalization) is a pooling.
//
// Source: torchvision/models/alexnet.py, vgg.py.
func alexNetOrVGG(n *net) value {
	first := n.tensor("features.0.weight", 4)
	x := n.image("features.0.weight", 224)
	alex := first.Dims[2] == 11
	at := 0
	for at >= 0 && n.err == nil {
		name := fmt.Sprint("features.", at)
		switch {
		case alex && at == 0:
			x = n.padded(x, name, 4, 2, 2)
		default:
			x = n.conv(x, name, 1)
		}
		next := at + 2
		if norm := fmt.Sprint("features.", at+1); n.has(norm + ".running_mean") {
			x = n.norm(x, norm, usualEps)
			next++
		}
		x = n.relu(x, fmt.Sprint("features.", next-1))
		at = -1
		switch pool := fmt.Sprint("features.", next); {
		case n.has(pool + ".weight"):
			at = next
			continue
		case alex:
			x = n.maxPool(x, pool, 0, false)
		default:
			x = n.emit(pool, "MaxPool", x, nil, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
		}
		if n.has(fmt.Sprint("features.", next+1, ".weight")) {
			at = next + 1
		}
	}
	// At this size there is nothing to pool before the linear layers. A dropout stands before or behind the first.
	x = n.flat(x)
	layers := []string{"classifier.0", "classifier.3", "classifier.6"}
	if alex {
		layers = []string{"classifier.1", "classifier.4", "classifier.6"}
	}
	for i, name := range layers {
		if x = n.linear(x, name); i < 2 {
			x = n.relu(x, name+".relu")
		}
	}
	return x
}

// squeezeNet is SqueezeNet 1.0 and 1.1, which pools earlier.
//
// Source: torchvision/models/squeezenet.py.
func squeezeNet(n *net) value {
	first := n.tensor("features.0.weight", 4)
	x := n.image("features.0.weight", 224)
	x = n.relu(n.padded(x, "features.0", 2, 0, 0), "features.1")
	last := 12
	if first.Dims[2] != 7 && first.Dims[2] != 3 {
		n.fail(fmt.Errorf("tensor \"features.0.weight\" has a kernel of %d, want 7 or 3", first.Dims[2]))
	}
	for i := 2; i <= last; i++ {
		name := fmt.Sprint("features.", i)
		if !n.has(name + ".squeeze.weight") {
			x = n.maxPool(x, name, 0, true)
			continue
		}
		s := n.relu(n.conv(x, name+".squeeze", 1), name+".squeeze_activation")
		a := n.relu(n.conv(s, name+".expand1x1", 1), name+".expand1x1_activation")
		b := n.relu(n.conv(s, name+".expand3x3", 1), name+".expand3x3_activation")
		x = n.emit(name, "Concat", a, []string{b.name}, onnx.Int("axis", 1))
		x.channels, x.from = a.channels+b.channels, ""
	}
	return n.pooled(n.relu(n.conv(x, "classifier.1", 1), "classifier.2"))
}

// shuffleNetV2 mixes the channels of both halves after each block.
//
// Source: torchvision/models/shufflenetv2.py.
func shuffleNetV2(n *net) value {
	x := n.image("conv1.0.weight", 224)
	x = n.relu(n.norm(n.conv(x, "conv1.0", 2), "conv1.1", usualEps), "conv1.2")
	x = n.maxPool(x, "maxpool", 1, false)
	size := 56
	for stage := 2; n.has(fmt.Sprintf("stage%d.0.branch1.0.weight", stage)); stage++ {
		size /= 2
		prefix := fmt.Sprintf("stage%d.", stage)
		for i := range n.count(0, prefix+"%d.branch2.0.weight") {
			name, stride := fmt.Sprint(prefix, i), 1
			a, b := x, x
			if i == 0 {
				stride = 2
				a = n.norm(n.conv(x, name+".branch1.0", stride), name+".branch1.1", usualEps)
				a = n.relu(n.norm(n.conv(a, name+".branch1.2", 1), name+".branch1.3", usualEps), name+".branch1.4")
			} else {
				half := x.channels / 2
				a, b = value{name: name + ".a", channels: half}, value{name: name + ".b", channels: half}
				n.node(name+".chunk", "Split", []string{x.name, n.ints(half, half)}, []string{a.name, b.name}, onnx.Int("axis", 1))
			}
			b = n.relu(n.norm(n.conv(b, name+".branch2.0", 1), name+".branch2.1", usualEps), name+".branch2.2")
			b = n.norm(n.conv(b, name+".branch2.3", stride), name+".branch2.4", usualEps)
			b = n.relu(n.norm(n.conv(b, name+".branch2.5", 1), name+".branch2.6", usualEps), name+".branch2.7")
			x = n.emit(name, "Concat", a, []string{b.name}, onnx.Int("axis", 1))
			x.channels, x.from = a.channels+b.channels, ""
			x = n.emit(name+".groups", "Reshape", x, []string{n.ints(-1, 2, x.channels/2, size, size)})
			x = n.emit(name+".shuffle", "Transpose", x, nil, onnx.Ints("perm", 0, 2, 1, 3, 4))
			x = n.emit(name+".channels", "Reshape", x, []string{n.ints(-1, x.channels, size, size)})
		}
	}
	x = n.relu(n.norm(n.conv(x, "conv5.0", 1), "conv5.1", usualEps), "conv5.2")
	return n.linear(n.pooled(x), "fc")
}
