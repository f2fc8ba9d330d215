package store

import (
	"math"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/plot"
)

// Overlay is a measure of layers that the graph shows.
type Overlay string

// The measures.
const (
	BySQNR        Overlay = "SQNR"
	BySensitivity Overlay = "sensitivity"
	ByBits        Overlay = "bits"
	ByBytes       Overlay = "bytes"
	ByTime        Overlay = "time"
)

// Overlays are all of them. Sensitivity is known once “Why?” has measured it; time is measured when it is to be seen.
func Overlays() []string {
	return []string{string(BySQNR), string(BySensitivity), string(ByBits), string(ByBytes), string(ByTime)}
}

// ShowGraph shows the layers of the result as a graph, or as a table.
type ShowGraph struct{ On bool }

func (a ShowGraph) apply(s State) (State, []Effect) {
	s.Layers.Graph = a.On
	return s, nil
}

// ShowOverlay chooses the measure.
type ShowOverlay struct{ Overlay Overlay }

func (a ShowOverlay) apply(s State) (State, []Effect) {
	s.Layers.Overlay = a.Overlay
	return s, nil
}

// GraphNode is a node of the network as the graph shows it.
type GraphNode struct {
	Name, Op  string
	Float     string  // what it is in float
	Quantized string  // what became of it; empty where nothing did
	Measure   string  // by the overlay; empty where it is not known
	Share     float64 // of the overlay, in [0, 1]: the darker the more it costs
	Poor      bool    // an SQNR that usually costs accuracy
}

// Label is what a screen reader says of the node.
func (n GraphNode) Label() string {
	out := n.Name + ", " + n.Op
	for _, part := range []string{n.Float, n.Quantized, n.Measure} {
		if part != "" {
			out += ", " + part
		}
	}
	return out
}

// GraphNodes are those of the result's network, in their order, with the measure that is chosen.
func (s State) GraphNodes() []GraphNode {
	layers := map[string]report.Layer{}
	most := int64(1)
	for _, l := range s.Result.Report.Layers {
		layers[l.Name] = l
		most = max(most, l.Bytes)
	}
	var out []GraphNode
	for _, n := range s.Result.Model.Summary.Nodes {
		g := GraphNode{Name: n.Name, Op: n.Op}
		if n.Params > 0 {
			g.Float = phrase.Bytes(4 * n.Params)
		}
		if l, ok := layers[n.Name]; ok {
			s.measure(&g, l, most)
		}
		if s.Layers.Overlay == ByTime {
			s.time(&g)
		}
		out = append(out, g)
	}
	return out
}

// measure fills in what is known of a layer.
func (s State) measure(g *GraphNode, l report.Layer, most int64) {
	bits := func() string {
		if l.WeightBits == recipe.FloatBits {
			return "float"
		}
		return strconv.Itoa(l.WeightBits) + " bits"
	}
	if l.WeightBits > 0 {
		g.Quantized = bits() + ", " + phrase.Bytes(l.Bytes)
	}
	noise := func(db float64) {
		g.Measure, g.Share, g.Poor = phrase.Decibels(db), 1-plot.SQNRAxis().At(db), db < plot.PoorDB
	}
	switch s.Layers.Overlay {
	case BySensitivity:
		if d := s.Diagnosed(); d != nil {
			for _, x := range d.Layers {
				if x.Name == l.Name && x.Alone != nil {
					noise(*x.Alone)
				}
			}
		}
	case ByBits:
		if l.WeightBits > 0 {
			g.Measure, g.Share = bits(), float64(min(l.WeightBits, 16))/16
		}
	case ByTime:
	case ByBytes:
		g.Measure, g.Share = phrase.Bytes(l.Bytes), math.Sqrt(float64(l.Bytes)/float64(most))
	default:
		noise(l.SQNR)
	}
}

// Graph lays the network of the result out.
func (s State) Graph() plot.Graph {
	nodes := s.Result.Model.Summary.Nodes
	from := make([][]int, len(nodes))
	for i, n := range nodes {
		from[i] = n.From
	}
	return plot.NewGraph(from)
}

// FindNode is the first node after at, round and round, whose name or operator has the text in it; -1 if none has.
func FindNode(nodes []GraphNode, at int, find string) int {
	find = strings.ToLower(strings.TrimSpace(find))
	if find == "" {
		return -1
	}
	for k := range nodes {
		i := (at + 1 + k) % len(nodes)
		if Found(nodes[i], find) {
			return i
		}
	}
	return -1
}

// Found tells whether a node has a text in its name or operator.
func Found(n GraphNode, find string) bool {
	find = strings.ToLower(strings.TrimSpace(find))
	return find != "" && (strings.Contains(strings.ToLower(n.Name), find) || strings.Contains(strings.ToLower(n.Op), find))
}
