package exec_test

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// integerCase is a network that shows one thing; build gives its outputs.
type integerCase struct {
	name  string
	build func(n *network) []graph.ValueID
}

func integerCases() []integerCase {
	return append(append(layerCases(), operatorCases()...), mixedCases()...)
}

// image is a quantized input of the network.
func image(n *network, c, h, w int) graph.ValueID {
	return n.u8(n.Input(fmt.Sprint("x", len(n.Graph.Inputs)), 1, c, h, w), 1./32, 120)
}

func layerCases() []integerCase {
	// conv is one convolution of an image of 13 channels with what follows it.
	conv := func(out int, op graph.Conv, bias float32, weights func(*network) func(graph.ValueID) graph.ValueID,
		behind func(n *network, y graph.ValueID) graph.ValueID) func(n *network) []graph.ValueID {
		return func(n *network) []graph.ValueID {
			return []graph.ValueID{behind(n, n.conv(image(n, 13, 9, 7), out, op, bias, weights(n)))}
		}
	}
	byChannel := func(n *network) func(graph.ValueID) graph.ValueID { return n.perChannel }
	byTensor := func(n *network) func(graph.ValueID) graph.ValueID { return n.perTensor }
	codes := func(n *network, y graph.ValueID) graph.ValueID { return n.u8(y, 0.05, 117) }
	floats := func(n *network, y graph.ValueID) graph.ValueID { return y }
	relu := func(n *network, y graph.ValueID) graph.ValueID { return n.u8(n.node(graph.Relu{}, y), 0.03, 0) }
	relu6 := func(n *network, y graph.ValueID) graph.ValueID {
		return n.u8(n.node(graph.Clip{Lo: 0, Hi: 6}, y), 8./255, 3) // 6 is not the last code
	}
	signed := func(n *network, y graph.ValueID) graph.ValueID { return n.quantize(y, 0.04, 0, -127, 127) }
	fourBits := func(n *network, y graph.ValueID) graph.ValueID { return n.quantize(y, 0.7, 7, 0, 15) }
	norm := func(then func(*network, graph.ValueID) graph.ValueID) func(*network, graph.ValueID) graph.ValueID {
		return func(n *network, y graph.ValueID) graph.ValueID { return then(n, n.BatchNorm("bn", y)) }
	}
	deadNorm := func(n *network, y graph.ValueID) graph.ValueID {
		y = n.BatchNorm("bn", y)
		gamma := n.Graph.Values[n.Graph.Nodes[len(n.Graph.Nodes)-1].Inputs[1]].Const.F
		gamma[0], gamma[3] = 0, 0
		return codes(n, y)
	}
	return []integerCase{
		{"conv 3x3", conv(18, kernel(3, 1, 1, 1), 1, byChannel, codes)},
		{"conv 3x3 without bias", conv(5, kernel(3, 1, 0, 1), 0, byChannel, codes)},
		{"conv 3x3 per tensor, asymmetric", conv(18, kernel(3, 2, 1, 1), 1, byTensor, codes)},
		{"conv 1x1", conv(33, kernel(1, 1, 0, 1), 1, byChannel, codes)},
		{"conv 5x3 dilated, uneven padding", conv(7, graph.Conv{Kernel: []int{5, 3}, Strides: []int{2, 1}, Dilations: []int{1, 2}, Pads: []int{1, 2, 3, 0}, Group: 1}, 1, byTensor, codes)},
		{"conv to floats", conv(9, kernel(3, 1, 1, 1), 1, byChannel, floats)},
		{"conv relu", conv(9, kernel(3, 1, 1, 1), 1, byChannel, relu)},
		{"conv relu6", conv(9, kernel(3, 1, 1, 1), 40, byTensor, relu6)},
		{"conv to signed codes", conv(9, kernel(3, 1, 1, 1), 1, byTensor, signed)},
		{"conv to 4 bits", conv(9, kernel(3, 1, 1, 1), 1, byChannel, fourBits)},
		{"conv norm", conv(9, kernel(3, 1, 1, 1), 1, byChannel, norm(codes))},
		{"conv norm relu", conv(9, kernel(3, 1, 1, 1), 0, byTensor, norm(relu))},
		{"conv norm to floats", conv(9, kernel(3, 1, 1, 1), 1, byChannel, norm(floats))},
		{"conv with dead channels", conv(9, kernel(3, 1, 1, 1), 1, byChannel, deadNorm)},
		{"depthwise 3x3", conv(13, kernel(3, 1, 1, 13), 1, byChannel, codes)},
		{"depthwise 3x3 stride 2, relu6", conv(13, kernel(3, 2, 1, 13), 1, byTensor, relu6)},
		{"depthwise 5x5 norm relu", conv(13, kernel(5, 1, 2, 13), 0, byChannel, norm(relu))},
		{"depthwise with a zero point for each channel", func(n *network) []graph.ValueID {
			y := n.conv(image(n, 13, 9, 7), 13, kernel(3, 1, 1, 13), 1, func(v graph.ValueID) graph.ValueID {
				return n.channels(v, 0, 1.2/255, []int32{3, 250, 128, 77}, 0, 255)
			})
			return []graph.ValueID{codes(n, y)}
		}},
		{"a weight channel of zeros", func(n *network) []graph.ValueID {
			y := n.conv(image(n, 4, 6, 6), 6, kernel(3, 1, 1, 1), 1, func(v graph.ValueID) graph.ValueID {
				w := n.Graph.Values[v].Const.F
				clear(w[2*36 : 3*36])
				n.perChannel(v)
				n.quants[len(n.quants)-1].Params.Scale[2] = 1.1920929e-7 // what observers give
				return v
			})
			return []graph.ValueID{codes(n, y)}
		}},
		{"a weight channel of zeros before a norm", func(n *network) []graph.ValueID {
			y := n.conv(image(n, 4, 6, 6), 6, kernel(3, 1, 1, 1), 1, func(v graph.ValueID) graph.ValueID {
				clear(n.Graph.Values[v].Const.F[36:72])
				n.perChannel(v)
				n.quants[len(n.quants)-1].Params.Scale[1] = 1.1920929e-7
				return v
			})
			return []graph.ValueID{n.BatchNorm("bn", y)}
		}},
		{"a bias too large for its scale", func(n *network) []graph.ValueID {
			// The bias of unit 1/32·2^-23 saturates at 2^30, a small part of what it should be.
			y := n.conv(image(n, 4, 6, 6), 6, kernel(3, 1, 1, 1), 1000, func(v graph.ValueID) graph.ValueID {
				return n.channels(v, 0, 1.1920929e-7, []int32{0}, -128, 127)
			})
			return []graph.ValueID{codes(n, y)}
		}},
		{"gemm", func(n *network) []graph.ValueID {
			x := n.u8(n.Input("x", 3, 37), 1./32, 120)
			y := n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, n.perChannel(n.Random("w", 19, 37)), n.Random("b", 19))
			return []graph.ValueID{codes(n, y)}
		}},
		{"gemm of one number as bias, by columns", func(n *network) []graph.ValueID {
			x := n.u8(n.Input("x", 3, 37), 1./32, 120)
			w := n.channels(n.Random("w", 37, 19), 1, 1./127, []int32{0}, -128, 127)
			return []graph.ValueID{n.node(graph.Gemm{Alpha: 1, Beta: 1}, x, w, n.Random("b", 1))}
		}},
		{"matmul", func(n *network) []graph.ValueID {
			x := n.u8(n.Input("x", 2, 5, 12), 1./32, 120)
			y := n.node(graph.MatMul{}, x, n.perTensor(n.Random("w", 12, 20)))
			return []graph.ValueID{relu(n, y)}
		}},
		{"gemm relu gemm", func(n *network) []graph.ValueID {
			x := n.u8(n.Input("x", 1, 64), 1./32, 120)
			hidden := n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, n.perTensor(n.Random("w1", 40, 64)), n.Random("b1", 40))
			y := n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, relu(n, hidden), n.perChannel(n.Random("w2", 10, 40)), n.Random("b2", 10))
			return []graph.ValueID{y}
		}},
	}
}

