package zoo

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/weights"
)

// net is a network that is being built. The first thing that does not fit is kept in err.
type net struct {
	dict *weights.Dict
	out  *onnx.Graph
	used map[string]bool // tensors that have their place
	err  error
}

// value is what flows: an image of so many channels, or vectors.
type value struct {
	name     string
	channels int
	from     string // the weight that gives as many channels; "" where several do
}

func (n *net) fail(err error) {
	if n.err == nil {
		n.err = err
	}
}

// has tells whether there is a tensor.
func (n *net) has(name string) bool { return n.dict.Tensors[name] != nil }

// tensor gives a tensor its place as an initializer of its own name.
func (n *net) tensor(name string, rank int) *onnx.Tensor {
	t := n.dict.Tensors[name]
	switch {
	case t == nil:
		n.fail(fmt.Errorf("tensor %.100q is missing", name))
		return &onnx.Tensor{Dims: make([]int64, rank)}
	case len(t.Dims) != rank:
		n.fail(fmt.Errorf("tensor %.100q has the shape %v, want rank %d", name, t.Dims[:min(len(t.Dims), 9)], rank))
		return &onnx.Tensor{Dims: make([]int64, rank)}
	}
	if !n.used[name] {
		n.used[name] = true
		n.out.Initializers = append(n.out.Initializers, *t)
	}
	return t
}

// count is how many numbers, from the first on, make a name for which there is a tensor.
func (n *net) count(first int, name string) int {
	i := first
	for n.has(fmt.Sprintf(name, i)) {
		i++
	}
	return i - first
}

func (n *net) node(name, op string, inputs, outputs []string, attrs ...onnx.Attr) {
	n.out.Nodes = append(n.out.Nodes, onnx.Node{Name: name, OpType: op, Inputs: inputs, Outputs: outputs, Attrs: attrs})
}

// emit writes a node and gives its output, of as many channels as x.
func (n *net) emit(name, op string, x value, more []string, attrs ...onnx.Attr) value {
	output := name + "_" + strconv.Itoa(len(n.out.Nodes))
	n.node(name, op, append([]string{x.name}, more...), []string{output}, attrs...)
	return value{output, x.channels, x.from}
}

// image is the input, of as many channels as a weight takes.
func (n *net) image(weight string, size int) value {
	c := int(n.tensor(weight, 4).Dims[1])
	n.out.Inputs = []onnx.ValueInfo{{Name: "input", Known: true, ElemType: onnx.Float, HasShape: true, Dims: []onnx.Dim{
		{Param: "N"}, {Value: int64(c), Set: true}, {Value: int64(size), Set: true}, {Value: int64(size), Set: true},
	}}}
	return value{"input", c, weight}
}

// conv is a convolution padded by half its kernel, in as many groups as its weight is narrower than its input.
func (n *net) conv(x value, name string, stride int) value {
	w := n.tensor(name+".weight", 4)
	half := func(k int64) int { return int(k) / 2 }
	return n.padded(x, name, stride, half(w.Dims[2]), half(w.Dims[3]))
}

func (n *net) padded(x value, name string, stride, high, wide int) value {
	w := n.tensor(name+".weight", 4)
	group := 1
	if w.Dims[1] == 0 || x.channels%int(w.Dims[1]) != 0 {
		n.fits(x, name+".weight", int(w.Dims[1]))
	}
	if w.Dims[1] > 0 && x.channels%int(w.Dims[1]) == 0 {
		group = max(x.channels/int(w.Dims[1]), 1)
	}
	inputs := []string{name + ".weight"}
	if n.has(name + ".bias") {
		n.tensor(name+".bias", 1)
		inputs = append(inputs, name+".bias")
	}
	y := n.emit(name, "Conv", x, inputs, onnx.Ints("kernel_shape", int(w.Dims[2]), int(w.Dims[3])), onnx.Ints("strides", stride, stride),
		onnx.Ints("pads", high, wide, high, wide), onnx.Int("group", group))
	y.channels, y.from = int(w.Dims[0]), name+".weight"
	return y
}

// fits refuses a tensor for another number of channels than what comes to it has, and names what made that.
func (n *net) fits(x value, name string, channels int) {
	from := n.dict.Tensors[x.from]
	if channels == x.channels || from == nil || n.err != nil {
		return
	}
	n.fail(fmt.Errorf("tensor %.100q %v gives %d channels and %.100q %v takes %d, so that one of them has a wrong shape",
		x.from, from.Dims, x.channels, name, n.dict.Tensors[name].Dims, channels))
}

