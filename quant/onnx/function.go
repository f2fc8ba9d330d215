package onnx

import (
	"fmt"
)

// Function is FunctionProto: an operator that a model defines by nodes.
type Function struct {
	Name     string
	Domain   string
	Inputs   []string
	Outputs  []string
	Defaults []Attr // of attributes that a call may leave out
	Nodes    []Node
	Opsets   []Opset
}

const (
	maxInlined = 1 << 17 // nodes of a model once its functions are inlined
	maxCalls   = 32      // functions in functions
)

// inlined is m with the nodes of its functions in place of their calls. Names inside get the call's name before them.
func inlined(m *Model) (*Model, error) {
	if len(m.Functions) == 0 || m.Graph == nil {
		return m, nil
	}
	e := expander{model: m, functions: map[string]*Function{}}
	for i := range m.Functions {
		f := &m.Functions[i]
		e.functions[domainOf(f.Domain)+"."+f.Name] = f
	}
	var err error
	out, g := *m, *m.Graph
	if g.Nodes, err = e.expand(g.Nodes, 0); err != nil {
		return nil, err
	}
	out.Graph = &g
	return &out, nil
}

func domainOf(domain string) string {
	if domain == "ai.onnx" {
		return ""
	}
	return domain
}

// expander inlines functions.
type expander struct {
	model     *Model
	functions map[string]*Function
	calls     int // so far, which tells their names apart
	nodes     int
}

func (e *expander) expand(nodes []Node, depth int) ([]Node, error) {
	var out []Node
	for i := range nodes {
		n := &nodes[i]
		f := e.functions[domainOf(n.Domain)+"."+n.OpType]
		if e.nodes++; e.nodes > maxInlined || depth > maxCalls {
			return nil, fmt.Errorf("the model's functions call each other without end, or make more than %d nodes", maxInlined)
		}
		if f == nil {
			out = append(out, *n)
			continue
		}
		body, err := e.call(n, f)
		if err != nil {
			return nil, fmt.Errorf("node %q: function %q: %w", nodeName(n), f.Name, err)
		}
		if body, err = e.expand(body, depth+1); err != nil {
			return nil, err
		}
		out = append(out, body...)
	}
	return out, nil
}

// call gives the nodes of f with what the call n hands over.
func (e *expander) call(n *Node, f *Function) ([]Node, error) {
	if len(n.Inputs) > len(f.Inputs) || len(n.Outputs) > len(f.Outputs) {
		return nil, fmt.Errorf("it takes %d inputs and gives %d outputs, the call has %d and %d", len(f.Inputs), len(f.Outputs), len(n.Inputs), len(n.Outputs))
	}
	for _, own := range f.Opsets {
		for _, o := range e.model.Opsets {
			if domainOf(own.Domain) == "" && domainOf(o.Domain) == "" && own.Version != o.Version {
				return nil, fmt.Errorf("it is of opset %d, the model of %d; export it with one opset", own.Version, o.Version)
			}
		}
	}
	e.calls++
	prefix := fmt.Sprintf("%s/%d/", nodeName(n), e.calls)
	names := map[string]string{"": ""}
	var nodes []Node
	for i, name := range f.Inputs {
		names[name] = ""
		if i < len(n.Inputs) {
			names[name] = n.Inputs[i]
		}
	}
	for i, name := range f.Outputs {
		to := prefix + name
		if i < len(n.Outputs) && n.Outputs[i] != "" {
			to = n.Outputs[i]
		}
		if from, handed := names[name]; handed { // an input, or an output before, handed on
			nodes = append(nodes, Node{Name: to, OpType: "Identity", Inputs: []string{from}, Outputs: []string{to}})
			continue
		}
		names[name] = to
	}
	rename := func(name string) string {
		if to, ok := names[name]; ok {
			return to
		}
		return prefix + name
	}
	var body []Node
	for i := range f.Nodes {
		inner := f.Nodes[i].renamed(rename)
		inner.Name = prefix + inner.Name
		inner.Attrs = handed(inner.Attrs, n.Attrs, f.Defaults)
		body = append(body, inner)
	}
	return append(body, nodes...), nil
}

// handed replaces attributes that refer to one of the call's, or are left out where neither the call nor the function
// has it.
func handed(attrs, given, defaults []Attr) []Attr {
	var out []Attr
	for _, a := range attrs {
		if a.G != nil {
			g := *a.G
			g.Nodes = make([]Node, len(a.G.Nodes))
			for i, n := range a.G.Nodes {
				n.Attrs = handed(n.Attrs, given, defaults)
				g.Nodes[i] = n
			}
			a.G = &g
		}
		if a.Ref == "" {
			out = append(out, a)
			continue
		}
		for _, list := range [][]Attr{given, defaults} {
			if i := indexOf(list, a.Ref); i >= 0 {
				b := list[i]
				b.Name = a.Name
				out = append(out, b)
				break
			}
		}
	}
	return out
}

func indexOf(attrs []Attr, name string) int {
	for i, a := range attrs {
		if a.Name == name {
			return i
		}
	}
	return -1
}

// renamed is n with other names of what it reads and makes, in the graphs it holds too.
func (n Node) renamed(to func(string) string) Node {
	each := func(names []string) []string {
		out := make([]string, len(names))
		for i, name := range names {
			if name != "" {
				out[i] = to(name)
			}
		}
		return out
	}
	n.Inputs, n.Outputs = each(n.Inputs), each(n.Outputs)
	attrs := make([]Attr, len(n.Attrs))
	for i, a := range n.Attrs {
		if a.G != nil {
			g := a.G.renamed(to)
			a.G = &g
		}
		attrs[i] = a
	}
	n.Attrs = attrs
	return n
}

func (g Graph) renamed(to func(string) string) Graph {
	nodes := make([]Node, len(g.Nodes))
	for i, n := range g.Nodes {
		nodes[i] = n.renamed(to)
	}
	g.Nodes = nodes
	infos := func(list []ValueInfo) []ValueInfo {
		out := make([]ValueInfo, len(list))
		for i, v := range list {
			v.Name = to(v.Name)
			out[i] = v
		}
		return out
	}
	g.Inputs, g.Outputs, g.ValueInfo = infos(g.Inputs), infos(g.Outputs), infos(g.ValueInfo)
	initializers := make([]Tensor, len(g.Initializers))
	for i, t := range g.Initializers {
		t.Name = to(t.Name)
		initializers[i] = t
	}
	g.Initializers = initializers
	return g
}

// reads are the names of what a node needs: its inputs, and what its graphs read from around it.
func (n *Node) reads() []string { return append(n.captured(), n.Inputs...) }

// captured are the names that the graphs of a node read from around it.
func (n *Node) captured() []string {
	var out []string
	for _, a := range n.Attrs {
		if a.G == nil {
			continue
		}
		own := map[string]bool{"": true}
		for _, v := range a.G.Inputs {
			own[v.Name] = true
		}
		for i := range a.G.Initializers {
			own[a.G.Initializers[i].Name] = true
		}
		read := func(name string) {
			if !own[name] {
				out = append(out, name)
			}
		}
		for i := range a.G.Nodes {
			inner := &a.G.Nodes[i]
			for _, name := range inner.reads() {
				read(name)
			}
			for _, name := range inner.Outputs {
				own[name] = true
			}
		}
		for _, v := range a.G.Outputs {
			read(v.Name)
		}
	}
	return out
}