func operatorCases() []integerCase {
	two := func(op graph.Op, a, b []int) func(n *network) []graph.ValueID {
		return func(n *network) []graph.ValueID {
			y := n.node(op, n.u8(n.Input("a", a...), 0.02, 100), n.quantize(n.Input("b", b...), 0.03, 5, -128, 127))
			return []graph.ValueID{n.u8(y, 0.041, 140)}
		}
	}
	pool := func(op graph.Op) func(n *network) []graph.ValueID {
		return func(n *network) []graph.ValueID {
			return []graph.ValueID{n.u8(n.node(op, image(n, 19, 9, 8)), 0.029, 130)}
		}
	}
	unary := func(op graph.Op) func(n *network) []graph.ValueID {
		return func(n *network) []graph.ValueID {
			return []graph.ValueID{n.u8(n.node(op, image(n, 5, 6, 7)), 0.017, 31)}
		}
	}
	one := []int{1, 1}
	cases := []integerCase{
		{"add", two(graph.Add{}, []int{1, 6, 5, 7}, []int{1, 6, 5, 7})},
		{"add of a channel's number", two(graph.Add{}, []int{1, 6, 5, 7}, []int{1, 6, 1, 1})},
		{"mul", two(graph.Mul{}, []int{1, 6, 5, 7}, []int{1, 6, 5, 7})},
		{"mul by a channel's number", two(graph.Mul{}, []int{1, 6, 1, 1}, []int{1, 6, 5, 7})},
		{"average pool", pool(graph.AveragePool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: one, Pads: []int{1, 1, 1, 1}})},
		{"average pool that counts its padding", pool(graph.AveragePool{Kernel: []int{3, 2}, Strides: one, Dilations: one, Pads: []int{1, 1, 1, 0}, IncludePad: true})},
		{"global average pool", pool(graph.GlobalAveragePool{})},
		{"max pool to other codes", pool(graph.MaxPool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: one, Pads: []int{1, 1, 1, 1}})},
		{"max pool of the same codes", func(n *network) []graph.ValueID {
			y := n.node(graph.MaxPool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: one, Pads: []int{1, 1, 1, 1}}, image(n, 19, 9, 8))
			return []graph.ValueID{n.u8(y, 1./32, 120)}
		}},
		{"reshape and transpose", func(n *network) []graph.ValueID {
			y := n.u8(n.node(graph.Transpose{Perm: []int{0, 2, 3, 1}}, image(n, 3, 4, 5)), 1./32, 120)
			return []graph.ValueID{n.u8(n.node(graph.Reshape{Shape: []int{1, 60}}, y), 1./32, 120)}
		}},
		{"silu as sigmoid and mul, quantized between", func(n *network) []graph.ValueID {
			y := n.u8(n.conv(image(n, 8, 6, 6), 12, kernel(1, 1, 0, 1), 1, n.perChannel), 0.06, 128)
			s := n.u8(n.node(graph.Sigmoid{}, y), 1./255, 0)
			return []graph.ValueID{n.u8(n.node(graph.Mul{}, y, s), 0.031, 9)}
		}},
		{"silu behind a layer, codes before it", func(n *network) []graph.ValueID {
			y := n.u8(n.conv(image(n, 8, 6, 6), 12, kernel(3, 1, 1, 1), 1, n.perTensor), 0.06, 128)
			return []graph.ValueID{n.u8(n.node(graph.SiLU{}, y), 0.031, 9)}
		}},
		{"silu behind a layer, floats before it", func(n *network) []graph.ValueID {
			y := n.conv(image(n, 8, 6, 6), 12, kernel(3, 1, 1, 1), 1, n.perTensor)
			return []graph.ValueID{n.u8(n.node(graph.SiLU{}, y), 0.031, 9)}
		}},
		{"concat of layers with one scale", func(n *network) []graph.ValueID {
			x := image(n, 7, 5, 6)
			a, b := n.conv(x, 6, kernel(1, 1, 0, 1), 1, n.perChannel), n.conv(x, 9, kernel(3, 1, 1, 1), 1, n.perChannel)
			y := n.u8(n.node(graph.Concat{Axis: 1}, n.node(graph.Relu{}, a), n.node(graph.Relu{}, b)), 0.02, 0)
			return []graph.ValueID{n.conv(y, 4, kernel(3, 1, 1, 1), 1, n.perTensor)}
		}},
		{"concat of other scales", func(n *network) []graph.ValueID {
			a, b := n.u8(n.Input("a", 1, 3, 4, 5), 0.02, 100), n.quantize(n.Input("b", 1, 4, 4, 5), 0.03, 5, -128, 127)
			c := n.u8(n.Input("c", 1, 2, 4, 5), 0.037, 99)
			return []graph.ValueID{n.u8(n.node(graph.Concat{Axis: 1}, a, b, c), 0.037, 99)}
		}},
		{"concat along a row", func(n *network) []graph.ValueID {
			a, b := n.u8(n.Input("a", 1, 3, 4, 5), 0.02, 100), n.u8(n.Input("b", 1, 3, 4, 2), 0.05, 7)
			return []graph.ValueID{n.u8(n.node(graph.Concat{Axis: 3}, a, b), 0.037, 99)}
		}},
		{"relu of a quantized sum", func(n *network) []graph.ValueID {
			y := n.u8(n.node(graph.Add{}, n.u8(n.Input("a", 1, 6, 5, 7), 0.02, 100), n.u8(n.Input("b", 1, 6, 5, 7), 0.03, 90)), 0.04, 128)
			return []graph.ValueID{n.u8(n.node(graph.Relu{}, y), 0.02, 0)}
		}},
		{"hard swish of a quantized mean", func(n *network) []graph.ValueID {
			y := n.u8(n.node(graph.GlobalAveragePool{}, image(n, 19, 9, 8)), 0.029, 130)
			return []graph.ValueID{n.u8(n.node(graph.HardSwish{}, y), 0.02, 40)}
		}},
	}
	for _, op := range []graph.Op{
		graph.Relu{}, graph.Clip{Lo: -0.4, Hi: 0.7}, graph.LeakyRelu{Alpha: 0.1}, graph.Sigmoid{}, graph.SiLU{}, graph.HardSigmoid{Alpha: 0.2, Beta: 0.5},
		graph.HardSwish{}, graph.Tanh{}, graph.Elu{Alpha: 1}, graph.Softplus{}, graph.Gelu{},
	} {
		cases = append(cases, integerCase{"table of " + op.Type(), unary(op)})
	}
	return cases
}

