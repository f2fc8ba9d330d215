package warm

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// writer writes a network in QDQ form, the form that takes most code to read.
type writer struct{ g onnx.Graph }

// side is the height and width of the network's input.
const side = 16

// network is an ONNX file with the operators that image networks are mostly made of: [1,3,side,side] to [1,512]. Its
// last two layers have as many weights as it takes for the browser to optimize what reads and packs them.
func network() []byte {
	w := &writer{}
	x := w.quantized("x")
	x = w.quantized(w.node("Relu", w.conv(x, 16, 3, 3, 1, 2)))
	y := x
	for stride := 1; stride <= 2; stride++ {
		for kernel := 3; kernel <= 5; kernel += 2 {
			y = w.quantized(w.node("Clip", w.conv(y, 16, 1, kernel, 16, stride), w.scalar(0), w.scalar(6)))
		}
	}
	y = w.quantized(w.conv(y, 16, 16, 1, 1, 1))
	y = w.quantized(w.node("Mul", y, w.quantized(w.node("Sigmoid", y))))
	x = w.quantized(w.node("MaxPool", x, onnx.Ints("kernel_shape", 4, 4), onnx.Ints("strides", 4, 4)))
	x = w.quantized(w.node("Add", x, y))
	x = w.quantized(w.node("Concat", x, y, onnx.Int("axis", 1)))
	gate := w.quantized(w.node("GlobalAveragePool", x))
	gate = w.quantized(w.node("Sigmoid", w.conv(gate, 32, 32, 1, 1, 1)))
	x = w.quantized(w.node("Mul", x, gate))
	x = w.quantized(w.node("GlobalAveragePool", x))
	x = w.quantized(w.conv(x, 512, 32, 1, 1, 1))
	x = w.quantized(w.conv(x, 512, 512, 1, 1, 1))
	x = w.quantized(w.node("Flatten", x))
	x = w.quantized(w.node("Gemm", x, w.weights(512, 512), w.bias(512), onnx.Int("transB", 1)))
	w.g.Inputs = []onnx.ValueInfo{value("x", 1, 3, side, side)}
	w.g.Outputs = []onnx.ValueInfo{value(x, 1, 512)}
	return onnx.Encode(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: &w.g})
}

// node adds a node of inputs (strings) and attributes and gives its output.
func (w *writer) node(op string, args ...any) string {
	n := onnx.Node{OpType: op, Outputs: []string{fmt.Sprint("v", len(w.g.Nodes))}}
	for _, a := range args {
		switch a := a.(type) {
		case string:
			n.Inputs = append(n.Inputs, a)
		case onnx.Attr:
			n.Attrs = append(n.Attrs, a)
		}
	}
	w.g.Nodes = append(w.g.Nodes, n)
	return n.Outputs[0]
}

// conv is a convolution of c input channels a group, padded so that stride 1 keeps the size.
func (w *writer) conv(x string, o, c, kernel, group, stride int) string {
	p := kernel / 2
	return w.node("Conv", x, w.weights(o, c, kernel, kernel), w.bias(o), onnx.Ints("pads", p, p, p, p), onnx.Ints("strides", stride, stride), onnx.Int("group", group))
}

func (w *writer) quantized(x string) string {
	scale, zero := w.scalar(0.05), w.constant(onnx.FromInts("", onnx.Uint8, nil, []int64{100}))
	return w.node("DequantizeLinear", w.node("QuantizeLinear", x, scale, zero), scale, zero)
}

// weights are int8 with a scale for each output channel.
func (w *writer) weights(shape ...int) string {
	n, dims := 1, make([]int64, len(shape))
	for i, d := range shape {
		n, dims[i] = n*d, int64(d)
	}
	codes, scales := make([]int64, n), make([]float32, shape[0])
	for i := range codes {
		codes[i] = int64(i%255 - 127)
	}
	for i := range scales {
		scales[i] = 0.01
	}
	return w.node("DequantizeLinear", w.constant(onnx.FromInts("", onnx.Int8, dims, codes)), w.constant(onnx.FromFloats("", dims[:1], scales)),
		w.constant(onnx.FromInts("", onnx.Int8, dims[:1], make([]int64, shape[0]))), onnx.Int("axis", 0))
}

func (w *writer) bias(n int) string {
	return w.constant(onnx.FromFloats("", []int64{int64(n)}, make([]float32, n)))
}

func (w *writer) scalar(v float32) string {
	return w.constant(onnx.FromFloats("", nil, []float32{v}))
}

// constant gives t a name and makes it an initializer.
func (w *writer) constant(t onnx.Tensor) string {
	t.Name = fmt.Sprint("c", len(w.g.Initializers))
	w.g.Initializers = append(w.g.Initializers, t)
	return t.Name
}

func value(name string, shape ...int64) onnx.ValueInfo {
	v := onnx.ValueInfo{Name: name, Known: true, ElemType: onnx.Float, HasShape: true}
	for _, d := range shape {
		v.Dims = append(v.Dims, onnx.Dim{Value: d, Set: true})
	}
	return v
}
