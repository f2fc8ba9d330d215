package store

import (
	"cmp"
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
	slices.SortStableFunc(rows, func(a, b report.Layer) int {
		if s.Layers.NetworkOrder {
			return a.Index - b.Index
		}
		return cmp.Compare(a.SQNR, b.SQNR)
	})
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
