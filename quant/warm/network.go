package warm

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// writer builds a network in QDQ form, the form that takes most code to read.
type writer struct{ *graph.Builder }

// side is the height and width of the network's input.
const side = 16

// network is an ONNX file with the operators that image networks are mostly made of: [1,3,side,side] to [1,512]. Its
// last two layers have as many weights as it takes for the browser to optimize what reads and packs them.
func network() ([]byte, error) {
	w := writer{graph.NewBuilder("warm")}
	x := w.quantized(w.Input("x", graph.Float32, 1, 3, side, side))
	x = w.quantized(w.node(graph.Relu{}, w.conv(x, 16, 3, 3, 1, 2)))
	y := x
	for stride := 1; stride <= 2; stride++ {
		for kernel := 3; kernel <= 5; kernel += 2 {
			y = w.quantized(w.node(graph.Clip{Lo: 0, Hi: 6}, w.conv(y, 16, 1, kernel, 16, stride)))
		}
	}
	y = w.quantized(w.conv(y, 16, 16, 1, 1, 1))
	y = w.quantized(w.node(graph.Mul{}, y, w.quantized(w.node(graph.Sigmoid{}, y))))
	x = w.quantized(w.node(graph.MaxPool{Kernel: []int{4, 4}, Strides: []int{4, 4}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, x))
	x = w.quantized(w.node(graph.Add{}, x, y))
	x = w.quantized(w.node(graph.Concat{Axis: 1}, x, y))
	gate := w.quantized(w.node(graph.GlobalAveragePool{}, x))
	gate = w.quantized(w.node(graph.Sigmoid{}, w.conv(gate, 32, 32, 1, 1, 1)))
	x = w.quantized(w.node(graph.Mul{}, x, gate))
	x = w.quantized(w.node(graph.GlobalAveragePool{}, x))
	x = w.quantized(w.conv(x, 512, 32, 1, 1, 1))
	x = w.quantized(w.conv(x, 512, 512, 1, 1, 1))
	x = w.quantized(w.node(graph.Reshape{Shape: []int{1, 512}}, x))
	x = w.quantized(w.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, w.weights(512, 512), w.bias(512)))
	g, err := w.Done(x)
	if err != nil {
		return nil, err
	}
	m, err := onnx.FromGraph(g, onnx.MinWriteOpset)
	if err != nil {
		return nil, err
	}
	return onnx.Encode(m), nil
}

// node adds a node and gives its output.
func (w writer) node(op graph.Op, inputs ...graph.ValueID) graph.ValueID {
	return w.Node(fmt.Sprint("n", len(w.Graph.Nodes)), op, inputs...)
}

// conv is a convolution of c input channels a group, padded so that stride 1 keeps the size.
func (w writer) conv(x graph.ValueID, o, c, kernel, group, stride int) graph.ValueID {
	p := kernel / 2
	op := graph.Conv{Kernel: []int{kernel, kernel}, Strides: []int{stride, stride}, Dilations: []int{1, 1}, Pads: []int{p, p, p, p}, Group: group}
	return w.node(op, x, w.weights(o, c, kernel, kernel), w.bias(o))
}

func (w writer) quantized(x graph.ValueID) graph.ValueID {
	scale := w.floats(0.05)
	zero := w.Const("zero", &graph.Tensor{DType: graph.Uint8, Shape: []int{}, I: []int64{100}})
	return w.node(graph.DequantizeLinear{}, w.node(graph.QuantizeLinear{To: graph.Uint8}, x, scale, zero), scale, zero)
}

// weights are int8 with a scale for each output channel.
func (w writer) weights(shape ...int) graph.ValueID {
	codes, scales := make([]int64, graph.Len(shape)), make([]float32, shape[0])
	for i := range codes {
		codes[i] = int64(i%255 - 127)
	}
	for i := range scales {
		scales[i] = 0.01
	}
	zero := &graph.Tensor{DType: graph.Int8, Shape: shape[:1], I: make([]int64, shape[0])}
	return w.node(graph.DequantizeLinear{}, w.Const("codes", &graph.Tensor{DType: graph.Int8, Shape: shape, I: codes}),
		w.floats(scales...), w.Const("zero", zero))
}

func (w writer) bias(n int) graph.ValueID { return w.floats(make([]float32, n)...) }

// floats is a list of numbers; one alone is a scalar.
func (w writer) floats(v ...float32) graph.ValueID {
	shape := []int{}
	if len(v) > 1 {
		shape = []int{len(v)}
	}
	return w.Const("floats", &graph.Tensor{DType: graph.Float32, Shape: shape, F: v})
}
