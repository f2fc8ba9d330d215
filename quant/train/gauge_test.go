package train

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// An element oscillates that goes back to the code it came from, and for some steps after that; one that goes on does not.
func TestOscillating(t *testing.T) {
	w := []float32{0.4, 0, 0, 9}
	c := &calibrate.Calibrated{Params: []scheme.QParams{{Scale: []float32{0.5, 1}, ZeroPoint: []int32{0, 0}, QMin: -2, QMax: 1, Axis: 0}}}
	c.Graph = &graph.Graph{Values: []graph.Value{{Const: &graph.Tensor{Shape: []int{2, 2}, F: w}}}}
	c.Quantizers = []prepare.Quantizer{{Name: "w"}}
	var g gauge
	see := func(swings, goesOn float32, oscillating float64) {
		t.Helper()
		w[0], w[1] = swings, goesOn
		g.weights(c)
		l := g.now()[0]
		if !l.Weight || l.Scale != [2]float32{0.5, 1} || l.Clipped != 0.25 || l.Oscillating != oscillating {
			t.Errorf("with %v and %v: %+v", swings, goesOn, l)
		}
	}
	see(0.4, -1, 0)    // codes 1 and -2
	see(0.1, -0.5, 0)  // 0 and -1
	see(0.1, 0, 0)     // 0 and 0: both went one way
	see(0.4, 0.5, .25) // back to 1
	for range swing - 1 {
		see(0.5, 0.5, .25)
	}
	see(0.5, 0.5, 0) // long ago
}

// Activations are clipped beyond half a step outside of their codes, each by the scale of its channel.
func TestClippedActivations(t *testing.T) {
	b := graph.NewBuilder("one")
	x := b.Input("x", graph.Float32, 1, 2, 1, 2)
	y := b.Node("y", graph.Relu{}, x)
	net, err := b.Done(y)
	if err != nil {
		t.Fatal(err)
	}
	c := &calibrate.Calibrated{Params: []scheme.QParams{
		{Scale: []float32{1, 10}, ZeroPoint: []int32{0, 0}, QMin: -2, QMax: 1, Axis: 1},
		{Scale: []float32{0.1}, ZeroPoint: []int32{0}, QMax: 3, Axis: -1},
	}}
	c.Graph, c.Quantizers = net, []prepare.Quantizer{{Name: "in", Value: x}, {Name: "out", Value: y}}
	items := calibrate.Items{Len: 2, Inputs: func(i int) ([][]float32, error) {
		return [][]float32{{2, -2.4, 2, float32(-30 * i)}}, nil // beyond: 2 of 1, and -30 of -20
	}}
	var g gauge
	g.weights(c)
	if err := g.activations(t.Context(), c, items); err != nil {
		t.Fatal(err)
	}
	// What reaches the second: 1, 0, 0, 0 and 1, 0, 0, 0, of which 0.3 is the greatest.
	for i, want := range []float64{3. / 8, 2. / 8} {
		if l := g.now()[i]; l.Weight || math.Abs(l.Clipped-want) > 1e-9 {
			t.Errorf("%+v, want %v", l, want)
		}
	}
}

// A weight's codes are those of its fake-quantizer, on grids of other numbers too.
func TestCodesOf(t *testing.T) {
	for _, p := range []scheme.QParams{
		{Scale: []float32{0.1}, ZeroPoint: []int32{3}, QMax: 15, Axis: -1},
		{Scale: []float32{0.01}, ZeroPoint: []int32{0}, QMin: -448, QMax: 448, Axis: -1, Grid: scheme.E4M3},
		{Scale: []float32{1}, ZeroPoint: []int32{-100}, QMin: -128, QMax: 127, Axis: -1, Grid: scheme.Log2},
	} {
		x := []float32{-5, -0.31, -0.012, 0, 0.05, 0.4, 1.3, 7}
		y := make([]float32, len(x))
		p.FakeQuantize(y, x, []int{len(x)}, scheme.ONNX)
		codes, _ := codesOf(x, []int{len(x)}, p)
		for i, c := range codes {
			if p.Grid != scheme.Log2 {
				c *= p.Scale[0]
			}
			if c != y[i] {
				t.Errorf("%v: %v of %v, fake-quantized it is %v", p.Grid, c, x[i], y[i])
			}
		}
	}
}
