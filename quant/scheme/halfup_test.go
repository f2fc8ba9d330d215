package scheme

import (
	"math"
	"testing"
)

// The loop that is written out gives the bits of halfUp: ties of both signs, zeros of both signs, ends, NaN.
func TestFakeHalfUp(t *testing.T) {
	for _, p := range []QParams{
		{Scale: []float32{0.25}, ZeroPoint: []int32{0}, QMin: -8, QMax: 7, Axis: -1, Grid: HalfUp},
		{Scale: []float32{0.3}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1, Grid: HalfUp},
	} {
		var x []float32
		for k := -600; k <= 600; k++ {
			at := float32(k) * p.Scale[0] / 4
			x = append(x, at, math.Nextafter32(at, -1e9), math.Nextafter32(at, 1e9))
		}
		x = append(x, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)))
		for _, rule := range []Rule{PyTorch, ONNX} {
			got := make([]float32, len(x))
			p.FakeQuantize(got, x, []int{len(x)}, rule)
			q := newQuantizer(p, 0, rule)
			for i, v := range x {
				want := q.halfUp(v) * q.scale
				if math.Float32bits(got[i]) != math.Float32bits(want) && !(want != want && got[i] != got[i]) {
					t.Errorf("scale %v, %v: %v of %v, want %v", p.Scale[0], rule, got[i], v, want)
				}
			}
		}
	}
}
