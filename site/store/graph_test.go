package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
)

func TestGraphNodesShowTheMeasure(t *testing.T) {
	s := examinable(t)
	s.Model.Summary.Nodes = []inspect.Node{{Name: "conv", Op: "Conv", Params: 1000}, {Name: "act", Op: "Relu", From: []int{0}}, {Name: "fc", Op: "Gemm", Params: 10, From: []int{1}}}
	s.Result.Report.Layers = []report.Layer{{Name: "conv", WeightBits: 8, Bytes: 1000, SQNR: 12}, {Name: "fc", WeightBits: 32, Bytes: 40, SQNR: 45}}
	n := s.GraphNodes()
	if n[0].Measure != "12.0 dB" || !n[0].Poor || n[0].Share <= n[2].Share || n[1].Measure != "" || !strings.Contains(n[0].Label(), "conv, Conv, 4.00 kB, 8 bits, 1.00 kB, 12.0 dB") {
		t.Errorf("by SQNR: %+v, %s", n, n[0].Label())
	}
	for overlay, want := range map[Overlay]string{BySensitivity: "", ByBits: "float", ByBytes: "40 B"} {
		s, _ = ShowOverlay{overlay}.apply(s)
		if got := s.GraphNodes()[2].Measure; got != want {
			t.Errorf("by %s: %q", overlay, got)
		}
	}
	alone := 30.0
	s.Diagnosis = Diagnosis{Diagnosis: inspect.Diagnosis{Layers: []inspect.Sensitive{{Name: "fc", Alone: &alone}}}, of: s.Result}
	s, _ = ShowOverlay{BySensitivity}.apply(s)
	if got := s.GraphNodes()[2].Measure; got != "30.0 dB" {
		t.Errorf("by sensitivity: %q", got)
	}
	if g := s.Graph(); len(g.Edges) != 2 || g.Boxes[2].Rank != 2 {
		t.Errorf("graph %+v", g)
	}
	for _, c := range []struct {
		at   int
		find string
		want int
	}{{0, "GEMM", 2}, {2, "c", 0}, {0, "", -1}, {0, "pool", -1}} {
		if got := FindNode(n, c.at, c.find); got != c.want {
			t.Errorf("%q after %d is %d", c.find, c.at, got)
		}
	}
}
