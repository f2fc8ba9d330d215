package zoo

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/onnx"
)

// visionTransformer is ViT: patches, a class token in front, blocks of attention and two linear layers, and what the
// token has become. A head has 64 channels, but 80 in ViT-H.
//
// Source: torchvision/models/vision_transformer.py.
func visionTransformer(n *net) value {
	patch, place := n.tensor("conv_proj.weight", 4), n.tensor("encoder.pos_embedding", 3)
	width, edge := int(patch.Dims[0]), int(patch.Dims[2])
	side := int(math.Sqrt(float64(max(place.Dims[1]-1, 0))))
	if edge < 1 || edge > 64 || side < 1 || side > 64 || int64(side*side+1) != place.Dims[1] || width < 1 {
		n.fail(fmt.Errorf("patches of %d and %d places make no square image", patch.Dims[2], place.Dims[1]))
		return value{}
	}
	x := n.image("conv_proj.weight", side*edge)
	n.tensor("conv_proj.bias", 1)
	x = n.emit("conv_proj", "Conv", x, []string{"conv_proj.weight", "conv_proj.bias"}, onnx.Ints("kernel_shape", edge, edge), onnx.Ints("strides", edge, edge))
	x.channels, x.from = width, ""
	x = n.emit("patches", "Reshape", x, []string{n.ints(-1, width, side*side)})
	x = n.emit("patches_last", "Transpose", x, nil, onnx.Ints("perm", 0, 2, 1))
	n.tensor("class_token", 3)
	// The token stands before the patches of every image: its row, made of a row of patches times 0, would be slow.
	x = n.emit("tokens", "Pad", x, []string{n.ints(0, 1, 0, 0, 0, 0)})
	x = n.emit("class_token", "Add", x, []string{n.onTop("class_token", side*side, width)})
	x = n.emit("encoder.pos_embedding", "Add", x, []string{"encoder.pos_embedding"})
	for i := range n.count(0, "encoder.layers.encoder_layer_%d.ln_1.weight") {
		name := fmt.Sprint("encoder.layers.encoder_layer_", i)
		y := n.attention(n.layerNorm(x, name+".ln_1"), name+".self_attention", side*side+1)
		x = n.add(x, y, name+".add_1")
		y = n.rows(n.layerNorm(x, name+".ln_2"), n.either(name+".mlp.0", name+".mlp.linear_1"))
		y = n.emit(name+".gelu", "Gelu", y, nil)
		x = n.add(x, n.rows(y, n.either(name+".mlp.3", name+".mlp.linear_2")), name+".add_2")
	}
	x = n.layerNorm(x, "encoder.ln")
	x = n.emit("class", "Gather", x, []string{n.index()}, onnx.Int("axis", 1))
	return n.linear(x, n.either("heads.head", "heads.0"))
}

// onTop is a row with zeros below it, [1, rows+1, width].
func (n *net) onTop(name string, rows, width int) string {
	output := name + "_padded"
	n.node(name+"_padded", "Pad", []string{name, n.ints(0, 0, 0, 0, rows, 0)}, []string{output})
	return output
}

// index is the place of the class token.
func (n *net) index() string {
	n.own(onnx.Tensor{Name: "class_place", DataType: onnx.Int64, Raw: make([]byte, 8)})
	return "class_place"
}

func (n *net) layerNorm(x value, name string) value {
	n.tensor(name+".weight", 1)
	n.tensor(name+".bias", 1)
	return n.emit(name, "LayerNormalization", x, []string{name + ".weight", name + ".bias"}, onnx.Int("axis", -1), onnx.Real("epsilon", 1e-6))
}

// rows is a linear layer over the last axis of [N,rows,channels].
func (n *net) rows(x value, name string) value {
	w := n.tensor(name+".weight", 2)
	n.tensor(name+".bias", 1)
	return n.projected(x, name, name+".weight", name+".bias", int(w.Dims[0]))
}

func (n *net) projected(x value, name, weight, bias string, channels int) value {
	turned := value{name: weight, channels: channels}
	turned = n.emit(name+"_weight", "Transpose", turned, nil, onnx.Ints("perm", 1, 0))
	y := n.emit(name, "MatMul", x, []string{turned.name})
	y.channels, y.from = channels, ""
	return n.emit(name+"_bias", "Add", y, []string{bias})
}

// attention is nn.MultiheadAttention of x with itself.
func (n *net) attention(x value, name string, rows int) value {
	n.tensor(name+".in_proj_weight", 2)
	n.tensor(name+".in_proj_bias", 1)
	width, head := x.channels, 64
	if width == 1280 {
		head = 80
	}
	heads := max(width/head, 1)
	all := n.projected(x, name+".in_proj", name+".in_proj_weight", name+".in_proj_bias", 3*width)
	parts := []string{name + ".query", name + ".key", name + ".value"}
	n.node(name+".split", "Split", []string{all.name, n.ints(width, width, width)}, parts, onnx.Int("axis", -1))
	by := func(part string, order ...int) value {
		v := n.emit(part+"_heads", "Reshape", value{name: part, channels: width}, []string{n.ints(-1, rows, heads, width/heads)})
		return n.emit(part+"_first", "Transpose", v, nil, onnx.Ints("perm", order...))
	}
	q, k, v := by(parts[0], 0, 2, 1, 3), by(parts[1], 0, 2, 3, 1), by(parts[2], 0, 2, 1, 3)
	q = n.emit(name+".scale", "Mul", q, []string{n.number(float32(1 / math.Sqrt(float64(width/heads))))})
	s := n.emit(name+".scores", "MatMul", q, []string{k.name})
	s = n.emit(name+".softmax", "Softmax", s, nil, onnx.Int("axis", -1))
	y := n.emit(name+".mixed", "MatMul", s, []string{v.name})
	y = n.emit(name+".rows", "Transpose", y, nil, onnx.Ints("perm", 0, 2, 1, 3))
	y = n.emit(name+".joined", "Reshape", y, []string{n.ints(-1, rows, width)})
	y.channels, y.from = width, ""
	return n.rows(y, name+".out_proj")
}
