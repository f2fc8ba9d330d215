package store

import (
	"math"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Times are how long the nodes of a result take; asked for when the graph shows them.
type Times struct {
	Waiting bool
	Problem string

	of    *Result
	asked int
	nodes map[string]inspect.NodeTime
	most  float64 // seconds of one node
}

// Timed is the core's answer.
type Timed struct {
	Job   int
	Times inspect.Times
}

func (a Timed) apply(s State) (State, []Effect) {
	if !s.Times.Waiting || a.Job != s.Times.asked {
		return s, nil
	}
	t := Times{of: s.Times.of, nodes: map[string]inspect.NodeTime{}}
	for _, n := range a.Times.Nodes {
		t.nodes[n.Name] = n
		t.most = max(t.most, n.Float, n.Quantized)
	}
	s.Times, s.Said = t, "The layers are timed."
	return s, nil
}

func askTimes(s State) (State, []Effect) {
	if s.Layers.Overlay != ByTime || !s.Layers.Graph || !s.Answerable() || s.Times.of == s.Result {
		return s, nil
	}
	r := s.Result
	return ask(s, protocol.Times, protocol.TimesRequest{Run: r.Run, Recipe: r.Recipe}, func(s *State, number int) {
		s.Times = Times{of: r, asked: number, Waiting: true}
	})
}

// time writes how long a node takes in float and quantized, and how many times as fast that is.
func (s State) time(g *GraphNode) {
	t, known := s.Times.nodes[g.Name]
	if !known || s.Times.of != s.Result {
		return
	}
	g.Float, g.Quantized = phrase.Duration(t.Float), phrase.Duration(t.Quantized)
	if t.Float > 0 && t.Quantized > 0 {
		g.Measure = phrase.Significant(t.Float/t.Quantized, 2) + "×"
	}
	if s.Times.most > 0 {
		g.Share = math.Sqrt(t.Quantized / s.Times.most)
	}
}
