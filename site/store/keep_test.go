package store

import (
	"reflect"
	"testing"
)

// disk is the browser's store, as the effects of a desk leave it.
func disk(d *desk) []Record {
	kept := map[string]Record{}
	var order []string
	for _, e := range d.effects {
		switch e := e.(type) {
		case KeepRecords:
			for _, key := range e.Drop {
				delete(kept, key)
			}
			for _, r := range e.Put {
				kept[r.Key] = r
				order = append(order, r.Key)
			}
		case ForgetAll:
			clear(kept)
		}
	}
	var out []Record
	for _, key := range order {
		if r, ok := kept[key]; ok {
			out = append(out, r)
			delete(kept, key)
		}
	}
	return out
}

func TestWorkOutlivesTheTab(t *testing.T) {
	d := finished(t)
	d.Dispatch(KeepWork{})
	d.Dispatch(ChooseConfig{"config2"})
	d.Dispatch(Quantize{})
	second := result(t, d, d.State().Jobs[len(d.State().Jobs)-1].ID)
	d.Dispatch(second)
	d.Dispatch(Go{AtQuantize})
	before := d.State()

	later := newDesk()
	later.Dispatch(Recalled{On: true, Records: disk(d)})
	s := later.State()
	if s.Place != AtQuantize || s.Model == nil || s.Data == nil || s.Result == nil || len(s.Runs) != 2 || s.Stale() || !sameRecipe(s.Recipe, before.Recipe) {
		t.Fatalf("at %s, model %v, %d runs, recipe %s", s.Place, s.Model, len(s.Runs), s.Recipe.Name)
	}
	for i, r := range s.Runs {
		if r.Run != before.Runs[i].Run || !reflect.DeepEqual(r.Report, before.Runs[i].Report) || r.QDQ != before.Runs[i].QDQ {
			t.Errorf("run %d is %+v", i, r)
		}
	}
	if s.Result != s.Runs[1] || s.Kept() != before.Kept() || len(s.Past) != 0 {
		t.Errorf("result %v, %d bytes, past %v", s.Result, s.Kept(), s.Past)
	}
	if got := later.taken(); got != "ShowPlace" {
		t.Errorf("recalling did %s", got)
	}
	later.Dispatch(ChooseConfig{"config1"})
	later.Dispatch(Quantize{})
	if id := later.State().Jobs[0].ID; id <= s.Runs[1].Run {
		t.Errorf("job %d has the number of a run that is kept", id)
	}
}

func TestNothingIsKeptUnasked(t *testing.T) {
	d := finished(t)
	d.Dispatch(ChooseConfig{"config2"})
	if len(disk(d)) != 0 {
		t.Error("records were written")
	}
	d.Dispatch(KeepWork{})
	d.Dispatch(ForgetWork{})
	d.Dispatch(ChooseConfig{"config1"})
	if len(disk(d)) != 0 {
		t.Error("records were written after everything was forgotten")
	}
}

func TestAnotherModelTakesTheRunsAway(t *testing.T) {
	d := finished(t)
	d.Dispatch(KeepWork{})
	d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
	d.Dispatch(Opened{Job: d.State().Jobs[0].ID})
	for _, r := range disk(d) {
		if r.Key != keyDesk && r.Key != keyModel && r.Key != keyData {
			t.Errorf("%s is kept", r.Key)
		}
	}
}

func TestWhatCannotBeReadIsForgotten(t *testing.T) {
	d := newDesk()
	d.Dispatch(Recalled{On: true, Records: []Record{{Key: keyModel, Text: "{"}}})
	if s := d.State(); s.Model != nil || !s.Keep.On || d.taken() != "ForgetAll, KeepRecords" {
		t.Errorf("%+v", s.Keep)
	}
}

func TestRecipeInTheAddress(t *testing.T) {
	d := newDesk()
	if d.recipe != "" {
		t.Errorf("the first recipe is written as %q", d.recipe)
	}
	d.Dispatch(ChooseConfig{"config2"})
	a := ReadFragment("quantize" + d.recipe)
	if a.Place != AtQuantize || a.Recipe == nil || !sameRecipe(*a.Recipe, d.State().Recipe) {
		t.Errorf("%q is read as %+v", d.recipe, a)
	}
	for _, broken := range []string{"", "quantize", "quantize?recipe=", "quantize?recipe=AAAA", "quantize?recipe=é", "nowhere?recipe=" + d.recipe[9:20]} {
		if a := ReadFragment(broken); a.Recipe != nil {
			t.Errorf("%q has a recipe", broken)
		}
	}
	other := newDesk()
	other.Dispatch(a)
	other.Dispatch(Recalled{On: true})
	if s := other.State(); !sameRecipe(s.Recipe, *a.Recipe) {
		t.Error("what was kept overrules the address")
	}
}
