package plot

import "testing"

func TestStaircaseErrorIsHalfAStep(t *testing.T) {
	for bits := 2; bits <= 8; bits++ {
		s := NewStaircase(600, 200, bits)
		half := 0.5 / float64(int(1)<<bits-1)
		if s.MaxError > half+1e-12 || s.MaxError < half/2 {
			t.Errorf("%d bits: largest error %g, half a step is %g", bits, s.MaxError, half)
		}
	}
	if n := len(NewStaircase(600, 200, 3).Levels); n != 8 {
		t.Errorf("3 bits: %d lines, want 8", n)
	}
	if n := len(NewStaircase(600, 200, 8).Levels); n != 0 {
		t.Errorf("8 bits: %d lines, want none: closer than 6 units", n)
	}
}
