package receipt

import "testing"

// What is said of the items is what the receipt says of them: no others where they are the same, or may be.
func TestSplit(t *testing.T) {
	a, b := Sum([]byte("a")), Sum([]byte("b"))
	for _, c := range []struct {
		data    Data
		overlap bool
		want    string
	}{
		{Data{Calibration: Set{Count: 100, Digest: a}}, false, "calibrated on 100 items"},
		{Data{Set{Count: 1, Digest: a}, Set{Count: 1, Digest: b}}, false, "calibrated on 1 item, evaluated on 1 other"},
		{Data{Set{Count: 100, Digest: a}, Set{Count: 500, Digest: b}}, true, "calibrated on 100 items, evaluated on 500 items, which may be among them"},
		{Data{Set{Count: 100, Digest: a}, Set{Count: 100, Digest: a}}, true, "calibrated on 100 items, evaluated on the same"},
		{Data{Set{Count: 100, Digest: a}, Set{Count: 100, Digest: a}}, false, "calibrated on 100 items, evaluated on copies of them, which says nothing of other items"},
	} {
		r := Receipt{Data: c.data}
		r.Recipe.Data.Overlap = c.overlap
		if got := r.Split(); got != c.want {
			t.Errorf("%s, not %s", got, c.want)
		}
	}
}
