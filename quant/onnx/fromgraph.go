package onnx

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// The opsets FromGraph writes: at 13 axes and sizes became inputs, and per-channel QuantizeLinear came.
const (
	MinWriteOpset = 13
	MaxWriteOpset = 21
)

// Encoder is an Op that is not in the table of operators and writes itself, as those there do: node n's
// inputs and outputs are there under their names, what else the operator takes goes through w.
type Encoder interface {
	graph.Op
	Encode(w *Writer, n graph.Node) error
}

// FromGraph writes a Graph as a Model of the given opset, its constants as float32 or integer
// initializers in raw_data. ToGraph makes an equal Graph of it again. Where the batch was symbolic it is
// "N" again. Errors name node and operator.
func FromGraph(g *graph.Graph, opset int) (*Model, error) {
	if opset < MinWriteOpset || opset > MaxWriteOpset {
		return nil, fmt.Errorf("opset %d cannot be written; opsets %d to %d can", opset, MinWriteOpset, MaxWriteOpset)
	}
	out := &Graph{Name: g.Name}
	if out.Name == "" {
		out.Name = "graph" // the checker wants a name
	}
	w := &Writer{g: g, out: out, opset: opset, values: graph.Names{}, nodes: graph.Names{}}
	for _, v := range g.Values {
		w.values.Take(v.Name)
	}
	for _, n := range g.Nodes {
		w.nodes.Take(n.Name)
	}
	output := map[graph.ValueID]bool{}
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
		case output[graph.ValueID(id)]:
			// An output must be made by a node.
			t := FromTensor("", v.Const)
			out.Nodes = append(out.Nodes, Node{Name: w.nodes.Fresh("Constant_" + v.Name), OpType: "Constant",
				Outputs: []string{v.Name}, Attrs: []Attr{{Name: "value", Type: AttrTensor, T: &t}}})
		default:
			out.Initializers = append(out.Initializers, FromTensor(v.Name, v.Const))
		}
	}
	for _, n := range g.Nodes {
		if err := w.encode(n); err != nil {
			return nil, fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
		}
	}
	return &Model{
		IRVersion: irVersion(opset), Opsets: []Opset{{Version: int64(opset)}},
		ProducerName: "quantscope", Graph: out,
	}, nil
}

// encode writes one node.
func (w *Writer) encode(n graph.Node) error {
	if e, ok := n.Op.(Encoder); ok {
		return e.Encode(w, n)
	}
	o, ok := lookup(n.Op.Type())
	switch {
	case !ok:
		return errors.New("the operator has no form in ONNX")
	case o.encode == nil:
		w.Plain(n, o.name, nil)
		return nil
	}
	return o.encode(w, n)
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
	g             *graph.Graph
	out           *Graph
	opset         int
	values, nodes graph.Names
}

// Opset is the opset that is written.
func (w *Writer) Opset() int { return w.opset }

// Batch tells that the first dimension of the network's tensors is open, so that no 1 may be written
// in its place.
func (w *Writer) Batch() bool { return w.g.Batch }

// Value is the value of an ID that the node names.
func (w *Writer) Value(id graph.ValueID) graph.Value { return w.g.Values[id] }

// Names are the names of values; absent ones are empty.
func (w *Writer) Names(ids []graph.ValueID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if id != graph.None {
			names[i] = w.g.Values[id].Name
		}
	}
	return names
}

// Plain writes node n under an operator name with its own inputs, then more of them, and outputs.
func (w *Writer) Plain(n graph.Node, op string, more []string, attrs ...Attr) {
	w.Node(n.Name, op, append(w.Names(n.Inputs), more...), w.Names(n.Outputs), attrs...)
}

// Node writes a node.
func (w *Writer) Node(name, op string, inputs, outputs []string, attrs ...Attr) {
	w.out.Nodes = append(w.out.Nodes, Node{Name: name, OpType: op, Inputs: inputs, Outputs: outputs, Attrs: attrs})
}

// Fresh is a name for another value that belongs to node n.
func (w *Writer) Fresh(n graph.Node, role string) string { return w.values.Fresh(n.Name + "_" + role) }

// FreshNode is a name for another node that belongs to node n.
func (w *Writer) FreshNode(n graph.Node, role string) string {
	return w.nodes.Fresh(n.Name + "_" + role)
}

// Const writes an initializer that belongs to node n and gives its name.
func (w *Writer) Const(n graph.Node, role string, t *graph.Tensor) string {
	name := w.Fresh(n, role)
	w.out.Initializers = append(w.out.Initializers, FromTensor(name, t))
	return name
}

// Ints writes a list of integers as an initializer and gives its name.
func (w *Writer) Ints(n graph.Node, role string, v []int) string {
	t := &graph.Tensor{DType: graph.Int64, Shape: []int{len(v)}}
	for _, x := range v {
		t.I = append(t.I, int64(x))
	}
	return w.Const(n, role, t)
}

// Scalar writes one float as an initializer and gives its name.
func (w *Writer) Scalar(n graph.Node, role string, v float32) string {
	return w.Const(n, role, &graph.Tensor{DType: graph.Float32, Shape: []int{}, F: []float32{v}})
}

// info describes an input or output.
func (w *Writer) info(id graph.ValueID) ValueInfo {
	v := w.g.Values[id]
	info := ValueInfo{Name: v.Name, Known: true, ElemType: typeOf(v.DType), HasShape: true}
	for i, d := range v.Shape {
		dim := Dim{Value: int64(d), Set: true}
		if w.g.Batch && i == 0 && d == 1 {
			dim = Dim{Param: "N"}
		}
		info.Dims = append(info.Dims, dim)
	}
	return info
}
