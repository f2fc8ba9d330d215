package store

import (
	"testing"
)

func TestUndoAndRedoNameWhatTheyDo(t *testing.T) {
	d := finished(t)
	first := d.State().Result
	d.Dispatch(ChooseConfig{"config2"})
	if s := d.State(); len(s.Past) != 1 || s.Past[0].What != "Per-tensor" {
		t.Fatalf("past %+v", s.Past)
	}
	d.Dispatch(AllowOverlap{On: true})
	d.Dispatch(Undo{})
	if s := d.State(); s.Said != "Undone: overlap allowed." || s.Recipe.Data.Overlap || len(s.Future) != 1 || s.Recipe.Name != "config2" {
		t.Errorf("%q, %+v, future %+v", s.Said, s.Recipe.Data, s.Future)
	}
	d.taken()
	d.Dispatch(Undo{})
	if s := d.State(); s.Stale() || s.Result != first || d.taken() != "" {
		t.Error("the result of the first recipe is computed again, or not shown")
	}
	d.Dispatch(Redo{})
	d.Dispatch(Redo{})
	if s := d.State(); !s.Recipe.Data.Overlap || s.Recipe.Name != "config2" || len(s.Future) != 0 || len(s.Past) != 2 || s.Said != "Redone: overlap allowed." {
		t.Errorf("%q, past %+v, future %+v", s.Said, s.Past, s.Future)
	}
	d.Dispatch(Undo{})
	d.Dispatch(ChooseConfig{"config1"})
	if len(d.State().Future) != 0 {
		t.Error("what was taken back can be made again after another change")
	}
}
