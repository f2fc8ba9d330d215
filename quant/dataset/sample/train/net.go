package main

import (
	"math/rand/v2"

	"github.com/quantscope/quantscope/quant/dataset/sample"
)

// block is an inverted residual of MobileNetV2: widen by a 1×1 convolution, filter each channel,
// narrow again without an activation.
type block struct{ in, wide, out, stride int }

func blocks() []block {
	return []block{
		{16, 48, 16, 1},
		{16, 64, 24, 2},
		{24, 96, 24, 1},
		{24, 96, 40, 2},
	}
}

// last is the width of the last convolution.
const last = 128

// newNet builds the network: 3×3 convolution of stride 2, the blocks, a 1×1 convolution, mean, dense.
func newNet(g *rand.Rand) chain {
	net := chain{newConv(g, 3, 2, 3, blocks()[0].in), newNorm(blocks()[0].in), &relu6{}}
	out := 0
	for _, b := range blocks() {
		c := chain{
			newConv(g, 1, 1, b.in, b.wide), newNorm(b.wide), &relu6{},
			newDepthwise(g, b.stride, b.wide), newNorm(b.wide), &relu6{},
			newConv(g, 1, 1, b.wide, b.out), newNorm(b.out),
		}
		if b.stride == 1 && b.in == b.out {
			net = append(net, &residual{c})
		} else {
			net = append(net, c...)
		}
		out = b.out
	}
	return append(net,
		newConv(g, 1, 1, out, last), newNorm(last), &relu6{},
		&pool{}, newDense(g, last, len(sample.Classes())))
}
