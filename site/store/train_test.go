package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// A rounding that is learned is kept as it goes, outlives the page, and goes on with its checkpoint, once.
func TestARoundingGoesOn(t *testing.T) {
	s := examinable(t)
	s.Keep.On = true
	s.Recipe.Refine.Rounding = recipe.Rounding{Method: recipe.AdaRound}
	s, _ = start(s)
	job := s.Jobs[len(s.Jobs)-1].ID
	before := s
	s, _ = Stepped{Job: job, Step: protocol.Progress{Stage: protocol.StageRefine, Done: 40, Total: 100, Kept: 40}, Checkpoint: File{Path: "checkpoint", Size: 8}}.apply(s)
	if s.LeftTraining() != nil {
		t.Error("it is offered to go on with what goes on")
	}
	records := s.changed(before).Put
	if s, _ = (Cancel{}).apply(s); s.LeftTraining() == nil {
		t.Fatal("cancelled, and what was learned is gone")
	}
	fresh := Initial()
	fresh.Model, fresh.Data = s.Model, s.Data
	back, err := fresh.recall(records)
	if err != nil {
		t.Fatal(err)
	}
	k := back.LeftTraining()
	if k == nil || k.Stage != protocol.StageRefine || k.Step != 40 || k.Steps != 100 || !sameRecipe(k.Recipe, s.Recipe) {
		t.Fatalf("%d records give %+v", len(records), k)
	}
	back, _ = ResumeTraining{}.apply(back)
	j := back.Jobs[len(back.Jobs)-1]
	if j.Kind != protocol.Run.Kind || len(j.Files) != 1 || j.Files[0].Size != 8 || back.curve(j.ID) != nil {
		t.Errorf("it goes on as %+v, with the curve of a training: %+v", j, back.curve(j.ID))
	}
	if back, _ = (Finished{Job: j.ID}).apply(back); back.Training.Kept != nil {
		t.Error("it has ended, and is offered to go on")
	}
	if dropped, _ := (DropTraining{}).apply(s); dropped.LeftTraining() != nil {
		t.Error("what was discarded is offered")
	}
}
