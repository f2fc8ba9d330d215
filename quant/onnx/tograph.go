package onnx

import (
	"errors"
	"fmt"
	"unicode"

	"github.com/quantscope/quantscope/quant/graph"
)

// The opsets ToGraph knows: 7 to 21 whole. At 6 arithmetic, PRelu, BatchNormalization and Gemm mean something
// else by their attributes, which their decoders heed. From 22 to 25 the operators here only took more
// element types, and attributes that speak of those.
const (
	MinOpset = 6
	MaxOpset = 25
)

// Options of ToGraph.
type Options struct {
	Shapes map[string][]int // shapes of inputs, by name, in place of those of the file
	Files  Reader           // further files with external data; may be nil
}

// ToGraph makes a Graph of a model: nodes in topological order, every shape known, what is constant
// folded, what leads to no output left out, Identity and Dropout removed, Sigmoid·x made SiLU. A
// symbolic first dimension of an input is the batch and becomes 1; that it may be more is tried. Errors
// name node, operator and tensor. ToGraph does not change m, and the Graph's constants do not alias it.
func ToGraph(m *Model, opt Options) (*graph.Graph, error) {
	m, err := inlined(m)
	if err != nil {
		return nil, err
	}
	b, err := assemble(m, opt, nil)
	if err != nil {
		return nil, err
	}
	if b.Graph.Batch {
		if err := b.openBatch(); err != nil {
			b.Graph.Batch = false
			b.Graph.Notes = append(b.Graph.Notes, fmt.Sprintf("The batch is fixed at 1: %v.", err))
		}
	}
	b.Graph.Notes = append(b.Graph.Notes, b.casts.notes()...)
	if b.dynamic {
		b.Graph.Notes = append(b.Graph.Notes, noteDynamic)
	}
	graph.Recognise(b.Graph)
	g := graph.Compact(b.Graph)
	for _, v := range g.Values {
		if v.Const != nil {
			v.Const.Widen()
		}
	}
	return g, nil
}

// assemble makes the graph, with all that leads nowhere still in it. shared are constants of a graph that was
// made of m before, by name.
func assemble(m *Model, opt Options, shared map[string]*graph.Tensor) (*importer, error) {
	opset, err := opsetOf(m)
	if err != nil {
		return nil, err
	}
	mg := m.Graph
	if mg.Sparse > 0 {
		return nil, fmt.Errorf("the graph has %d sparse initializers, which are not supported", mg.Sparse)
	}
	b := &importer{
		Builder: graph.NewBuilder(mg.Name), m: m, opt: opt, opset: opset, shared: shared,
		tail: tail{made: map[string]bool{}},
		ids:  map[string]graph.ValueID{}, codes: map[graph.ValueID]codeNumbers{}, init: map[string]*Tensor{}, wanted: map[string]bool{},
	}
	b.Fold, b.Room = true, foldFloor
	if err := b.initializers(); err != nil {
		return nil, err
	}
	if err := b.inputs(); err != nil {
		return nil, err
	}
	order, err := b.order()
	if err != nil {
		return nil, err
	}
	for _, i := range order {
		n := &mg.Nodes[i]
		if b.tail.follows(n) {
			continue
		}
		if err := b.node(n); err != nil {
			err = fmt.Errorf("node %q (%s): %w", nodeName(n), typeName(n), err)
			var count *graph.CountError
			if !errors.As(err, &count) {
				return nil, err
			}
			b.tail.begin(n, err)
		}
	}
	return b, b.outputs()
}

// opsetOf is the version of the default operator set.
func opsetOf(m *Model) (int, error) {
	if m.Graph == nil {
		return 0, fmt.Errorf("the model has no graph")
	}
	for _, o := range m.Opsets {
		if o.Domain != "" && o.Domain != "ai.onnx" {
			continue
		}
		if o.Version < MinOpset || o.Version > MaxOpset {
			return 0, fmt.Errorf("the model uses opset %d; opsets %d to %d are supported: "+
				"convert it with onnx.version_converter, or export it again", o.Version, MinOpset, MaxOpset)
		}
		return int(o.Version), nil
	}
	return 0, fmt.Errorf("the model imports no opset of the default domain, so its operators have no meaning")
}

// typeName is the node's operator as a sentence may hold it: what is no name is quoted, and cut off.
func typeName(n *Node) string {
	for _, c := range n.OpType {
		if !unicode.IsPrint(c) || c == ' ' {
			return fmt.Sprintf("%.40q", n.OpType)
		}
	}
	return n.OpType
}

// nodeName is the node's name or, where it has none, its operator and first output.
func nodeName(n *Node) string {
	if n.Name != "" {
		return n.Name
	}
	for _, o := range n.Outputs {
		if o != "" {
			return n.OpType + "_" + o
		}
	}
	return n.OpType
}

