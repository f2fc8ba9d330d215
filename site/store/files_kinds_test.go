package store

import (
	"testing"

	"github.com/quantscope/quantscope/wasm/protocol"
)

// Pictures of every kind that the engine decodes are data, and not tried as a model.
func TestPicturesOfEveryKindAreData(t *testing.T) {
	for _, name := range []string{"a.JPG", "a.jpeg", "a.png", "a.webp", "a.bmp", "a.gif", "a.tif", "a.TIFF"} {
		s, _ := Dropped{Files: []File{{Path: "photos/" + name}}}.apply(Initial())
		if len(s.Jobs) != 1 || s.Jobs[0].Kind != protocol.Load.Kind {
			t.Errorf("%s: %+v, %+v", name, s.Jobs, s.Problem)
		}
	}
}

// What is neither is shown to the engine, which says what it is; a table of labels beside it is not blamed.
func TestSoundsAreExplainedByTheEngine(t *testing.T) {
	s, _ := Dropped{Files: []File{{Path: "yes/1.mp3"}, {Path: "labels.csv"}}}.apply(Initial())
	if len(s.Jobs) != 1 || s.Jobs[0].Kind != protocol.Open.Kind || s.Jobs[0].Files[0].Path != "yes/1.mp3" {
		t.Errorf("%+v, %+v", s.Jobs, s.Problem)
	}
}
