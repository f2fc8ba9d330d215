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

// Isolated is the SQNR of a layer's output with nothing but it quantized, in dB; false before it was measured.
func (s State) Isolated(layer string) (float64, bool) {
	if d := s.Diagnosed(); d != nil {
		for _, l := range d.Layers {
			if l.Name == layer {
				return l.Own, true
			}
		}
	}
	return 0, false
}

// CompareRuns sets the layers of a run beside those of the result; -1 ends that.
type CompareRuns struct{ Run int }

func (a CompareRuns) apply(s State) (State, []Effect) {
	s.Against = nil
	if a.Run >= 0 && a.Run < len(s.Runs) {
		s.Against = s.Runs[a.Run]
	}
	return s, []Effect{Reveal{"layers-title"}}
}

// Compared tells whether the layers are compared with those of another run that is still there.
func (s State) Compared() bool {
	return s.Against != nil && s.Against != s.Result && s.Number(s.Against) > 0
}

// Number is the place of a run among the runs, counted from 1; 0 if it is not there.
func (s State) Number(r *Result) int { return slices.Index(s.Runs, r) + 1 }

// Other is the SQNR of a layer in the run that the result is compared with, nil if it has no such layer.
func (s State) Other(layer string) *float64 {
	for _, l := range s.Against.Report.Layers {
		if l.Name == layer {
			return &l.SQNR
		}
	}
	return nil
}

// Predicted are the bytes of the parameters in float, and quantized by the present recipe: codes, scales with their
// zero points, and biases of four bytes. What a backend leaves in float is not known yet and makes it more.
func (s State) Predicted() (float, quantized int64) {
	for _, n := range s.Model.Summary.Nodes {
		float += 4 * n.Params
		own, _ := s.Own(n.Name)
		channels := outputs(n)
		if channels == 0 || n.Params <= channels || own.Float {
			quantized += 4 * n.Params
			continue
		}
		w := s.Recipe.Weight.Scheme
		if own.Weight != nil {
			w = own.Weight.Scheme
		}
		biases, scales := int64(0), int64(1)
		if n.Op != "MatMul" {
			biases = channels
		}
		if w.PerChannel {
			scales = channels
		}
		quantized += ((n.Params-biases)*int64(w.Bits)+7)/8 + 4*biases + 5*scales
	}
	return float, quantized
}

// outputs are the output channels of a layer with a weight, 0 of other nodes.
func outputs(n inspect.Node) int64 {
	switch {
	case n.Params == 0 || len(n.Shape) < 2:
	case n.Op == "Conv" || n.Op == "ConvTranspose":
		return int64(n.Shape[1])
	case n.Op == "Gemm" || n.Op == "MatMul":
		return int64(n.Shape[len(n.Shape)-1])
	}
	return 0
}

// Elsewhere tells whether the result was made from a model or data that are not open any more.
func (s State) Elsewhere() bool {
	return s.Result != nil && (s.Result.Model != s.Model || s.Result.Data != s.Data)
}
