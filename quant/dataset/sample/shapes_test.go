package sample

import (
	"math"
	"testing"
)

// Every shape fits the unit circle, is the same mirrored about its axis, and no two cover the same.
func TestShapes(t *testing.T) {
	const steps = 81
	seen := map[[steps * steps]bool]string{}
	for class, name := range Classes() {
		var cover [steps * steps]bool
		area := 0
		for i := range cover {
			x, y := float64(i%steps-steps/2)/32, float64(i/steps-steps/2)/32+0.01 // off the edges
			cover[i] = inside(class, x, y)
			if !cover[i] {
				continue
			}
			area++
			if math.Hypot(x, y) > 1.1 {
				t.Errorf("%s reaches %.2f, %.2f", name, x, y)
			}
			mirrored := inside(class, -x, y)
			if name == "arrow" || name == "crescent" {
				mirrored = inside(class, x, -y)
			}
			if !mirrored {
				t.Errorf("%s has %.2f, %.2f and not its mirror image", name, x, y)
			}
		}
		if share := float64(area) / (math.Pi * 32 * 32); share < 0.2 || share > 1 {
			t.Errorf("%s covers %.2f of the circle", name, share)
		}
		if other, twice := seen[cover]; twice {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[cover] = name
	}
}

// Images are the same whenever drawn, differ by seed, and use Levels values.
func TestDraw(t *testing.T) {
	a, class := Draw(Training, 13)
	b, _ := Draw(Training, 13)
	c, _ := Draw(Held, 13)
	if class != 3 || string(a.Pix) != string(b.Pix) || string(a.Pix) == string(c.Pix) {
		t.Error("image 13 is not of class 3, not the same twice, or the same for another seed")
	}
	for _, v := range a.Pix {
		if v%(255/(Levels-1)) != 0 {
			t.Fatalf("value %d", v)
		}
	}
}
