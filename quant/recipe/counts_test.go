package recipe

import "testing"

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		asked              Data
		n, calibrate, rest int
	}{
		{Data{Calibration: 64}, 100, 64, 36},
		{Data{Calibration: 64}, 40, 20, 20},
		{Data{Calibration: 64}, 12, 6, 6},
		{Data{Calibration: 64}, 3, 1, 2},
		{Data{Calibration: 64}, 2, 1, 1},
		{Data{Calibration: 64}, 1, 1, 0},
		{Data{Calibration: 64, Overlap: true}, 1, 1, 1},
		{Data{Calibration: 64, Overlap: true}, 12, 12, 12},
		{Data{Calibration: 10, Evaluation: 5}, 12, 7, 5},
		{Data{Calibration: 4, Evaluation: 5}, 100, 4, 5},
		{Data{Calibration: 0}, 5, 0, 5},
		{Data{Calibration: 64}, 0, 0, 0},
	} {
		if a, b := c.asked.Counts(c.n); a != c.calibrate || b != c.rest {
			t.Errorf("%+v of %d items: %d calibrate and %d are evaluated, want %d and %d", c.asked, c.n, a, b, c.calibrate, c.rest)
		}
	}
}
