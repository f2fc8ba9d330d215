package zoo

import (
	"fmt"
	"slices"
)

// unit is a convolution with its normalization and activation function, as torchvision numbers them.
func (n *net) unit(x value, name string, stride int, eps float32, function string) value {
	return n.act(n.norm(n.conv(x, name+".0", stride), name+".1", eps), name+".2", function)
}

// mobileNetV2 has inverted residual blocks, of which some move.
//
// Source: torchvision/models/mobilenetv2.py.
func mobileNetV2(n *net) value {
	x := n.unit(n.image("features.0.0.weight", 224), "features.0", 2, usualEps, "Relu6")
	i := 1
	for ; n.has(fmt.Sprintf("features.%d.conv.0.0.weight", i)); i++ {
		name, stride, y := fmt.Sprintf("features.%d.conv", i), 1, x
		if slices.Contains([]int{2, 4, 7, 14}, i) {
			stride = 2
		}
		last := 1
		if n.has(name + ".1.0.weight") { // the first convolution widens
			y = n.unit(y, name+".0", 1, usualEps, "Relu6")
			y = n.unit(y, name+".1", stride, usualEps, "Relu6")
			last = 2
		} else {
			y = n.unit(y, name+".0", stride, usualEps, "Relu6")
		}
		y = n.norm(n.conv(y, fmt.Sprint(name, ".", last), 1), fmt.Sprint(name, ".", last+1), usualEps)
		x = n.shortcut(x, y, name, stride)
	}
	x = n.unit(x, fmt.Sprint("features.", i), 1, usualEps, "Relu6")
	return n.linear(n.pooled(x), "classifier.1")
}

// shortcut adds what came in, where that has the shape of what comes out.
func (n *net) shortcut(x, y value, name string, stride int) value {
	if stride == 1 && x.channels == y.channels {
		return n.add(y, x, name+".add")
	}
	return y
}

// block is an inverted residual as MobileNet V3 and EfficientNet have it: perhaps a convolution that widens, one by
// channels, perhaps a squeeze, and one that narrows.
func (n *net) block(x value, name string, stride int, eps float32, function, inner, gate string) value {
	y, at := x, 0
	sub := func() string { return fmt.Sprint(name, ".", at) }
	depthwise := func() bool {
		return n.has(sub()+".0.weight") && n.tensor(sub()+".0.weight", 4).Dims[1] == 1 && y.channels > 1
	}
	if !depthwise() {
		y = n.unit(y, sub(), 1, eps, function)
		at++
	}
	y = n.unit(y, sub(), stride, eps, function)
	at++
	if n.has(sub() + ".fc1.weight") {
		y = n.squeezed(y, sub(), inner, gate)
		at++
	}
	y = n.unit(y, sub(), 1, eps, "")
	return n.shortcut(x, y, name, stride)
}

// mobileNetV3 is the large network of 15 blocks, or the small one of 11: ReLU in the first blocks, then h-swish.
//
// Source: torchvision/models/mobilenetv3.py.
func mobileNetV3(n *net) value {
	const eps = 1e-3
	blocks := n.count(1, "features.%d.block.0.0.weight")
	moving, relus := []int{2, 4, 7, 13}, 6
	switch blocks {
	case 15:
	case 11:
		moving, relus = []int{1, 2, 4, 9}, 3
	default:
		n.fail(fmt.Errorf("it has %d blocks, want 15 or 11", blocks))
	}
	x := n.unit(n.image("features.0.0.weight", 224), "features.0", 2, eps, "HardSwish")
	for i := 1; i <= blocks; i++ {
		stride, function := 1, "HardSwish"
		if slices.Contains(moving, i) {
			stride = 2
		}
		if i <= relus {
			function = "Relu"
		}
		x = n.block(x, fmt.Sprintf("features.%d.block", i), stride, eps, function, "Relu", "HardSigmoid")
	}
	x = n.unit(x, fmt.Sprint("features.", blocks+1), 1, eps, "HardSwish")
	x = n.act(n.linear(n.pooled(x), "classifier.0"), "classifier.1", "HardSwish")
	return n.linear(x, "classifier.3")
}

// efficientNet is EfficientNet B0 to B7. The input's size goes with the width; from B5 on, where the first stage has
// three blocks or more, the normalization has another epsilon.
//
// Source: torchvision/models/efficientnet.py.
func efficientNet(n *net) value {
	depth := func(stage int) int { return n.count(0, fmt.Sprintf("features.%d.", stage)+"%d.block.0.0.weight") }
	var eps float32 = usualEps
	if depth(1) >= 3 {
		eps = 1e-3
	}
	sizes := []struct {
		head, blocks int64 // channels of the last convolution, blocks of the second stage
		size         int
	}{{1280, 2, 224}, {1280, 3, 240}, {1408, 3, 288}, {1536, 3, 300}, {1792, 4, 380}, {2048, 5, 456}, {2304, 6, 528}, {2560, 7, 600}}
	head, size := n.tensor("features.8.0.weight", 4).Dims[0], 224
	for _, s := range sizes {
		if s.head == head && s.blocks == int64(depth(2)) {
			size = s.size
		}
	}
	x := n.unit(n.image("features.0.0.weight", size), "features.0", 2, eps, "SiLU")
	for stage := 1; stage <= 7; stage++ {
		for i := range depth(stage) {
			stride := 1
			if i == 0 && slices.Contains([]int{2, 3, 4, 6}, stage) {
				stride = 2
			}
			x = n.block(x, fmt.Sprintf("features.%d.%d.block", stage, i), stride, eps, "SiLU", "SiLU", "Sigmoid")
		}
	}
	x = n.unit(x, "features.8", 1, eps, "SiLU")
	return n.linear(n.pooled(x), "classifier.1")
}

// mnasNet has its layers in one row: a stem of 3×3, one by channels and one that narrows, six stacks, and a head.
//
// Source: torchvision/models/mnasnet.py.
func mnasNet(n *net) value {
	layer := func(x value, at, stride int, relu bool) value {
		x = n.norm(n.conv(x, fmt.Sprint("layers.", at), stride), fmt.Sprint("layers.", at+1), usualEps)
		if relu {
			x = n.relu(x, fmt.Sprint("layers.", at+2))
		}
		return x
	}
	x := layer(n.image("layers.0.weight", 224), 0, 2, true)
	x = layer(layer(x, 3, 1, true), 6, 1, false)
	for stack := 8; stack <= 13; stack++ {
		for i := range n.count(0, fmt.Sprintf("layers.%d.", stack)+"%d.layers.0.weight") {
			name, stride := fmt.Sprintf("layers.%d.%d.layers", stack, i), 1
			if i == 0 && stack != 11 && stack != 13 {
				stride = 2
			}
			y := n.relu(n.norm(n.conv(x, name+".0", 1), name+".1", usualEps), name+".2")
			y = n.relu(n.norm(n.conv(y, name+".3", stride), name+".4", usualEps), name+".5")
			y = n.norm(n.conv(y, name+".6", 1), name+".7", usualEps)
			x = n.shortcut(x, y, name, stride)
		}
	}
	return n.linear(n.pooled(layer(x, 14, 1, true)), "classifier.1")
}
