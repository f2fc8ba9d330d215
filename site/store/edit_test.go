package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/site/form"
)

func TestFields(t *testing.T) {
	fields := map[form.FieldID]form.Field{}
	for _, f := range append(form.DataFields(), form.PreprocessFields()...) {
		fields[f.ID] = f
	}
	for _, c := range []struct {
		id         form.FieldID
		text, want string // want "": refused
	}{
		{"calibration", "64", "64"},
		{"calibration", "0", ""},
		{"calibration", "ten", ""},
		{"batch", "1025", ""},
		{"seed", "9007199254740991", "9007199254740991"},
		{"seed", "-1", ""},
		{"scale", "1/255", "1/255"},
		{"scale", "0.003921569", "1/255"},
		{"scale", "1", "1"},
		{"scale", "1/0", ""},
		{"scale", "-1", ""},
		{"scale", "NaN", ""},
		{"mean", "0.485, 0.456,0.406", "0.485, 0.456, 0.406"},
		{"mean", "0.5", "0.5"},
		{"mean", "1, 2", ""},
		{"std", "0.229 0.224 0.225", "0.229, 0.224, 0.225"},
		{"std", "1, 0, 1", ""},
		{"std", "Inf", ""},
	} {
		d := newDesk()
		f := fields[c.id]
		before := f.Get(d.State().Recipe)
		d.Dispatch(Edit{Field: f, Text: c.text})
		text, wrong := d.State().Text(f)
		if c.want == "" {
			if wrong == "" || text != c.text || f.Get(d.State().Recipe) != before || len(d.State().Edits) != 1 {
				t.Errorf("%s = %q: accepted, or the text is lost: shows %q, %q", c.id, c.text, text, wrong)
			}
			continue
		}
		if text != c.want || wrong != "" {
			t.Errorf("%s = %q: shows %q, %q; want %q", c.id, c.text, text, wrong, c.want)
		}
	}
}

func TestAnEditThatIsNotValidHoldsTheRun(t *testing.T) {
	d := opened(t)
	f := form.DataFields()[0]
	d.Dispatch(Edit{Field: f, Text: "x"})
	d.Dispatch(Quantize{})
	if d.taken() != "" || d.State().Obstacle() == "" {
		t.Error("a run started with a setting that is not valid")
	}
	d.Dispatch(Edit{Field: f, Text: "10"})
	if why := d.State().Obstacle(); why != "" {
		t.Error(why)
	}
	if c, e := d.State().Split(); c != 10 || e != 90 {
		t.Errorf("split %d, %d", c, e)
	}
}

func TestAnOptionOutOfBoundsIsSaid(t *testing.T) {
	d := opened(t)
	side := func() form.Side { return form.Sides(d.State().Recipe)[1] }
	d.Dispatch(Pick{side().Choices[1], "percentile"})
	list := side().Fields
	d.Dispatch(Edit{Field: list[0], Text: "0.2"})
	if why := d.State().Impossible(); !strings.Contains(why, "0.5 to 1 are possible") {
		t.Errorf("a share of 0.2: %q", why)
	}
}

// What is shown anew while the user types leaves the text that is being typed.
func TestTypingStays(t *testing.T) {
	d := opened(t)
	scale := form.FieldID("scale")
	d.Dispatch(Typing{Field: scale, Text: "1/25"})
	d.Dispatch(Stepped{})
	if got := d.State().Typing.In(scale, "1"); got != "1/25" {
		t.Errorf("%q is shown", got)
	}
	if got := d.State().Typing.In("mean", "0"); got != "0" {
		t.Errorf("another field shows %q", got)
	}
	d.Dispatch(Typing{})
	if got := d.State().Typing.In(scale, "1"); got != "1" {
		t.Errorf("%q is shown after the user left", got)
	}
}
