package tflite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// opset is the one that the translation is written in: quantization of 16 bits came with it.
const opset = 21

// toPlanar and toPlain are the permutations between the layout of TensorFlow, [N,H,W,C], and that of ONNX, [N,C,H,W].
var (
	toPlanar = []int{0, 3, 1, 2}
	toPlain  = []int{0, 2, 3, 1}
)

// translator writes ONNX nodes for operators. A tensor of rank 4 is there as the file has it, plain, or with
// the channels first, planar, or both: what works in either takes what there is, so that a transposition
// stands only where the layout really changes.
type translator struct {
	file   *file
	out    *onnx.Graph
	values []value
	names  graph.Names // of values
	nodes  graph.Names
	made   map[madeKey]string
	shared *allowance
	depth  int // of IF around it
}

// allowance is what the subgraphs of a file may still take together.
type allowance struct {
	room  int // bytes of constants
	steps int // operators
}

// value are the names under which a tensor's floats are there, and those of its codes.
type value struct{ plain, planar, codes string }

// madeKey is a constant in an order of axes.
type madeKey struct {
	tensor int
	order  string
}

// node is an operator on its way to ONNX nodes. The first thing that is wrong is kept in err.
type node struct {
	*translator
	operator
	name string
	err  error
}

func translate(f *file, size int) (*onnx.Model, error) {
	t := newTranslator(f, graph.Names{}, graph.Names{}, &allowance{roomFactor*size + roomFloor, size + stepsFloor})
	for _, i := range f.inputs {
		if t.values[i].plain != "" {
			return nil, fmt.Errorf("tensor %q is an input twice", f.tensors[i].name)
		}
		t.input(i)
	}
	if err := t.run(); err != nil {
		return nil, err
	}
	return &onnx.Model{
		IRVersion: 10, Opsets: []onnx.Opset{{Version: opset}}, ProducerName: "TensorFlow Lite", Graph: t.out,
	}, nil
}

func newTranslator(f *file, names, nodes graph.Names, shared *allowance) *translator {
	t := &translator{
		file: f, out: &onnx.Graph{Name: f.name}, values: make([]value, len(f.tensors)),
		names: names, nodes: nodes, made: map[madeKey]string{}, shared: shared,
	}
	if t.out.Name == "" {
		t.out.Name = "main"
	}
	return t
}

// run writes the operators and the outputs.
func (t *translator) run() error {
	f := t.file
	outputs := make([]string, len(f.outputs))
	for k, i := range f.outputs {
		outputs[k] = t.names.Fresh(f.tensors[i].name) // kept before other values take it
	}
	for k := range f.operators {
		o := f.operators[k]
		if t.shared.steps--; t.shared.steps < 0 {
			return errShared
		}
		// Operators that were fused have all their names in the tensor's: a;b;c.
		name, _, _ := strings.Cut(f.tensors[o.outputs[0]].name, ";")
		n := &node{translator: t, operator: o, name: name}
		if err := n.translate(); err != nil {
			return fmt.Errorf("operator %d, %s, of tensor %q: %w", k, o.title(), f.tensors[o.outputs[0]].name, err)
		}
	}
	for k, i := range f.outputs {
		if err := t.output(i, outputs[k]); err != nil {
			return err
		}
	}
	return nil
}

// Constants may take as many bytes as a file without shared buffers justifies, each in two orders of axes; an operator
// takes some bytes of it, and subgraphs are translated wherever they are called.
const (
	roomFactor = 4
	roomFloor  = 1 << 16
	stepsFloor = 1 << 10
)

// input declares an input as the file has it, codes where it is quantized.
func (t *translator) input(i int) {
	x := &t.file.tensors[i]
	info := onnx.ValueInfo{Name: t.names.Fresh(x.name), Known: true, ElemType: typeOf(x.typ), HasShape: true}
	for k, d := range x.shape {
		dim := onnx.Dim{Value: int64(d), Set: true}
		if x.open != nil && x.open[k] {
			dim = onnx.Dim{Param: fmt.Sprintf("%s_%d", x.name, k)}
			if k == 0 {
				dim.Param = "N" // several inputs share the batch
			}
		}
		info.Dims = append(info.Dims, dim)
	}
	t.out.Inputs = append(t.out.Inputs, info)
	t.values[i].plain = info.Name
	if x.quantized() {
		t.values[i] = value{codes: info.Name, plain: t.dequantized(i, info.Name, x.axis)}
	}
}

// output gives a tensor its name as an output of the network.
func (t *translator) output(i int, name string) error {
	x := &t.file.tensors[i]
	v := t.values[i]
	switch from, err := t.plain(i); {
	case err != nil:
		return fmt.Errorf("output %q of the network: %w", x.name, err)
	case v.codes != "":
		t.node("Identity", name, []string{v.codes}, []string{name})
	case x.quantized() && !x.constant():
		t.node("QuantizeLinear", name, append([]string{from}, t.numbers(i)...), []string{name}, onnx.Int("axis", x.axis))
	default:
		t.node("Identity", name, []string{from}, []string{name})
	}
	t.out.Outputs = append(t.out.Outputs, onnx.ValueInfo{Name: name, Known: true, ElemType: typeOf(x.typ)})
	return nil
}

// node writes an ONNX node.
func (t *translator) node(op, name string, inputs, outputs []string, attrs ...onnx.Attr) {
	t.out.Nodes = append(t.out.Nodes, onnx.Node{Name: t.nodes.Fresh(name), OpType: op, Inputs: inputs, Outputs: outputs, Attrs: attrs})
}

// value writes a node of one output and gives its name, which is like the one wanted.
func (t *translator) value(op, want string, inputs []string, attrs ...onnx.Attr) string {
	name := t.names.Fresh(want)
	t.node(op, name, inputs, []string{name}, attrs...)
	return name
}

