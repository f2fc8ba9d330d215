package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// Alone writes one node of g by itself, as FromGraph does, with names that only say which input, output
// or inner value one is: equal bytes are the same operator with the same attributes.
func Alone(g *graph.Graph, n graph.Node) ([]byte, error) {
	out := &Graph{}
	w := &Writer{g: g, out: out, opset: MaxWriteOpset, values: graph.Names{}, nodes: graph.Names{}}
	if err := w.encode(n); err != nil {
		return nil, fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
	}
	names := map[string]string{"": ""}
	rename := func(list []string, kind string) {
		for i, name := range list {
			if _, ok := names[name]; !ok {
				names[name] = fmt.Sprint(kind, i)
			}
			list[i] = names[name]
		}
	}
	rename(w.Names(n.Inputs), "input")
	rename(w.Names(n.Outputs), "output")
	for i := range out.Nodes {
		out.Nodes[i].Name = ""
		rename(out.Nodes[i].Inputs, fmt.Sprint("of", i, "."))
		rename(out.Nodes[i].Outputs, fmt.Sprint("by", i, "."))
	}
	for i := range out.Initializers {
		out.Initializers[i].Name = names[out.Initializers[i].Name]
	}
	return Encode(&Model{Graph: out}), nil
}