// usualEps is BatchNorm2d's default.
const usualEps = 1e-5

// norm is a BatchNorm2d in evaluation mode.
func (n *net) norm(x value, name string, eps float32) value {
	var inputs []string
	for _, part := range []string{".weight", ".bias", ".running_mean", ".running_var"} {
		n.fits(x, name+part, int(n.tensor(name+part, 1).Dims[0]))
		inputs = append(inputs, name+part)
	}
	return n.emit(name, "BatchNormalization", x, inputs, onnx.Real("epsilon", eps))
}

// linear is x·Wᵀ + b over vectors.
func (n *net) linear(x value, name string) value {
	w := n.tensor(name+".weight", 2)
	inputs := []string{name + ".weight"}
	if n.has(name + ".bias") {
		n.tensor(name+".bias", 1)
		inputs = append(inputs, name+".bias")
	}
	if x.channels == 0 || w.Dims[1]%int64(x.channels) != 0 { // a flattened image has several of each
		n.fits(x, name+".weight", int(w.Dims[1]))
	}
	y := n.emit(name, "Gemm", x, inputs, onnx.Int("transB", 1))
	y.channels, y.from = int(w.Dims[0]), name+".weight"
	return y
}

// act is an activation function by its name in ONNX; "SiLU" is x·σ(x) and "" none.
func (n *net) act(x value, name, function string) value {
	switch function {
	case "":
		return x
	case "Relu6":
		return n.emit(name, "Clip", x, []string{n.number(0), n.number(6)})
	case "SiLU":
		gate := n.emit(name+"_gate", "Sigmoid", x, nil)
		return n.emit(name, "Mul", x, []string{gate.name})
	}
	return n.emit(name, function, x, nil)
}

func (n *net) relu(x value, name string) value { return n.act(x, name, "Relu") }

func (n *net) add(x, y value, name string) value { return n.emit(name, "Add", x, []string{y.name}) }

// maxPool pools 3×3 with stride 2.
func (n *net) maxPool(x value, name string, pad int, ceil bool) value {
	return n.emit(name, "MaxPool", x, nil, onnx.Ints("kernel_shape", 3, 3), onnx.Ints("strides", 2, 2),
		onnx.Ints("pads", pad, pad, pad, pad), onnx.Flag("ceil_mode", ceil))
}

// pooled is the mean of each channel, as a vector.
func (n *net) pooled(x value) value {
	return n.flat(n.emit("avgpool", "GlobalAveragePool", x, nil))
}

// flat makes a vector of an image.
func (n *net) flat(x value) value { return n.emit("flatten", "Flatten", x, nil) }

// squeezed is a squeeze-and-excitation: each channel by what two convolutions of the means make of it.
func (n *net) squeezed(x value, name, inner, gate string) value {
	s := n.emit(name+".avgpool", "GlobalAveragePool", x, nil)
	s = n.act(n.conv(s, name+".fc1", 1), name+".activation", inner)
	s = n.conv(s, name+".fc2", 1)
	if gate == "HardSigmoid" {
		s = n.emit(name+".scale", gate, s, nil, onnx.Real("alpha", 1./6), onnx.Real("beta", 0.5))
	} else {
		s = n.emit(name+".scale", gate, s, nil)
	}
	return n.emit(name, "Mul", x, []string{s.name})
}

// number is a constant of the network's own, written once.
func (n *net) number(v float32) string {
	name := "constant_" + strconv.FormatFloat(float64(v), 'g', -1, 32)
	n.own(onnx.Tensor{Name: name, DataType: onnx.Float, Raw: binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))})
	return name
}

// ints is a constant list of the network's own, written once.
func (n *net) ints(list ...int) string {
	t := onnx.Tensor{Name: "constant", DataType: onnx.Int64, Dims: []int64{int64(len(list))}}
	for _, v := range list {
		t.Name += "_" + strconv.Itoa(v)
		t.Raw = binary.LittleEndian.AppendUint64(t.Raw, uint64(v))
	}
	n.own(t)
	return t.Name
}

func (n *net) own(t onnx.Tensor) {
	if !slices.ContainsFunc(n.out.Initializers, func(x onnx.Tensor) bool { return x.Name == t.Name }) {
		n.out.Initializers = append(n.out.Initializers, t)
	}
}
