package onnx

import (
	"slices"
	"strings"
	"testing"
)

// TestTail ends a network before what has no shape until it runs, and makes outputs of what that reads.
func TestTail(t *testing.T) {
	nodes := func() []Node {
		return []Node{
			node("Relu", "x", "scores"), node("Sigmoid", "scores", "whole"), node("Greater", "scores zero", "chosen"),
			node("NonZero", "chosen", "places"), node("Transpose", "places", "turned"), node("GatherND", "whole turned", "found"),
		}
	}
	m := model(17, nodes(), FromFloats("zero", []int64{}, []float32{0}))
	m.Graph.Outputs = []ValueInfo{{Name: "found"}, {Name: "scores"}}
	g := build(t, m, Options{})
	var names []string
	for _, v := range g.Outputs {
		names = append(names, g.Values[v].Name)
	}
	if !slices.Equal(names, []string{"scores", "chosen", "whole"}) {
		t.Error(names)
	}
	if want := `ends before node "NonZero_places" (NonZero), since how large its output is depends on the data; it and the nodes after it, 3,`; !slices.ContainsFunc(g.Notes, func(n string) bool { return strings.Contains(n, want) }) {
		t.Error(g.Notes)
	}
	m = model(17, []Node{node("NonZero", "x", "y")})
	if _, err := ToGraph(m, Options{}); err == nil || !strings.Contains(err.Error(), "end the network before this node") {
		t.Error(err)
	}
}
