package inspect

import (
	"strconv"
	"testing"
)

func TestConfusionCountsBothMatrices(t *testing.T) {
	cells := Confusion([]int{0, 0, 1, -1}, []int{0, 1, 1, 0}, []int{0, 0, 0, 1}, strconv.Itoa)
	want := map[[2]int][2]int{{0, 0}: {1, 2}, {0, 1}: {1, 0}, {1, 1}: {1, 0}, {1, 0}: {0, 1}}
	if len(cells) != len(want) {
		t.Fatalf("%d cells, want %d: %+v", len(cells), len(want), cells)
	}
	for i, c := range cells {
		if w := want[[2]int{c.Label.Index, c.Answer.Index}]; w != [2]int{c.Float, c.Quantized} || c.Label.Name != strconv.Itoa(c.Label.Index) {
			t.Errorf("%+v, want %v", c, w)
		}
		if i > 0 && (cells[i-1].Label.Index > c.Label.Index || cells[i-1].Label.Index == c.Label.Index && cells[i-1].Answer.Index >= c.Answer.Index) {
			t.Errorf("cell %d is out of order", i)
		}
	}
	if got := Confusion([]int{-1}, []int{0}, []int{1}, strconv.Itoa); len(got) != 0 {
		t.Errorf("an item without a label is counted: %+v", got)
	}
}
