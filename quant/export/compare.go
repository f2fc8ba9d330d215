package export

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Change is what a backend would do otherwise with one tensor than the recipe of a calibrated network.
type Change struct {
	Backend string `json:"backend"`
	Tensor  string `json:"tensor"`
	Layer   string `json:"layer"` // the node that asked for the quantizer
	Weight  bool   `json:"weight"`
	What    []Kind `json:"what"`
	Before  Codes  `json:"before"` // zero where there is no quantizer
	After   Codes  `json:"after"`  // and where none of the ranges is known
}

// Kind is a kind of change.
type Kind string

// The kinds.
const (
	Skipped   Kind = "skipped"    // it stays float
	Added     Kind = "added"      // it is quantized, and was float
	Range     Kind = "range"      // the codes reach further or less far, by more than half a step
	Clipped   Kind = "clipped"    // and less far than the tensor does
	ZeroPoint Kind = "zero point" // zero is another code
	Width     Kind = "bits"       // there are more or fewer codes
	Scales    Kind = "scales"     // there are more or fewer scales
	Grid      Kind = "grid"       // the numbers are not integers times a scale any more, or again
)

// Codes sums up a quantizer: over all of its scales the least and the greatest number, the zero point
// of the first.
type Codes struct {
	Lo        float32     `json:"lo"`
	Hi        float32     `json:"hi"`
	ZeroPoint int32       `json:"zeroPoint"` // counted from the lowest code there could be: 128 for [-127, 127]
	Bits      int         `json:"bits"`
	Scales    int         `json:"scales"`
	Grid      scheme.Grid `json:"grid,omitempty"`
}

// Compare tells what each backend but c's own would change in a calibrated network, in the order of
// recipe.BackendTable: where its rule puts quantizers, and what its scheme makes of the ranges that c
// has. A tensor that c does not quantize has no range, and none is given for it. A backend whose rule
// finds nothing to quantize changes everything and is left out.
func Compare(c *calibrate.Calibrated) ([]Change, error) {
	var changes []Change
	for _, b := range recipe.BackendTable() {
		if b.Name == c.Recipe.Backend {
			continue
		}
		own, err := compareWith(c, b)
		if err != nil {
			return nil, fmt.Errorf("backend %s: %w", b.Name, err)
		}
		changes = append(changes, own...)
	}
	return changes, nil
}

// compareWith prepares c's network, its weights as they were, with the preset of a backend.
func compareWith(c *calibrate.Calibrated, b recipe.Backend) ([]Change, error) {
	r, err := recipe.Preset(b.Name)
	if err != nil {
		return nil, err
	}
	float := c.Float
	if float == nil {
		float = c.Graph
	}
	p, err := prepare.Prepare(float, r)
	if err != nil { // a preset is valid: the network has nothing that the backend quantizes
		return nil, nil
	}
	producer := p.Graph.Producers()
	old := map[string]int{} // quantizers of c by what they quantize
	for i, q := range c.Quantizers {
		old[c.Graph.Values[q.Value].Name] = i
	}
	kept := map[string]bool{}
	var changes []Change
	for _, q := range p.Quantizers {
		value := p.Graph.Values[q.Value]
		change := Change{Backend: b.Name, Tensor: value.Name, Layer: p.Graph.Nodes[q.Node].Name, Weight: q.Weight}
		i, had := old[value.Name]
		kept[value.Name] = true
		var lo, hi []float32
		switch {
		case q.Weight:
			lo, hi = weightRange(value.Const, q.Axis)
		case had:
			l, h := span(c.Params[i], 0)
			if prepare.NonNegative(p.Graph, producer, q.Value) {
				l = 0
			}
			lo, hi = []float32{l}, []float32{h}
		default:
			change.What = []Kind{Added}
			changes = append(changes, change)
			continue
		}
		params, err := numbersOf(q, r, lo, hi)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		change.After = sumUp(params)
		if !had {
			change.What = []Kind{Added}
		} else {
			change.Before = sumUp(c.Params[i])
			change.What = differences(change.Before, change.After, lo, hi)
		}
		if len(change.What) > 0 {
			changes = append(changes, change)
		}
	}
	for i, q := range c.Quantizers {
		if name := c.Graph.Values[q.Value].Name; !kept[name] {
			changes = append(changes, Change{Backend: b.Name, Tensor: name, Layer: c.Graph.Nodes[q.Node].Name, Weight: q.Weight,
				What: []Kind{Skipped}, Before: sumUp(c.Params[i])})
		}
	}
	return changes, nil
}

