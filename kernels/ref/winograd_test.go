package ref

import (
	"math"
	"testing"
)

// TestWinogradWeightsOfZeros: the sign of a zero is a bit as any other. Of a kernel of -0 the sums, to which a fourth
// weight of +0 belongs, are +0 and what is minus a sum -0.
func TestWinogradWeightsOfZeros(t *testing.T) {
	w, u := make([]float32, 9), make([]float32, 36)
	for i := range w {
		w[i] = float32(math.Copysign(0, -1))
	}
	WinogradWeights(u, 4, w)
	negative := [6]bool{true, true, true, false, false, true} // in the first row, of -0
	for j, want := range negative {
		if got := math.Signbit(float64(u[j])); u[j] != 0 || got != want {
			t.Errorf("weight %d is %v, negative %v, want %v", j, u[j], got, want)
		}
	}
}
