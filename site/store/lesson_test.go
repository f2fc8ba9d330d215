package store

import (
	"encoding/json"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/site/lessons"
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

func TestEditedLessonIsALink(t *testing.T) {
	d := newDesk()
	d.Dispatch(ReadFragment("learn/zero;layer=2;item=1;pages=zero,fake,nowhere,zero;lock=layer,volume"))
	l := d.State().Lesson
	if len(l.Pages) != 2 || l.Pages[0].ID != "zero" || l.Page != 0 || l.Item != 1 || len(l.Locked) != 1 || l.Offers(lessons.Layer) {
		t.Errorf("%+v", l)
	}
	if got := d.Fragment(); got != "learn/zero;layer=2;item=1;pages=zero,fake;lock=layer" {
		t.Error(got)
	}
	d.Dispatch(EditLesson{On: true})
	d.Dispatch(PickPage{ID: "clip", On: true})
	d.Dispatch(PickPage{ID: "zero"})
	d.Dispatch(Lock{Control: lessons.Bits, On: true})
	d.Dispatch(Lock{Control: lessons.Layer})
	d.taken()
	d.Dispatch(CopyLesson{Origin: "https://x"})
	if got := d.effects[0].(CopyText).Text; got != "https://x/#learn/fake;layer=2;item=1;pages=fake,clip;lock=bits" {
		t.Error(got)
	}
	for _, id := range []string{"fake", "clip"} { // the last page stays
		d.Dispatch(PickPage{ID: id})
	}
	if got := d.State().Lesson.Edit.Pages; len(got) != 1 {
		t.Errorf("pages left: %v", got)
	}
	d.Dispatch(ReadFragment("learn/train"))
	if l := d.State().Lesson; len(l.Pages) != len(l.Guesses) || l.Taught().ID != "train" || l.Locked != nil {
		t.Errorf("back to the whole lesson: %+v", l)
	}
	d.Dispatch(Leaf{-1})
	if got := d.State().Lesson.Taught().ID; got != "train" {
		t.Errorf("an arrow key turned to %s without anybody presenting", got)
	}
	d.Dispatch(Present{On: true})
	d.Dispatch(Leaf{-1})
	if got := d.State().Lesson.Taught().ID; got != "answers" {
		t.Errorf("presenting, an arrow key turned to %s", got)
	}
}

func TestATaskIsDoneOnceItIsMeasured(t *testing.T) {
	d := lesson(t, "clip")
	d.turned(true)
	d.Dispatch(Predict{Option: 0})
	answer := func(agree, clipped int) {
		d.Dispatch(Turned{Job: d.State().Lesson.asked, Effect: protocol.TurnEffect{Done: true, Effect: inspect.Effect{Measured: 8, Agree: agree, Clipped: clipped}}})
	}
	answer(8, 3) // with 8 bits, where the task wants 4
	l := d.State().Lesson
	if l.Solved[l.Page] {
		t.Error("done with 8 bits")
	}
	s := l.Setting
	s.Bits = 4
	d.Dispatch(Adjust{s})
	d.Dispatch(Shown{Job: d.State().Lesson.asked, Scene: *l.Scene})
	if answer(5, 3); d.State().Lesson.Solved[l.Page] {
		t.Error("done with three other answers")
	}
	s.High = 0.5
	d.Dispatch(Adjust{s})
	if answer(7, 3); !d.State().Lesson.Solved[l.Page] {
		t.Errorf("not done: %+v", d.State().Lesson.Effect)
	}
}
