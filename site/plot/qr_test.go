package plot

import (
	"fmt"
	"strings"
	"testing"
)

func TestQR(t *testing.T) {
	q, err := NewQR("http://127.0.0.1:8080/r/" + strings.Repeat("a", 64))
	if err != nil {
		t.Fatal(err)
	}
	if q.Size != 41 { // version 5 holds 84 bytes, 6 holds 106
		t.Errorf("%d modules", q.Size)
	}
	black := make([][]bool, q.Size)
	for y := range black {
		black[y] = make([]bool, q.Size)
	}
	for _, run := range strings.Split(strings.TrimSuffix(q.Black, "z"), "z") {
		var x, y, width, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &width, &back); err != nil || width != back || x+width > q.Size || y >= q.Size {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range width {
			black[y][x+i] = true
		}
	}
	// The three finders, and the light line around each.
	for _, corner := range [][2]int{{0, 0}, {q.Size - 7, 0}, {0, q.Size - 7}} {
		for dy := range 7 {
			for dx := range 7 {
				ring := max(max(dx-3, 3-dx), max(dy-3, 3-dy))
				if got := black[corner[1]+dy][corner[0]+dx]; got != (ring != 2) {
					t.Fatalf("finder at %v: module %d,%d is black %v", corner, dx, dy, got)
				}
			}
		}
	}
	if black[7][7] || black[7][q.Size-8] || black[q.Size-8][7] {
		t.Error("a finder's border is black")
	}
	if _, err := NewQR(strings.Repeat("x", 2331)); err != nil {
		t.Errorf("2,331 bytes: %v", err)
	}
	if _, err := NewQR(strings.Repeat("x", 2332)); err == nil {
		t.Error("2,332 bytes fit")
	}
}
