package main

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// graph collects the ONNX nodes of a network, layer by layer. Tensors are channels first there, and
// convolutions and normalisations stay nodes of their own, as a quantizer wants to find them.
type graph struct {
	onnx.Graph
	count int // of nodes, for their names
}

// encode gives a task's network as an ONNX file, opset 17, from image [batch, channels, size, size].
func encode(of task, net chain) []byte {
	g := &graph{}
	g.Name = of.name()
	dims := func(d ...int) []onnx.Dim {
		list := []onnx.Dim{{Param: "batch"}}
		for _, v := range d {
			list = append(list, onnx.Dim{Value: int64(v), Set: true})
		}
		return list
	}
	value := func(name string, d []onnx.Dim) []onnx.ValueInfo {
		return []onnx.ValueInfo{{Name: name, Known: true, ElemType: onnx.Float, HasShape: true, Dims: d}}
	}
	g.Inputs = value("image", dims(of.channels, of.size, of.size))
	g.Outputs = value(of.out, dims(of.answer...))
	g.Initializers = append(g.Initializers,
		onnx.FromFloats("zero", nil, []float32{0}), onnx.FromFloats("six", nil, []float32{6}))
	g.add(net, "image")
	g.Nodes[len(g.Nodes)-1].Outputs[0] = of.out
	return onnx.Encode(&onnx.Model{
		IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, ProducerName: "quantscope sample", Graph: &g.Graph,
	})
}

// add appends a layer's nodes and gives the name of its output.
func (g *graph) add(l layer, in string) string {
	switch l := l.(type) {
	case chain:
		for _, inner := range l {
			in = g.add(inner, in)
		}
		return in
	case *residual:
		return g.node("Add", "add", []string{g.add(l.chain, in), in})
	case *enlarge:
		four := g.node("Resize", "resize", []string{in, "", g.constant("double", []float32{1, 1, 2, 2}, 4)},
			text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric"), text("nearest_mode", "floor"))
		depth := g.node("DepthToSpace", "shuffle", []string{g.add(l.chain, in)}, onnx.Attr{Name: "blocksize", Type: onnx.AttrInt, I: 2}, text("mode", "DCR"))
		return g.node("Add", "add", []string{four, depth})
	case *conv:
		return g.conv(in, l.weight.value, l.k, l.stride, l.in, l.out, 1)
	case *depthwise:
		return g.conv(in, l.weight.value, 3, l.stride, 1, l.c, l.c)
	case *norm:
		name := g.name("norm")
		c := int64(len(l.mean))
		return g.node("BatchNormalization", "norm", []string{in,
			g.constant(name+".weight", l.gamma.value, c), g.constant(name+".bias", l.beta.value, c),
			g.constant(name+".running_mean", l.mean, c), g.constant(name+".running_var", l.variance, c),
		}, onnx.Attr{Name: "epsilon", Type: onnx.AttrFloat, F: epsilon}, onnx.Attr{Name: "momentum", Type: onnx.AttrFloat, F: running})
	case *relu6:
		return g.node("Clip", "relu6", []string{in, "zero", "six"})
	case *pool:
		return g.node("Flatten", "flatten", []string{g.node("GlobalAveragePool", "pool", []string{in})})
	case *dense:
		name := g.name("dense")
		return g.node("Gemm", "dense", []string{in,
			g.constant(name+".weight", transpose(l.weight.value, l.in, l.out), int64(l.out), int64(l.in)),
			g.constant(name+".bias", l.bias.value, int64(l.out)),
		}, onnx.Attr{Name: "transB", Type: onnx.AttrInt, I: 1})
	}
	panic(fmt.Sprintf("no ONNX operator for %T", l))
}

// conv appends a convolution. weights lie [k·k·in, out], in counting the channels of a group; ONNX
// has [out, in, k, k].
func (g *graph) conv(in string, weights []float32, k, stride, inputs, outputs, groups int) string {
	oihw := make([]float32, len(weights))
	for tap := range k * k {
		for i := range inputs {
			for o := range outputs {
				oihw[(o*inputs+i)*k*k+tap] = weights[(tap*inputs+i)*outputs+o]
			}
		}
	}
	ints := func(name string, v ...int) onnx.Attr {
		a := onnx.Attr{Name: name, Type: onnx.AttrInts}
		for _, x := range v {
			a.Ints = append(a.Ints, int64(x))
		}
		return a
	}
	name := "conv"
	if groups > 1 {
		name = "depthwise"
	}
	w := g.constant(g.name(name)+".weight", oihw, int64(outputs), int64(inputs), int64(k), int64(k))
	return g.node("Conv", name, []string{in, w}, ints("dilations", 1, 1),
		onnx.Attr{Name: "group", Type: onnx.AttrInt, I: int64(groups)},
		ints("kernel_shape", k, k), ints("pads", k/2, k/2, k/2, k/2), ints("strides", stride, stride))
}

func text(name, value string) onnx.Attr {
	return onnx.Attr{Name: name, Type: onnx.AttrString, S: value}
}

// name is what the next node of a kind is called.
func (g *graph) name(kind string) string { return fmt.Sprintf("%02d_%s", g.count, kind) }

func (g *graph) node(op, kind string, inputs []string, attrs ...onnx.Attr) string {
	name := g.name(kind)
	g.count++
	g.Nodes = append(g.Nodes, onnx.Node{Name: name, OpType: op, Inputs: inputs, Outputs: []string{name}, Attrs: attrs})
	return name
}

func (g *graph) constant(name string, values []float32, dims ...int64) string {
	g.Initializers = append(g.Initializers, onnx.FromFloats(name, dims, values))
	return name
}

// transpose turns [rows, columns] into [columns, rows].
func transpose(m []float32, rows, columns int) []float32 {
	t := make([]float32, len(m))
	for r := range rows {
		for c := range columns {
			t[c*rows+r] = m[r*columns+c]
		}
	}
	return t
}
