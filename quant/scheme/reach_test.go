package scheme

import "testing"

// What a quantizer makes of very great numbers is what it reaches.
func TestReachIsWhereFakeQuantizingEnds(t *testing.T) {
	for _, p := range []QParams{
		{Scale: []float32{0.5}, ZeroPoint: []int32{3}, QMax: 255, Axis: -1},
		{Scale: []float32{0.25}, ZeroPoint: []int32{0}, QMin: -127, QMax: 127, Axis: -1},
		{Scale: []float32{0.125}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1, Grid: HalfUp},
		{Scale: []float32{1}, ZeroPoint: []int32{-100}, QMin: -128, QMax: 127, Axis: -1, Grid: Log2},
		{Scale: []float32{2}, ZeroPoint: []int32{0}, QMin: -448, QMax: 448, Axis: -1, Grid: E4M3},
		{Scale: []float32{2}, ZeroPoint: []int32{0}, QMin: -57344, QMax: 57344, Axis: -1, Grid: E5M2},
	} {
		x := []float32{-1e30, 1e30}
		p.FakeQuantize(x, x, []int{2}, PyTorch)
		if low, high := p.Reach(0); low != x[0] || high != x[1] {
			t.Errorf("%+v reaches %g … %g, great numbers become %g and %g", p, low, high, x[0], x[1])
		}
		below, above := p.Clips(0)
		if step := p.Scale[0]; p.Grid.Whole() && (below > x[0]-step/2 || below < x[0]-step || above < x[1]+step/2 || above > x[1]+step) || below > x[0] || above < x[1] {
			t.Errorf("%+v clips beyond %g … %g", p, below, above)
		}
	}
}
