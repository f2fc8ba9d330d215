package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// The opsets ToModel writes: at 13 axes and sizes became inputs, and per-channel QuantizeLinear came.
const (
	MinWriteOpset = 13
	MaxWriteOpset = 21
)

// Encoder is an Op that writes itself as ONNX: node n's inputs and outputs are there under their
// names, what else the operator takes goes through w.
type Encoder interface {
	Op
	Encode(w *Writer, n Node) error
}

// ToModel writes a Graph as a Model of the given opset, its constants as float32 or integer
// initializers in raw_data. Build makes an equal Graph of it again. Where the batch was symbolic it is
// "N" again. Errors name node and operator.
func ToModel(g *Graph, opset int) (*onnx.Model, error) {
	if opset < MinWriteOpset || opset > MaxWriteOpset {
		return nil, fmt.Errorf("opset %d cannot be written; opsets %d to %d can", opset, MinWriteOpset, MaxWriteOpset)
	}
	out := &onnx.Graph{Name: g.Name}
	if out.Name == "" {
		out.Name = "graph" // the checker wants a name
	}
	w := &Writer{g: g, out: out, opset: opset, values: names{}, nodes: names{}}
	for _, v := range g.Values {
		w.values[v.Name] = 1
	}
	for _, n := range g.Nodes {
		w.nodes[n.Name] = 1
	}
	output := map[ValueID]bool{}
	for _, id := range g.Outputs {
		output[id] = true
		out.Outputs = append(out.Outputs, w.info(id))
	}
	for _, id := range g.Inputs {
		out.Inputs = append(out.Inputs, w.info(id))
	}
	for id, v := range g.Values {
		switch {
		case v.Const == nil:
		case output[ValueID(id)]:
			// An output must be made by a node.
			t := ToONNX("", v.Const)
			out.Nodes = append(out.Nodes, onnx.Node{Name: w.nodes.fresh("Constant_" + v.Name), OpType: "Constant",
				Outputs: []string{v.Name}, Attrs: []onnx.Attr{{Name: "value", Type: onnx.AttrTensor, T: &t}}})
		default:
			out.Initializers = append(out.Initializers, ToONNX(v.Name, v.Const))
		}
	}
	for _, n := range g.Nodes {
		e, ok := n.Op.(Encoder)
		if !ok {
			return nil, fmt.Errorf("node %q (%s) cannot be written as ONNX", n.Name, n.Op.Type())
		}
		if err := e.Encode(w, n); err != nil {
			return nil, fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
		}
	}
	return &onnx.Model{
		IRVersion: irVersion(opset), Opsets: []onnx.Opset{{Version: int64(opset)}},
		ProducerName: "quantscope", Graph: out,
	}, nil
}

// irVersion is the IR version of the ONNX release that brought the opset, so that a runtime which
// knows the opset knows the file.
func irVersion(opset int) int64 {
	switch {
	case opset < 15:
		return 7
	case opset < 19:
		return 8
	case opset < 21:
		return 9
	}
	return 10
}

// Writer takes the nodes and constants that an Encoder writes.
type Writer struct {
	g             *Graph
	out           *onnx.Graph
	opset         int
	values, nodes names
}

// Opset is the opset that is written.
func (w *Writer) Opset() int { return w.opset }

// Batch tells that the first dimension of the network's tensors is open, so that no 1 may be written
// in its place.
func (w *Writer) Batch() bool { return w.g.Batch }

// Value is the value of an ID that the node names.
func (w *Writer) Value(id ValueID) Value { return w.g.Values[id] }

// Names are the names of values; absent ones are empty.
func (w *Writer) Names(ids []ValueID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if id != None {
			names[i] = w.g.Values[id].Name
		}
	}
	return names
}

// Plain writes node n under an operator name with its own inputs, then more of them, and outputs.
func (w *Writer) Plain(n Node, op string, more []string, attrs ...onnx.Attr) {
	w.Node(n.Name, op, append(w.Names(n.Inputs), more...), w.Names(n.Outputs), attrs...)
}

// Node writes a node.
func (w *Writer) Node(name, op string, inputs, outputs []string, attrs ...onnx.Attr) {
	w.out.Nodes = append(w.out.Nodes, onnx.Node{Name: name, OpType: op, Inputs: inputs, Outputs: outputs, Attrs: attrs})
}

// Fresh is a name for another value that belongs to node n.
func (w *Writer) Fresh(n Node, role string) string { return w.values.fresh(n.Name + "_" + role) }

// FreshNode is a name for another node that belongs to node n.
func (w *Writer) FreshNode(n Node, role string) string { return w.nodes.fresh(n.Name + "_" + role) }

// Const writes an initializer that belongs to node n and gives its name.
func (w *Writer) Const(n Node, role string, t *Tensor) string {
	name := w.Fresh(n, role)
	w.out.Initializers = append(w.out.Initializers, ToONNX(name, t))
	return name
}

// Ints writes a list of integers as an initializer and gives its name.
func (w *Writer) Ints(n Node, role string, v []int) string {
	t := &Tensor{DType: Int64, Shape: []int{len(v)}}
	for _, x := range v {
		t.I = append(t.I, int64(x))
	}
	return w.Const(n, role, t)
}

// Scalar writes one float as an initializer and gives its name.
func (w *Writer) Scalar(n Node, role string, v float32) string {
	return w.Const(n, role, &Tensor{DType: Float32, Shape: []int{}, F: []float32{v}})
}

// info describes an input or output.
func (w *Writer) info(id ValueID) onnx.ValueInfo {
	v := w.g.Values[id]
	info := onnx.ValueInfo{Name: v.Name, Known: true, ElemType: v.DType.onnxType(), HasShape: true}
	for i, d := range v.Shape {
		dim := onnx.Dim{Value: int64(d), Set: true}
		if w.g.Batch && i == 0 && d == 1 {
			dim = onnx.Dim{Param: "N"}
		}
		info.Dims = append(info.Dims, dim)
	}
	return info
}
