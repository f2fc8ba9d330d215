package zoo

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// resNet is ResNet, ResNeXt and Wide ResNet with basic or bottleneck blocks, and the ones for CIFAR, whose first
// kernel is 3×3 and which pool nothing after it.
//
// Source: torchvision/models/resnet.py; for CIFAR He et al. 2015, section 4.2.
func resNet(n *net) value {
	first := n.tensor("conv1.weight", 4)
	small := first.Dims[2] == 3
	size := 224
	if small {
		size = 32
	}
	x := n.image("conv1.weight", size)
	if small {
		x = n.conv(x, "conv1", 1)
	} else {
		x = n.conv(x, "conv1", 2)
	}
	x = n.relu(n.norm(x, "bn1", usualEps), "relu")
	if !small {
		x = n.maxPool(x, "maxpool", 1, false)
	}
	for layer := 1; n.has(fmt.Sprintf("layer%d.0.conv1.weight", layer)); layer++ {
		for i := range n.count(0, fmt.Sprintf("layer%d.", layer)+"%d.conv1.weight") {
			stride := 1
			if layer > 1 && i == 0 {
				stride = 2
			}
			x = n.residual(x, fmt.Sprintf("layer%d.%d", layer, i), stride)
		}
	}
	return n.linear(n.pooled(x), n.either("fc", "linear"))
}

// either is the first of names that a weight has.
func (n *net) either(names ...string) string {
	for _, name := range names {
		if n.has(name + ".weight") {
			return name
		}
	}
	return names[0]
}

// residual is a block of two convolutions, or of three, of which the middle one moves.
func (n *net) residual(x value, name string, stride int) value {
	last := 2
	if n.has(name + ".conv3.weight") {
		last = 3
	}
	y := x
	for i := 1; i <= last; i++ {
		s := 1
		if i == last-1 {
			s = stride
		}
		y = n.norm(n.conv(y, fmt.Sprintf("%s.conv%d", name, i), s), fmt.Sprintf("%s.bn%d", name, i), usualEps)
		if i < last {
			y = n.relu(y, fmt.Sprintf("%s.relu%d", name, i))
		}
	}
	short := n.either(name+".downsample.0", name+".shortcut.0")
	switch {
	case n.has(short + ".weight"):
		x = n.norm(n.conv(x, short, stride), short[:len(short)-1]+"1", usualEps)
	case stride != 1 || y.channels != x.channels:
		x = n.thinned(x, name, stride, y.channels)
	}
	return n.relu(n.add(y, x, name+".add"), name+".relu")
}

// thinned is a shortcut without weights: every second pixel, and zeros for the channels that are more, on both sides.
func (n *net) thinned(x value, name string, stride, channels int) value {
	more := channels - x.channels
	if more < 0 {
		n.fail(fmt.Errorf("block %q has fewer channels than come in", name))
		return x
	}
	const end = 1<<31 - 1
	x = n.emit(name+".shortcut", "Slice", x, []string{n.ints(0, 0), n.ints(end, end), n.ints(2, 3), n.ints(stride, stride)})
	x = n.emit(name+".pad", "Pad", x, []string{n.ints(0, more/2, 0, 0, 0, more-more/2, 0, 0)})
	x.channels, x.from = channels, ""
	return x
}

// regNet is RegNet X and Y, which squeezes.
//
// Source: torchvision/models/regnet.py.
func regNet(n *net) value {
	x := n.image("stem.0.weight", 224)
	x = n.relu(n.norm(n.conv(x, "stem.0", 2), "stem.1", usualEps), "stem.2")
	for stage := 1; n.has(fmt.Sprintf("trunk_output.block%d.block%d-0.f.a.0.weight", stage, stage)); stage++ {
		prefix := fmt.Sprintf("trunk_output.block%d.block%d-", stage, stage)
		for i := range n.count(0, prefix+"%d.f.a.0.weight") {
			name, stride := fmt.Sprint(prefix, i), 1
			if i == 0 {
				stride = 2
			}
			y := n.relu(n.norm(n.conv(x, name+".f.a.0", 1), name+".f.a.1", usualEps), name+".f.a.2")
			y = n.relu(n.norm(n.conv(y, name+".f.b.0", stride), name+".f.b.1", usualEps), name+".f.b.2")
			if n.has(name + ".f.se.fc1.weight") {
				y = n.squeezed(y, name+".f.se", "Relu", "Sigmoid")
			}
			y = n.norm(n.conv(y, name+".f.c.0", 1), name+".f.c.1", usualEps)
			if n.has(name + ".proj.0.weight") {
				x = n.norm(n.conv(x, name+".proj.0", stride), name+".proj.1", usualEps)
			}
			x = n.relu(n.add(x, y, name+".add"), name+".activation")
		}
	}
	return n.linear(n.pooled(x), "fc")
}

// denseNet is DenseNet: each layer sees all before it.
//
// Source: torchvision/models/densenet.py.
func denseNet(n *net) value {
	x := n.image("features.conv0.weight", 224)
	x = n.relu(n.norm(n.conv(x, "features.conv0", 2), "features.norm0", usualEps), "features.relu0")
	x = n.maxPool(x, "features.pool0", 1, false)
	for block := 1; n.has(fmt.Sprintf("features.denseblock%d.denselayer1.conv1.weight", block)); block++ {
		prefix := fmt.Sprintf("features.denseblock%d.denselayer", block)
		for i := range n.count(1, prefix+"%d.conv1.weight") {
			name := fmt.Sprint(prefix, i+1)
			y := n.conv(n.relu(n.norm(x, name+".norm1", usualEps), name+".relu1"), name+".conv1", 1)
			y = n.conv(n.relu(n.norm(y, name+".norm2", usualEps), name+".relu2"), name+".conv2", 1)
			channels := x.channels + y.channels
			x = n.emit(name, "Concat", x, []string{y.name}, onnx.Int("axis", 1))
			x.channels, x.from = channels, ""
		}
		if name := fmt.Sprintf("features.transition%d", block); n.has(name + ".conv.weight") {
			x = n.conv(n.relu(n.norm(x, name+".norm", usualEps), name+".relu"), name+".conv", 1)
			x = n.emit(name+".pool", "AveragePool", x, nil, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
		}
	}
	x = n.relu(n.norm(x, "features.norm5", usualEps), "features.relu5")
	return n.linear(n.pooled(x), "classifier")
}