// plain is the name of a tensor's floats, or of its elements where these are none, in the file's own layout.
func (t *translator) plain(i int) (string, error) {
	x, v := &t.file.tensors[i], &t.values[i]
	var err error
	switch {
	case v.plain != "":
	case x.constant():
		v.plain, err = t.constant(i, nil)
	case v.planar != "":
		v.plain = t.value("Transpose", x.name, []string{v.planar}, onnx.Ints("perm", toPlain...))
	default:
		err = t.unmade(x)
	}
	return v.plain, err
}

// planar is plain with the channels of a tensor of rank 4 first.
func (t *translator) planar(i int) (string, error) {
	x, v := &t.file.tensors[i], &t.values[i]
	var err error
	switch {
	case v.planar != "":
	case len(x.shape) != 4:
		err = fmt.Errorf("tensor %q %v is not of rank 4", x.name, x.shape)
	case x.constant():
		v.planar, err = t.constant(i, toPlanar)
	case v.plain != "":
		v.planar = t.value("Transpose", x.name+"_nchw", []string{v.plain}, onnx.Ints("perm", toPlanar...))
	default:
		err = t.unmade(x)
	}
	return v.planar, err
}

// unmade says why a tensor has no value.
func (t *translator) unmade(x *tensor) error {
	if x.variable {
		return fmt.Errorf("tensor %q keeps a state from call to call, which is not supported", x.name)
	}
	return fmt.Errorf("tensor %q is made by no operator before it", x.name)
}

func (n *node) fail(err error) {
	if n.err == nil {
		n.err = err
	}
}

// in is the tensor of input k; an empty one where it is absent.
func (n *node) in(k int) *tensor {
	if n.has(k) {
		return &n.file.tensors[n.inputs[k]]
	}
	n.fail(fmt.Errorf("input %d is missing", k))
	return &tensor{}
}

// out is the tensor of output k.
func (n *node) result(k int) *tensor {
	if k < len(n.outputs) {
		return &n.file.tensors[n.outputs[k]]
	}
	n.fail(fmt.Errorf("output %d is missing", k))
	return &tensor{}
}

func (n *node) has(k int) bool { return k < len(n.inputs) && n.inputs[k] >= 0 }

// plain is the name of input k in the file's layout.
func (n *node) plain(k int) string { return n.of(k, n.translator.plain) }

// planar is the name of input k with the channels first.
func (n *node) planar(k int) string { return n.of(k, n.translator.planar) }

func (n *node) of(k int, layout func(int) (string, error)) string {
	n.in(k)
	if n.err != nil {
		return ""
	}
	name, err := layout(n.inputs[k])
	if err != nil {
		n.fail(err)
	}
	return name
}

// emit writes an ONNX node of one output and gives its name.
func (n *node) emit(op string, inputs []string, attrs ...onnx.Attr) string {
	if n.err != nil {
		return ""
	}
	output := n.names.Fresh(n.name + "_" + op)
	n.translator.node(op, n.name, inputs, []string{output}, attrs...)
	return output
}

// set makes a value output k, in the file's layout or planar, with what quantization the file has for it.
func (n *node) set(k int, name string, planar bool) {
	x := n.result(k)
	if n.err != nil {
		return
	}
	i := n.outputs[k]
	v := &n.values[i]
	if v.plain != "" || v.planar != "" || x.constant() {
		n.fail(fmt.Errorf("tensor %q is made twice", x.name))
		return
	}
	codes := ""
	if x.quantized() {
		axis := x.axis
		if planar {
			axis = slices.Index(toPlanar, axis)
		}
		codes = n.value("QuantizeLinear", x.name, append([]string{name}, n.numbers(i)...), onnx.Int("axis", axis))
		name = n.dequantized(i, codes, axis)
	}
	switch {
	case planar:
		v.planar = name
	default:
		v.plain, v.codes = name, codes
	}
}

// moved is set for a value that has the elements of input from as they are: its codes stay what they are where
// the file quantizes both alike.
func (n *node) moved(from int, name string, planar bool) {
	x, y := n.in(from), n.result(0)
	if n.err != nil {
		return
	}
	if !x.quantized() || !alike(x, y) || x.constant() {
		n.set(0, name, planar)
		return
	}
	v := &n.values[n.outputs[0]]
	if v.plain != "" || v.planar != "" {
		n.fail(fmt.Errorf("tensor %q is made twice", y.name))
		return
	}
	if planar {
		v.planar = name
	} else {
		v.plain = name
	}
}

// alike tells whether two tensors have the same scale and zero point.
func alike(a, b *tensor) bool {
	return a.typ == b.typ && len(a.scales) == 4 && string(a.scales) == string(b.scales) && string(a.zeros) == string(b.zeros)
}

// dequantized writes the floats that codes stand for, and gives their name.
func (t *translator) dequantized(i int, codes string, axis int) string {
	return t.value("DequantizeLinear", t.file.tensors[i].name+"_dequantized", append([]string{codes}, t.numbers(i)...), onnx.Int("axis", axis))
}

var errConstant = errors.New("must be constant in the file")

// list are the elements of input k, which must be constant integers.
func (n *node) list(k int, what string) []int {
	x := n.in(k)
	if n.err != nil {
		return nil
	}
	v, err := x.integers()
	if err != nil {
		n.fail(fmt.Errorf("%s, tensor %q: %w", what, x.name, err))
	}
	return v
}

// axis counts an axis of a tensor from the front.
func (n *node) axis(v, rank int) int {
	a, err := graph.AxisOf(int64(v), rank)
	if err != nil {
		n.fail(err)
	}
	return a
}
