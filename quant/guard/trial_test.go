package guard

import "testing"

// trialOf has right answers to the first of some items, of so many classes.
func trialOf(right, items, classes int) Trial {
	t := Trial{Items: items, Labelled: items, Right: right, classes: classes}
	for i := range items {
		t.right = append(t.right, i < right)
	}
	return t
}

// What guessing gives is not clearly better than less, however much less.
func TestClearly(t *testing.T) {
	for _, c := range []struct {
		a, b  Trial
		clear bool
	}{
		{trialOf(10, 40, 4), trialOf(1, 40, 4), false}, // a quarter of four classes
		{trialOf(15, 40, 4), trialOf(1, 40, 4), false}, // within twice the deviation, 5.5
		{trialOf(16, 40, 4), trialOf(1, 40, 4), true},  // beyond
		{trialOf(10, 40, 1000), trialOf(1, 40, 1000), true},
		{trialOf(10, 40, 1000), trialOf(7, 40, 1000), false}, // three items are chance
		{trialOf(30, 40, 4), trialOf(30, 40, 4), false},
	} {
		if got := clearly(c.a, c.b); got != c.clear {
			t.Errorf("%d of %d, of %d classes, beside %d: %v", c.a.Right, c.a.Labelled, c.a.classes, c.b.Right, got)
		}
	}
}
