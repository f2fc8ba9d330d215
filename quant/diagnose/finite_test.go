package diagnose_test

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// overflowing are networks that give infinities for inputs a million times as large: one where it answers, the other in a
// layer behind which all is finite again; and inputs.
func overflowing(t *testing.T, inLayer bool) (g *graph.Graph, data [][][]float32) {
	b := graphtest.New(t)
	x := b.Node("relu", graph.Relu{}, b.Conv("a", b.Input("x", 1, 3, 6, 6), 6, 3))
	if inLayer {
		scaled := b.Conv("b", x, 5, 3)
		w := b.Graph.Values[b.Graph.Nodes[len(b.Graph.Nodes)-1].Inputs[1]].Const.F
		for i := range w {
			w[i] *= 1e36
		}
		x = b.Node("small", graph.Clip{Lo: -40, Hi: 40}, b.Node("scale", graph.Mul{}, scaled, b.Const("tiny", []float32{1e-36}, 1)))
	} else {
		x = b.Conv("b", x, 5, 3)
	}
	x = b.Node("flat", graph.Reshape{Shape: []int{1, 5}}, b.Node("pool", graph.GlobalAveragePool{}, x))
	x = b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("fc.weight", 4, 5), b.Random("fc.bias", 4))
	if !inLayer {
		x = b.Node("exp", graph.Exp{}, x)
	}
	g = b.Outputs(x)
	for range 12 {
		data = append(data, b.Item())
	}
	return g, data
}

// Items on which the float network, or a layer of it, gives no finite numbers are named and left out of all that is measured,
// which is then what the others give by themselves.
func TestItemsWithoutNumbersAreLeftOut(t *testing.T) {
	for _, inLayer := range []bool{false, true} {
		g, data := overflowing(t, inLayer)
		calibration, sound := given(data[:6]...), given(data[6:]...)
		large := slices.Clone(data[7][0])
		for i := range large {
			large[i] *= 1e6
		}
		items := given(slices.Insert(slices.Clone(data[6:]), 1, [][]float32{large})...)
		items.Name = func(i int) string { return "item " + strconv.Itoa(i) }
		r := preset(t, "config1")
		r.Data.Batch = 3
		lab := func(items evaluate.Items) *diagnose.Lab {
			return &diagnose.Lab{Graph: g, Calibration: calibration.Items, Items: items, Workers: 2}
		}
		plan := diagnose.Plan{LayerItems: 4, Progress: func(string, int, int, time.Duration) {}}
		for _, m := range []struct {
			name    string
			inLayer bool // whether it looks at layers
			measure func(l *diagnose.Lab) (any, error)
		}{
			{"Diagnose", true, func(l *diagnose.Lab) (any, error) {
				return diagnose.Diagnose(t.Context(), l, r, plan)
			}},
			{"Improve", false, func(l *diagnose.Lab) (any, error) {
				return l.Improve(t.Context(), r, diagnose.Goal{Share: 0.9, Progress: func(string, int, int, int, int) {}})
			}},
			{"Mix", true, func(l *diagnose.Lab) (any, error) {
				return l.Mix(t.Context(), r, diagnose.MixedPlan{Limit: diagnose.LimitBytes, Bits: []int{4, 8}, Points: 2, Progress: func(string, int, int) {}})
			}},
			{"Adequate", false, func(l *diagnose.Lab) (any, error) { return l.Adequate(t.Context(), r, func(int, int) {}) }},
		} {
			if inLayer && !m.inLayer {
				continue
			}
			l := lab(items)
			got, err := m.measure(l)
			if err != nil {
				t.Errorf("%s: %v", m.name, err)
				continue
			}
			if !slices.Equal(l.Out, []string{"item 1"}) {
				t.Errorf("%s: %v is left out", m.name, l.Out)
			}
			want, err := m.measure(lab(sound))
			if err != nil {
				t.Fatal(err)
			}
			if !inLayer && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v\nwithout the item %+v", m.name, got, want)
			}
			if d, ok := got.(*diagnose.Diagnosis); ok {
				for _, l := range d.Sensitivity.Layers {
					if l.Own.SQNR < 10 || l.Accumulated.SQNR < 10 || l.Alone.SQNR < 10 {
						t.Errorf("%s: %+v", l.Name, l)
					}
				}
			}
		}
		for _, x := range data[6:] {
			x[0][0] = float32(math.NaN())
		}
		if _, err := diagnose.Diagnose(t.Context(), lab(sound), r, plan); err == nil || !strings.Contains(err.Error(), "no finite numbers on any of the") {
			t.Errorf("with no item left: %v", err)
		}
	}
}