// mixedCases leave the integers and come back.
func mixedCases() []integerCase {
	return []integerCase{
		{"a residual block whose sum is float", func(n *network) []graph.ValueID {
			x := image(n, 8, 6, 6)
			y := n.conv(x, 8, kernel(3, 1, 1, 1), 1, n.perChannel)
			sum := n.u8(n.node(graph.Relu{}, n.node(graph.Add{}, y, x)), 0.05, 0)
			return []graph.ValueID{n.conv(sum, 3, kernel(1, 1, 0, 1), 1, n.perTensor)}
		}},
		{"a mean flattened to floats", func(n *network) []graph.ValueID {
			y := n.u8(n.node(graph.GlobalAveragePool{}, image(n, 19, 9, 8)), 0.029, 130)
			y = n.node(graph.Reshape{Shape: []int{1, 19}}, y)
			return []graph.ValueID{n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, y, n.Random("w", 7, 19), n.Random("b", 7))}
		}},
		{"squeeze and excite", func(n *network) []graph.ValueID {
			x := n.u8(n.conv(image(n, 8, 6, 6), 16, kernel(3, 1, 1, 1), 1, n.perChannel), 0.05, 117)
			s := n.u8(n.node(graph.GlobalAveragePool{}, x), 0.02, 120)
			s = n.u8(n.node(graph.SiLU{}, n.conv(s, 4, kernel(1, 1, 0, 1), 1, n.perTensor)), 0.01, 20)
			s = n.u8(n.node(graph.Sigmoid{}, n.conv(s, 16, kernel(1, 1, 0, 1), 1, n.perTensor)), 1./255, 0)
			return []graph.ValueID{n.u8(n.node(graph.Mul{}, x, s), 0.03, 115)}
		}},
		{"a grouped convolution, which has no integer form", func(n *network) []graph.ValueID {
			y := n.u8(n.conv(image(n, 12, 6, 6), 8, kernel(3, 1, 1, 4), 1, n.perChannel), 0.05, 117)
			return []graph.ValueID{n.conv(y, 5, kernel(3, 1, 1, 1), 1, n.perChannel)}
		}},
		{"activations of 16 bits", func(n *network) []graph.ValueID {
			x := n.quantize(n.Input("x", 1, 6, 5, 5), 1./4096, 30000, 0, 65535)
			y := n.u8(n.conv(x, 8, kernel(3, 1, 1, 1), 1, n.perChannel), 0.05, 117)
			return []graph.ValueID{n.conv(y, 5, kernel(3, 1, 1, 1), 1, n.perChannel)}
		}},
		{"a zero point for each of many channels, which has no integer form", func(n *network) []graph.ValueID {
			y := n.conv(image(n, 6, 5, 5), 8, kernel(3, 1, 1, 1), 1, func(v graph.ValueID) graph.ValueID {
				return n.channels(v, 0, 1./127, []int32{3, 250, 128}, 0, 255)
			})
			return []graph.ValueID{n.u8(y, 0.05, 117)}
		}},
		{"softmax of quantized logits", func(n *network) []graph.ValueID {
			x := n.u8(n.Input("x", 1, 30), 1./32, 120)
			y := n.u8(n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, n.perChannel(n.Random("w", 10, 30)), n.Random("b", 10)), 0.1, 128)
			return []graph.ValueID{n.node(graph.Softmax{Axis: 1}, y), y}
		}},
		{"a transposed convolution between layers", func(n *network) []graph.ValueID {
			x := n.u8(n.conv(image(n, 6, 5, 5), 4, kernel(3, 1, 1, 1), 1, n.perChannel), 0.05, 117)
			op := graph.ConvTranspose{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4), OutputPadding: []int{0, 0}}
			w := n.channels(n.Random("up", 4, 3, 2, 2), 1, 1./127, []int32{0}, -128, 127)
			return []graph.ValueID{n.u8(n.node(op, x, w), 0.06, 100)}
		}},
	}
}
