package plot

import "testing"

// A course keeps to its picture, and of many points their means are drawn.
func TestCourse(t *testing.T) {
	var points []Point
	for i := range 1000 {
		points = append(points, Point{i + 1, 2 - float64(i)/1000})
	}
	c := NewCourse(points, 2000, []float64{0.5, 2.5}, 400, 100)
	if len(c.Dots) != mostPoints || c.Dots[len(c.Dots)-1].X != 200 {
		t.Errorf("%d dots, the last at %+v", len(c.Dots), c.Dots[len(c.Dots)-1])
	}
	if !(c.Low < 0.5 && c.High > 2.5 && 0 < c.Lines[1] && c.Lines[1] < c.Dots[0].Y && c.Dots[0].Y < c.Dots[199].Y && c.Dots[199].Y < c.Lines[0] && c.Lines[0] < 100) {
		t.Errorf("%g to %g, lines at %v", c.Low, c.High, c.Lines)
	}
	if empty := NewCourse(nil, 0, nil, 400, 100); empty.Path != "" {
		t.Errorf("nothing is drawn as %s", empty.Path)
	}
	if got := CourseSentence(points[:10]); got != "Loss 2 at first, 1.99 after 10 steps." {
		t.Error(got)
	}
}
