package diagnose

import (
	"testing"
	"time"
)

// As many iterations are learned as end in time, as usual where there is enough of it, and none where the parts' inputs alone take all.
func TestIterationsFitTheTime(t *testing.T) {
	for _, c := range []struct {
		item, left time.Duration
		want       int
	}{
		{20 * time.Millisecond, 200 * time.Second, 63}, // of which half: 30·32 items take 19.2 s, an iteration 1.28
		{20 * time.Millisecond, time.Hour, 500},
		{20 * time.Millisecond, 38 * time.Second, 0},
		{0, time.Second, 500},
	} {
		if got := iterations(c.item, c.left, 30, 32, 16, 500); got != c.want {
			t.Errorf("%v for an item, %v left: %d iterations, not %d", c.item, c.left, got, c.want)
		}
	}
}
