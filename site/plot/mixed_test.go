package plot

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestFrontRises(t *testing.T) {
	measured := 21.0
	m := inspect.Mixed{
		Choices: []inspect.Mix{{Size: 1000, Predicted: 5}, {Size: 2000, Predicted: 20}, {Size: 4000, Predicted: 200}},
		Tried:   []inspect.Mix{{Size: 2000, Predicted: 20, Measured: &measured}},
	}
	f := NewFront(m, 100, 50)
	for i, d := range f.Choices {
		if d.X < 0 || d.X > 100 || d.Y < 0 || d.Y > 50 || i > 0 && (d.X <= f.Choices[i-1].X || d.Y >= f.Choices[i-1].Y) {
			t.Errorf("choice %d is at %+v", i, d)
		}
	}
	if x := f.Choices[1].X; x < 49.9 || x > 50.1 {
		t.Errorf("twice and half of it are not equally far: %g", x)
	}
	if d := f.Tried[0]; d.X != f.Choices[1].X || d.Y >= f.Choices[1].Y {
		t.Errorf("what was tried is at %+v, predicted %+v", d, f.Choices[1])
	}
	if !strings.HasPrefix(f.Line, "M0.0 ") || strings.Count(f.Line, "L") != 2 {
		t.Errorf("line %s", f.Line)
	}
	if s := FrontSentence(m); !strings.Contains(s, "1 choice was tried") || !strings.Contains(s, "21.0 dB") {
		t.Error(s)
	}
	if f := NewFront(inspect.Mixed{}, 100, 50); f.Line != "" {
		t.Errorf("nothing is drawn as %+v", f)
	}
}
