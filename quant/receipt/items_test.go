package receipt

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// own are n items of ten classes in a list, of which every second was chosen, or all.
func own(n, every int) Items {
	var o Items
	for i := range n {
		o.Names = append(o.Names, fmt.Sprintf("%d/%d.png", i*10/n, i))
		o.Marks = append(o.Marks, NewMark(sha256.Sum256([]byte(o.Names[i])), i*10/n))
		if i%every == 0 {
			o.Set = append(o.Set, i)
		}
	}
	return o
}

func setOf(o Items) Set {
	var marks []Mark
	var all []byte
	for _, i := range o.Set {
		marks = append(marks, o.Marks[i])
		all = append(all, o.Marks[i][:]...)
	}
	return Set{Digest: Sum(all), Count: len(o.Set), Marks: NewMarks(marks)}
}

func TestWhichItemsDiffer(t *testing.T) {
	for _, n := range []int{1, 20, maxMarks, maxMarks + 1, 1000} {
		s := setOf(own(n, 1))
		if err := s.validate("set"); err != nil || len(s.Marks) > 6*maxMarks {
			t.Errorf("%d items: %d digits, %v", n, len(s.Marks), err)
		}
		if s.Marks += "00"; s.validate("set") == nil {
			t.Error("marks of no item are taken")
		}
	}
	for _, c := range []struct {
		name     string
		n, every int
		change   func(*Items)
		want     difference
		layer    string
		detail   string
	}{
		{"one image", 20, 1, func(o *Items) { o.Marks[7] = NewMark(sha256.Sum256(nil), 3) }, another, "3/7.png", "of 20 items 1 is not the one in the receipt"},
		{"a copy of another", 20, 1, func(o *Items) { o.Marks[7] = o.Marks[8] }, another, "3/7.png", "of 20 items 1 is not"},
		{"one of very many", 1000, 1, func(o *Items) { o.Marks[700] = NewMark(sha256.Sum256(nil), 7) }, untold, "6/696.png", "of 167 groups of 6 items 1 is not"},
		{"one label", 20, 1, func(o *Items) { o.Marks[7][2]++ }, relabelled, "3/7.png", "of 20 items 1 has another label"},
		{"no labels", 20, 2, func(o *Items) {
			for i := range o.Marks {
				o.Marks[i][2] = 255
			}
		}, relabelled, "0/0.png", "of 10 items 10 have another label"},
		{"one in another folder", 20, 1, func(o *Items) {
			m := o.Marks[3]
			m[2] = 9
			o.Marks = append(slices.Delete(o.Marks, 3, 4), m)
			o.Names = append(slices.Delete(o.Names, 3, 4), "9/3.png")
		}, moved, "9/3.png", "the receipt's 20 items are all here, 1 with another label"},
		{"one that was chosen by nobody is in another place", 20, 2, func(o *Items) {
			o.Marks = append(slices.Delete(o.Marks, 3, 4), o.Marks[3])
			o.Names = append(slices.Delete(o.Names, 3, 4), o.Names[3])
		}, reordered, "", "the receipt's 10 items are all here, and others were chosen"},
		{"one fewer", 20, 1, func(o *Items) { o.Set = o.Set[:19]; o.Marks = o.Marks[:19]; o.Names = o.Names[:19] }, another, "", "19 items here, 20 in the receipt: 1 of the receipt's 20 items cannot be found among the 19 given"},
		{"one more", 20, 1, func(o *Items) {
			o.Marks = append(o.Marks, Mark{1, 2, 3})
			o.Names = append(o.Names, "more.png")
			o.Set = append(o.Set, 20)
		}, reordered, "", "21 items here, 20 in the receipt"},
		{"very many others", 1000, 1, func(o *Items) { o.Set = o.Set[1:] }, untold, "", "999 items here, 1000 in the receipt"},
	} {
		expected, here := setOf(own(c.n, c.every)), own(c.n, c.every)
		c.change(&here)
		s, d := items(StepCalibration, expected, setOf(here), here)
		if s.Status != Differs || d != c.want || s.Layer != c.layer || !strings.Contains(s.Detail, c.detail) {
			t.Errorf("%s: %d %q: %s, want %d", c.name, d, s.Layer, s.Detail, c.want)
		}
	}
	lie := setOf(own(20, 1))
	lie.Marks = setOf(own(20, 2)).Marks + setOf(own(20, 2)).Marks
	if s, _ := items(StepCalibration, lie, setOf(own(20, 1)), own(20, 1)); !s.contradicts {
		t.Errorf("marks of other items with the digest of these: %+v", s)
	}
}