// node decodes an ONNX node and applies its operator.
func (b *importer) node(n *Node) error {
	if domainOf(n.Domain) == "" {
		switch n.OpType {
		case "If":
			return b.branches(n)
		case "Loop":
			return b.loop(n)
		case "Scan":
			return b.scan(n)
		}
	}
	o, ok := lookupIn(n.Domain, n.OpType)
	if !ok && n.Domain != "" && n.Domain != "ai.onnx" {
		return fmt.Errorf("it is of domain %q; only the operators of the default domain, and some of %s, are supported", n.Domain, contrib)
	}
	if !ok || o.decode == nil {
		return fmt.Errorf("operator %s is not supported: cut the network before this node, or export it with the operator spelled out in others", typeName(n))
	}
	for _, a := range n.Attrs {
		if a.Ref != "" {
			return fmt.Errorf("attribute %q refers to attribute %q of a function, but the node is in none", a.Name, a.Ref)
		}
	}
	s := &source{b: b, node: n, name: b.NodeName(nodeName(n)), opset: b.opset, read: make([]bool, len(n.Attrs))}
	for _, name := range n.Inputs {
		id, err := b.value(name)
		if err != nil {
			return err
		}
		s.ids = append(s.ids, id)
		v := graph.Value{}
		if id != graph.None {
			v = b.Graph.Values[id]
		}
		s.in = append(s.in, v)
	}
	quantize, err := s.onFloats()
	if err != nil {
		return err
	}
	op, inputs, err := o.decode(s)
	if err != nil {
		return err
	}
	for j, known := range s.read {
		if !known {
			return fmt.Errorf("attribute %q is not known at opset %d", n.Attrs[j].Name, b.opset)
		}
	}
	// Outputs that nobody reads need not be supported: the mask of Dropout, the indices of MaxPool.
	outputs := n.Outputs
	for len(outputs) > 1 && !b.wanted[outputs[len(outputs)-1]] && op != nil && op.Type() != "Split" {
		outputs = outputs[:len(outputs)-1]
	}
	if op == nil && quantize == nil {
		return b.alias(inputs, n.Outputs)
	}
	if quantize != nil {
		return b.moved(op, s.name, inputs, outputs, quantize)
	}
	ids, err := b.apply(op, s.name, inputs, outputs)
	if err != nil {
		return err
	}
	for j, name := range outputs {
		if name != "" {
			b.ids[name] = ids[j]
		}
	}
	return nil
}

// moved applies an operator that moves codes to the floats they stand for, and makes codes of its outputs.
func (b *importer) moved(op graph.Op, name string, inputs []graph.ValueID, outputs []string, quantize func(graph.ValueID, string) (graph.ValueID, error)) error {
	floats := inputs
	if op != nil {
		names := make([]string, len(outputs))
		for j, output := range outputs {
			if output != "" {
				names[j] = b.Name(output + "_float")
			}
		}
		var err error
		if floats, err = b.apply(op, name, inputs, names); err != nil {
			return err
		}
	}
	for j, output := range outputs {
		if output == "" || j >= len(floats) {
			continue
		}
		id, err := quantize(floats[j], output)
		if err != nil {
			return err
		}
		b.ids[output] = id
	}
	return nil
}

// alias makes the first output another name of the input.
func (b *importer) alias(inputs []graph.ValueID, outputs []string) error {
	if len(inputs) != 1 || inputs[0] == graph.None {
		return fmt.Errorf("it has %d inputs, want 1", len(inputs))
	}
	for i, name := range outputs {
		switch {
		case i == 0 && name != "":
			b.ids[name] = inputs[0]
		case b.wanted[name] && !b.made(name):
			return fmt.Errorf("output %d, %q, is not supported", i, name)
		}
	}
	return nil
}

// made tells whether a value is there under its ONNX name.
func (b *importer) made(name string) bool { _, ok := b.ids[name]; return ok }

// value finds a value by its ONNX name, decoding an initializer when it is first wanted.
func (b *importer) value(name string) (graph.ValueID, error) {
	if name == "" {
		return graph.None, nil
	}
	if id, ok := b.ids[name]; ok {
		return id, nil
	}
	t, ok := b.init[name]
	if !ok {
		return graph.None, fmt.Errorf("input %q is made by no node before it", name)
	}
	c, err := b.shared[name], error(nil)
	if c == nil {
		c, err = read(t, b.opt.Files)
	}
	if err != nil {
		return graph.None, err
	}
	b.casts.count(t.DataType)
	n, _ := graph.Elements(c.Shape)
	b.Room += foldRatio * n
	id := b.Value(graph.Value{Name: name, DType: c.DType, Shape: c.Shape, Const: c})
	b.ids[name] = id
	return id, nil
}

// What folding may make: foldFloor bytes, and foldRatio for each element the file has, which a few
// steps over quantized weights need (a float and two widened integers).
const (
	foldFloor = 64 << 20
	foldRatio = 32
)
