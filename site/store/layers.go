package store

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
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

// Selected is the layer whose detail is shown, with its quantizers, the weight's first; false if there
// is none.
func (s State) Selected() (report.Layer, []inspect.Quantizer, bool) {
	if s.Result == nil {
		return report.Layer{}, nil, false
	}
	for _, l := range s.Result.Report.Layers {
		if l.Name != s.Layers.Selected {
			continue
		}
		weight, input := s.Quantizers(l)
		var qs []inspect.Quantizer
		for _, q := range []*inspect.Quantizer{weight, input} {
			if q != nil {
				qs = append(qs, *q)
			}
		}
		return l, qs, true
	}
	return report.Layer{}, nil, false
}

// Quantizers are those of a layer's weight and input, nil where there is none.
func (s State) Quantizers(l report.Layer) (weight, input *inspect.Quantizer) {
	r := s.Result
	if l.Index >= len(r.Placed) {
		return nil, nil
	}
	at := func(i int) *inspect.Quantizer {
		if i < 0 || i >= len(r.Quantizers) {
			return nil
		}
		return &r.Quantizers[i]
	}
	return at(r.Placed[l.Index].Weight), at(r.Placed[l.Index].Input)
}

// Elsewhere tells whether the result was made from a model or data that are not open any more.
func (s State) Elsewhere() bool {
	return s.Result != nil && (s.Result.Model != s.Model || s.Result.Data != s.Data)
}
