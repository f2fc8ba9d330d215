package store

import (
	"slices"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Rows are the layers of the result in the order that is asked for: worst SQNR first, or that of the
// network.
func (s State) Rows() []report.Layer {
	if s.Result == nil {
		return nil
	}
	rows := slices.Clone(s.Result.Report.Layers)
	if !s.Layers.NetworkOrder {
		slices.SortStableFunc(rows, func(a, b report.Layer) int {
			switch {
			case a.SQNR < b.SQNR:
				return -1
			case a.SQNR > b.SQNR:
				return 1
			}
			return 0
		})
		return rows
	}
	at := map[string]int{}
	for i, n := range s.Result.Model.Summary.Nodes {
		at[n.Name] = i
	}
	slices.SortStableFunc(rows, func(a, b report.Layer) int { return at[a.Name] - at[b.Name] })
	return rows
}

// Selected is the layer whose detail is shown, with its quantizers; false if there is none.
func (s State) Selected() (report.Layer, []protocol.Quantizer, bool) {
	if s.Result == nil {
		return report.Layer{}, nil, false
	}
	for _, l := range s.Result.Report.Layers {
		if l.Name != s.Layers.Selected {
			continue
		}
		var qs []protocol.Quantizer
		for _, q := range s.Result.Quantizers {
			if q.Layer == l.Name {
				qs = append(qs, q)
			}
		}
		return l, qs, true
	}
	return report.Layer{}, nil, false
}
