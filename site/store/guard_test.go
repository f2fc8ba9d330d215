package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestGuardIsAskedInTheBackgroundAndOnePressTakesWhatIsBetter(t *testing.T) {
	d := opened(t)
	d.Dispatch(Previewed{Job: d.State().Preview.asked})
	if got := d.taken(); got == "" || !d.State().Guard.Waiting {
		t.Fatalf("after the preview came %q, waiting %v", got, d.State().Guard.Waiting)
	}
	asked := d.State().Guard.asked
	d.Dispatch(TakePreprocess{})
	better := inspect.Preprocessing{Name: "other", Preprocess: d.State().Recipe.Preprocess, ClassOffset: 1, Labelled: 32, Right: 30}
	better.Preprocess.Scale = 3
	verdict := inspect.Guard{Sentence: "The float network does badly.", Better: &better, Given: inspect.Preprocessing{Labelled: 32, Right: 3}, Tried: []inspect.Preprocessing{better}}
	d.Dispatch(Checked{Job: asked - 1, Guard: verdict})
	if d.State().Guarded() != nil {
		t.Error("the answer to another question was taken")
	}
	d.Dispatch(Checked{Job: asked, Guard: verdict})
	if g := d.State().Guarded(); g == nil || g.Better == nil {
		t.Fatalf("%+v", g)
	}
	before := d.State().Recipe
	d.Dispatch(TakePreprocess{})
	if r := d.State().Recipe; r.Preprocess.Scale != 3 || r.Data.ClassOffset != 1 || d.State().Guarded() != nil {
		t.Errorf("%+v", r)
	}
	d.Dispatch(Undo{})
	if !sameRecipe(d.State().Recipe, before) {
		t.Error("it cannot be undone")
	}
}

func TestGuardGivesWayToARun(t *testing.T) {
	d := opened(t)
	d.Dispatch(Previewed{Job: d.State().Preview.asked})
	asked := d.State().Guard.asked
	d.Dispatch(Quantize{})
	d.Dispatch(Checked{Job: asked, Guard: inspect.Guard{Sentence: "late"}})
	if s := d.State(); s.Guard.Waiting || s.Guarded() != nil {
		t.Errorf("%+v", s.Guard)
	}
}
