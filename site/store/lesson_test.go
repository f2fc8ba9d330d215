package store

import (
	"encoding/json"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// lesson is a desk at the page with that id, whose scene is there.
func lesson(t *testing.T, page string) *desk {
	t.Helper()
	d := opened(t)
	d.Dispatch(Arrived{Place: AtLearn, Lesson: &LessonLink{Page: page, Layer: -1}})
	if got := d.taken(); got != "post scene" {
		t.Fatal(got)
	}
	d.Dispatch(Shown{Job: d.State().Lesson.asked, Scene: inspect.Scene{Max: 4, Inputs: []inspect.Input{{Answers: []inspect.Answer{{Class: 1}}}}, Elements: 100}})
	if got := d.taken(); got != "Revoke, post turn" {
		t.Fatal(got)
	}
	return d
}

// drag puts the upper end of the range somewhere.
func (d *desk) drag(high float64) {
	s := d.State().Lesson.Setting
	s.High = high
	d.Dispatch(Adjust{s})
}

func (d *desk) turned(done bool) {
	d.Dispatch(Turned{Job: d.State().Lesson.asked, Effect: protocol.TurnEffect{Done: done, Effect: inspect.Effect{Measured: 8, Agree: 5}}})
}

func TestOneTurnIsUnderWayAndTheLatestWins(t *testing.T) {
	d := lesson(t, "clip")
	d.drag(0.9)
	d.drag(0.5)
	d.drag(0.3)
	if got := d.taken(); got != "" {
		t.Errorf("asked before the first answer: %s", got)
	}
	d.turned(false)
	if got := d.taken(); got != "post turn" {
		t.Fatalf("after the first half: %s", got)
	}
	d.turned(true)
	if got := d.taken(); got != "" || d.State().Lesson.Waiting() || !d.State().Lesson.Current() {
		t.Errorf("%s, waiting %v", got, d.State().Lesson.Waiting())
	}
	d.drag(0.2)
	var q protocol.TurnRequest
	if err := json.Unmarshal(d.effects[0].(Post).Message.Body, &q); err != nil || q.Knobs.Input.Range[1] != 4*float32(0.2) {
		t.Errorf("%+v, %v", q.Knobs, err)
	}
	d.taken()
	d.Dispatch(Failed{Job: d.State().Lesson.asked, Message: "too narrow"})
	if s := d.State(); s.Lesson.Problem != "too narrow" || s.Problem != nil || d.taken() != "" {
		t.Errorf("%+v", s.Lesson)
	}
	d.drag(0.4)
	if got := d.taken(); got != "post turn" {
		t.Errorf("after a failure: %s", got)
	}
	d.Dispatch(Go{AtData})
	d.Dispatch(Go{AtLearn})
	if got := d.taken(); got != "ShowPlace, post preview, ShowPlace, post turn" {
		t.Errorf("what was given up is asked again: %s", got)
	}
}

func TestAPredictionIsMeasured(t *testing.T) {
	d := lesson(t, "clip")
	d.turned(true)
	if l := d.State().Lesson; l.Free() || l.Guesses[l.Page].Measured {
		t.Errorf("free before anything was predicted: %+v", l.Guesses)
	}
	d.taken()
	d.Dispatch(Predict{Option: 2})
	if got := d.taken(); got != "post turn" || !d.State().Lesson.Free() {
		t.Fatal(got)
	}
	d.turned(false)
	d.turned(true)
	l := d.State().Lesson
	if g := l.Guesses[l.Page]; !g.Measured || g.Value != 3 || g.Option != 2 {
		t.Errorf("%+v", g)
	}
	d.Dispatch(Predict{Option: 0})
	if got := d.State().Lesson; got.Guesses[got.Page].Option != 2 {
		t.Error("the prediction was changed afterwards")
	}
}

func TestLessonLink(t *testing.T) {
	d := newDesk()
	d.Dispatch(ReadFragment("learn/clip;layer=3"))
	if s := d.State(); s.Place != AtLearn || s.Lesson.Taught().ID != "clip" || s.Lesson.Layer != 3 {
		t.Errorf("%+v", s.Lesson)
	}
	if got := d.Fragment(); got != "learn/clip;layer=3" {
		t.Error(got)
	}
	for _, odd := range []string{"learn", "learn/", "learn/nowhere", "learn/;layer=-4", "learn/;layer=x;;", "learn/clip;layer=99999999999999999999"} {
		if a := ReadFragment(odd); a.Place != AtLearn || a.Lesson.Layer != -1 {
			t.Errorf("%q is read as %+v", odd, a.Lesson)
		}
	}
	if a := ReadFragment("learning"); a.Place != AtModel {
		t.Errorf("%+v", a)
	}
	d.Dispatch(TurnPage{99})
	if s := d.State().Lesson; s.Page != len(s.Pages)-1 {
		t.Errorf("page %d", s.Page)
	}
}