// weightRange is the least and the greatest number of a constant, for each index along axis if that is
// not -1.
func weightRange(t *graph.Tensor, axis int) (lo, hi []float32) {
	if axis < 0 {
		l, h := observer.Of(t.F)
		return []float32{l}, []float32{h}
	}
	lo, hi = make([]float32, t.Shape[axis]), make([]float32, t.Shape[axis])
	for i := range lo {
		lo[i], hi[i] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	scheme.Channels(t.Shape, axis, func(c, from, to int) {
		l, h := observer.Of(t.F[from:to])
		lo[c], hi[c] = min(lo[c], l), max(hi[c], h)
	})
	return lo, hi
}

// numbersOf are those that a quantizer makes of a range.
func numbersOf(q prepare.Quantizer, r recipe.Recipe, lo, hi []float32) (scheme.QParams, error) {
	found, err := q.Scheme.FromRange(lo, hi, q.Axis)
	if err != nil {
		return found, err
	}
	f, err := fakequant.New(q.FakeQuant, fakequant.Config{
		Scheme: q.Scheme, Rule: r.Rule, Weight: q.Weight, Exact: r.MQBenchExact, Options: q.FakeQuantOptions,
	})
	if err != nil {
		return found, err
	}
	f.Load(found, lo, hi)
	return f.Params(), nil
}

func sumUp(p scheme.QParams) Codes {
	c := Codes{Bits: bits(p), Scales: len(p.Scale), Grid: p.Grid}
	if p.Grid.Whole() {
		if c.ZeroPoint = p.ZeroPoint[0]; p.QMin < 0 {
			c.ZeroPoint += 1 << (c.Bits - 1)
		}
	}
	for i := range p.Scale {
		lo, hi := span(p, i)
		if i == 0 {
			c.Lo, c.Hi = lo, hi
		}
		c.Lo, c.Hi = min(c.Lo, lo), max(c.Hi, hi)
	}
	return c
}

// bits is the width that codes take: 8 for [-127, 127].
func bits(p scheme.QParams) int { return int(math.Ceil(math.Log2(float64(p.QMax-p.QMin) + 1))) }

// differences compares two quantizers of one tensor, which reaches from lo to hi.
func differences(a, b Codes, lo, hi []float32) []Kind {
	const half = 0.51 // of a step, and room for rounding
	near := half * max((a.Hi-a.Lo)/(float32(math.Exp2(float64(a.Bits)))-1), (b.Hi-b.Lo)/(float32(math.Exp2(float64(b.Bits)))-1))
	var what []Kind
	if b.Lo > a.Lo+near || b.Hi < a.Hi-near || b.Lo < a.Lo-near || b.Hi > a.Hi+near {
		what = append(what, Range)
	}
	if b.Lo > max(a.Lo, slices.Min(lo))+near || b.Hi < min(a.Hi, slices.Max(hi))-near {
		what = append(what, Clipped)
	}
	if a.Grid.Whole() != b.Grid.Whole() {
		return append(what, Grid)
	}
	if a.Bits != b.Bits {
		what = append(what, Width)
	} else if a.ZeroPoint != b.ZeroPoint {
		what = append(what, ZeroPoint)
	}
	if a.Scales != b.Scales {
		what = append(what, Scales)
	}
	return what
}
